/** Prints the answer of a command, on stdout. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** {@link print} for programs: what `--json` asks for. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Tells a person what goes on, on stderr, so that stdout stays for the answer. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
