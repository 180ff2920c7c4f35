import type { Command } from "commander";
import { execa } from "execa";
import { InfrastructureError } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interrupt.ts";
import { print } from "../base/output.ts";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import { missingPackages } from "../doctor/packages.ts";

export function register(program: Command, $: Shell): void {
  program
    .command("setup")
    .description("install the Debian packages that are missing")
    .option("--dry-run", "print what is missing and the commands, run nothing")
    .action((options: { dryRun?: boolean }) => setup($, options));
}

async function setup($: Shell, options: { dryRun?: boolean }): Promise<void> {
  const missing = await missingPackages($);
  if (missing.length === 0) {
    print("Everything is installed already.");
    return;
  }
  for (const { name, why } of missing) print(`${name.padEnd(16)} ${why}`);
  const names = missing.map(({ name }) => name);
  // A machine's package lists are often old or empty (containers); an update that fails for one of its sources does
  // not keep the install from working.
  const update = asRoot(["apt-get", "update"]);
  const install = asRoot(["apt-get", "install", "--yes", "--no-install-recommends", ...names]);
  for (const command of [update, install]) print(`$ ${shellQuote(command)}`);
  if (options.dryRun) return;
  await foreground($, update);
  const exitCode = await foreground($, install);
  if (exitCode === 0) return;
  throw new InfrastructureError({
    code: "SETUP_FAILED",
    message: `apt-get could not install ${names.join(", ")} (exit code ${exitCode})`,
    reproducer: shellQuote(install),
    remedy: "Read what apt-get says above. Debian 12 has all of these packages in its main component.",
  });
}

function asRoot(command: string[]): string[] {
  const quiet = ["env", "DEBIAN_FRONTEND=noninteractive", ...command];
  return process.getuid?.() === 0 ? quiet : ["sudo", ...quiet];
}

/** In the foreground on the user's own terminal, because sudo may ask for a password and apt shows its progress. */
async function foreground($: Shell, [program = "", ...args]: string[]): Promise<number> {
  const result = await execa(program, args, { stdio: ["inherit", process.stderr, "inherit"], reject: false });
  throwIfInterrupted($.signal, "installing packages");
  return result.exitCode ?? 127;
}
