import type { Command } from "commander";
import type { Shell } from "../base/shell.ts";
import { examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";

const NAME_COLUMNS = 11;

export function register(program: Command, $: Shell): void {
  program
    .command("doctor")
    .description(
      "look at everything the harness needs: one line each, with what to do about it; exit 1 when something must be done",
    )
    .option("--json", "print the findings as JSON")
    .action((options) => doctor($, options));
}

async function doctor($: Shell, options: { json?: boolean }): Promise<void> {
  const findings = await examine($);
  process.stdout.write(options.json ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(line).join(""));
  if (findings.some(({ status }) => status === "FAIL")) process.exitCode = 1;
}

function line({ name, status, found, remedy }: Finding): string {
  const head = `${status}  ${name.padEnd(NAME_COLUMNS)} ${found}\n`;
  return remedy === undefined ? head : `${head}${" ".repeat(NAME_COLUMNS + 7)}-> ${remedy}\n`;
}
