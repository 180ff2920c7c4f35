import { InfrastructureError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { MIB_BYTES } from "../base/size.ts";
import type { Base } from "../kernel/bases.ts";
import { sha256 } from "../kernel/content-key.ts";
import { fetchSource } from "../kernel/source.ts";
import { type BootPlan, bootForTests } from "../kernel-tests/boot.ts";
import { refusalsOnUml } from "../kernel-tests/refusals.ts";
import { buildSelftest } from "../kernel-tests/selftest.ts";
import { type Load, stress } from "../kernel-tests/stress.ts";
import { runSuite, SUITE } from "../kunit/suite.ts";
import { readSeries } from "../series/series.ts";
import type { BrokenOff } from "./judge.ts";
import type { MutantTree } from "./mutant-tree.ts";
import type { Bed } from "./mutation.ts";

export type BedPlan = BootPlan & {
  base: Base;
  patchesDir: string;
  /** For programs; removed afterwards. */
  scratch: string;
  say: (line: string) => void;
};

/** Runs one test on a kernel image. */
export type RunTest = (imagePath: string, test: string) => Promise<BrokenOff>;

/** A single case takes a second or two; a mutant may wait for what never comes until the case gives up. */
const CASE_MS = 90_000;
/** So little that the load has to take memory that it wrote to before: with a full pool nobody gets any. */
const HOST_BYTES = 640 * MIB_BYTES;
/** Clears memory as most machines do. */
const CPU_MODEL = "max";
const LOAD: Load = { seconds: 15, mibPerProcess: 96, processes: 4 };

/** One case of the KUnit suite; all of them for an empty name. */
export const onKunit =
  ($: Shell): RunTest =>
  async (imagePath, test) => {
    const { report, failure } = await runSuite($, imagePath, CASE_MS, test === "" ? SUITE : `${SUITE}.${test}`);
    return { results: report.results, failure };
  };

/** The switches that exclude the feature. */
export const onRefusals =
  ($: Shell): RunTest =>
  async (imagePath) => ({ results: await refusalsOnUml($, imagePath), failure: undefined });

/** The kselftest of the series on a booted host, for what takes user space to see. */
export async function onSelftest($: Shell, plan: BedPlan, tree: MutantTree): Promise<RunTest> {
  const source = await fetchSource($, plan.base, plan.say);
  const program = await buildSelftest($, source, await readSeries(plan.patchesDir), plan.scratch, plan.say);
  return async (imagePath) => {
    const release = await tree.release();
    const sums = { imageSha256: sha256(imagePath), configSha256: sha256(release) };
    try {
      const more = { memoryBytes: HOST_BYTES, cpuModel: CPU_MODEL, programs: [program] };
      const kernel = { imagePath, release, ...sums, variant: "prezero" } as const;
      await using host = await bootForTests($, plan, kernel, "mutant", more);
      return { results: await stress(host, LOAD), failure: undefined };
    } catch (error) {
      if (error instanceof InfrastructureError) return { results: [], failure: error };
      throw error;
    }
  };
}

/** The kernel that a bed runs. */
export function variantOf(bed: Bed): "kunit" | "prezero" {
  return bed === "selftest" ? "prezero" : "kunit";
}
