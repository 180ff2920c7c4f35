import { shellQuote } from "../../base/quote.ts";
import type { Shell } from "../../base/shell.ts";
import type { Base } from "../../kernel/bases.ts";
import { configureCommand } from "../../kernel/config.ts";
import { findToolchain } from "../../kernel/toolchain.ts";
import { readSeries } from "../../series/series.ts";
import { planEdit } from "../edit.ts";
import { checkpatchCommand } from "./checkpatch.ts";
import { makeArguments } from "./make.ts";
import { spatchCommand } from "./spatch.ts";

/**
 * The commands of `patches check`, in order; spatch once per script and patch, the build of the directories once per patch
 * and setting of the option, that of mm/ once per configuration of configs/extremes.yaml.
 */
export async function planCheck($: Shell, base: Base, patchesDir: string, fast: boolean): Promise<string[]> {
  const { patches } = await readSeries(patchesDir);
  const checks = patches.flatMap((patch) => [
    shellQuote(checkpatchCommand("SOURCE", patch.path)),
    `SOURCE/scripts/kernel-doc -none ${patch.files.flatMap((file) => file.newPath ?? []).join(" ")}`,
  ]);
  const plan = [...(await planEdit(base, "", patchesDir)).slice(0, -2), ...checks];
  if (fast) return plan;
  const toolchain = await findToolchain($);
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
