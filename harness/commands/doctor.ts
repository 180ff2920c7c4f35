import type { Command } from "commander";
import { print, printJson } from "../base/output.ts";
import type { Shell } from "../base/shell.ts";
import { examine, readiness } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";

const NAME_COLUMNS = 11;

export function register(program: Command, $: Shell): void {
  program
    .command("doctor")
    .description("check this machine; exit 1 if it is not ready")
    .option("--json", "print the findings as JSON")
    .action((options) => doctor($, options));
}

async function doctor($: Shell, options: { json?: boolean }): Promise<void> {
  const findings = await examine($);
  if (options.json) printJson(findings);
  else print(...findings.flatMap(lines), "", readiness(findings));
  if (findings.some(({ status }) => status === "FAIL")) process.exitCode = 1;
}

function lines({ name, status, found, remedy }: Finding): string[] {
  const head = `${status}  ${name.padEnd(NAME_COLUMNS)} ${found}`;
  return remedy === undefined ? [head] : [head, `${" ".repeat(NAME_COLUMNS + 7)}-> ${remedy}`];
}
