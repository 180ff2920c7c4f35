import { shellQuote } from "../base/quote.ts";
import type { Base } from "../kernel/bases.ts";
import { configureCommand } from "../kernel/config.ts";
import { findToolchain } from "../kernel/toolchain.ts";
import { readSeries } from "../series/series.ts";
import { baseGitDir } from "./base-repository.ts";
import { MAILINFO } from "./changelog.ts";
import { checkpatchCommand } from "./check/checkpatch.ts";
import { makeArguments } from "./check/make.ts";
import { spatchCommand } from "./check/spatch.ts";
import { APPLY_CACHED } from "./commit-series.ts";
import { worktreeAdd, worktreeMove } from "./create-worktree.ts";
import { gitCommand } from "./git.ts";
import { FORMAT_PATCH } from "./render.ts";

/** The commands of `patches edit`, in order, with placeholders in capitals for what only running them tells. */
export async function planEdit(base: Base, dir: string, patchesDir: string): Promise<string[]> {
  const repository = baseGitDir({ packageName: base.source.package, version: base.source.version, dir: "" });
  const series = await readSeries(patchesDir);
  return [
    gitCommand(repository, ["read-tree", "base"]),
    ...series.patches.flatMap((patch) => [
      `${gitCommand(repository, [...MAILINFO, "BODY", "DIFF"])} < ${patch.path}`,
      gitCommand(repository, [...APPLY_CACHED, "DIFF"]),
      gitCommand(repository, ["write-tree"]),
      gitCommand(repository, ["commit-tree", "TREE", "-p", "PARENT"]),
    ]),
    gitCommand(repository, worktreeAdd(`${dir}.partial`, "LAST_COMMIT")),
    gitCommand(repository, worktreeMove(`${dir}.partial`, dir)),
  ];
}

/** The command that `patches refresh` runs for each commit of the worktree. */
export function planRefresh(dir: string): string[] {
  return [gitCommand(dir, [...FORMAT_PATCH, "COMMIT"])];
}

/**
 * The commands of `patches check`, in order; spatch once per script and patch, the build of the directories once per patch
 * and setting of the option, that of mm/ once per configuration of configs/extremes.yaml.
 */
export async function planCheck(base: Base, patchesDir: string, fast: boolean): Promise<string[]> {
  const { patches } = await readSeries(patchesDir);
  const checks = patches.flatMap((patch) => [
    shellQuote(checkpatchCommand("SOURCE", patch.path)),
    `SOURCE/scripts/kernel-doc -none ${patch.files.flatMap((file) => file.newPath ?? []).join(" ")}`,
  ]);
  const plan = [...(await planEdit(base, "", patchesDir)).slice(0, -2), ...checks];
  if (fast) return plan;
  const toolchain = await findToolchain();
  const configure = shellQuote(configureCommand("x86_64"));
  return [
    ...plan,
    shellQuote(spatchCommand({ path: "SCRIPT", options: ["OPTIONS"] }, "CACHE", ["FILES"])),
    configure,
    shellQuote(["make", ...makeArguments(toolchain, ["--keep-going", "W=1", "DIRECTORIES"])]),
    shellQuote(["make", ...makeArguments(toolchain, ["--keep-going", "W=1", "C=2", "OBJECTS"])]),
    configure,
    shellQuote(["make", ...makeArguments(toolchain, ["--keep-going", "W=1", "mm/"])]),
  ];
}
