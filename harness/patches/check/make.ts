import type { Shell } from "../../base/shell.ts";
import { type BuildArch, makeEnvironment, type Toolchain } from "../../kernel/toolchain.ts";
import { BUILD_DIR } from "../../kernel/tree.ts";
import type { Finding } from "./finding.ts";

/** What make printed, stdout and stderr in their order, and how it ended. */
export type Made = { lines: string[]; exitCode: number };

/** Runs make in a configured tree; a build that fails is the caller's to judge. */
export async function make(
  $: Shell,
  where: { tree: string; toolchain: Toolchain; arch?: BuildArch },
  args: string[],
): Promise<Made> {
  const lines: string[] = [];
  // One pipe: a warning belongs to the step that was announced before it, and two pipes do not keep that order.
  const all = makeArguments(where.toolchain, args);
  const { exitCode } = await $({
    cwd: where.tree,
    env: makeEnvironment(where.arch),
    okExitCodes: [0, 1, 2],
    onLine: (line) => lines.push(line),
  })`make ${all} 2>&1`;
  return { lines, exitCode };
}

/** Arguments of every make of the check. */
export function makeArguments(toolchain: Toolchain, args: string[]): string[] {
  const cc = [`CC=${toolchain.cc}`, `HOSTCC=${toolchain.cc}`];
  return [`O=${BUILD_DIR}`, `-j${toolchain.jobs}`, "--output-sync=target", ...cc, ...args];
}

/** A make that failed without an error that could be read is a finding all the same. */
export function failureOf(made: Made, found: Finding[]): Finding[] {
  if (made.exitCode === 0 || found.some((finding) => finding.text.includes("error:"))) return [];
  return [{ file: "make", line: undefined, text: `error: ${made.lines.slice(-3).join(" / ")}` }];
}
