/** A command line that a shell reads back as the same words; for dry runs and reproducers. */
export function shellQuote(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

/** A line that a shell runs: a command in its directory and with what is added to its environment. */
export function shellLine(
  command: string,
  { cwd, env = {} }: { cwd?: string | undefined; env?: Record<string, string | undefined> | undefined },
): string {
  const set = Object.entries(env).filter(([, value]) => value !== undefined);
  const unset = Object.entries(env).filter(([, value]) => value === undefined);
  return [
    ...(cwd === undefined ? [] : [`cd ${shellQuote([cwd])} && `]),
    ...(unset.length === 0 ? [] : ["env ", ...unset.map(([name]) => `-u ${name} `)]),
    ...set.map(([name, value = ""]) => `${name}=${value === "" ? "" : shellQuote([value])} `),
    command,
  ].join("");
}

/** Text as it stands in HTML, SVG and XML, also inside an attribute. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
