import { InfrastructureError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { MIB_BYTES } from "../base/size.ts";
import { VERIFIER_FRAGMENT } from "../host/controls.ts";
import type { BootKernel } from "../host/host.ts";
import { kernelOfImage } from "../host/image-file.ts";
import { bootTestHost, type TestPlan } from "../kernel-tests/boot/test-host.ts";
import { refusalsOnUml } from "../kernel-tests/refusals.ts";
import { buildSelftest } from "../kernel-tests/selftest.ts";
import { type Load, stress } from "../kernel-tests/stress.ts";
import { runSuite, SUITE } from "../kunit/suite.ts";
import type { BrokenOff } from "./judge.ts";
import type { Bed } from "./mutation.ts";

/** Runs one test on a kernel image. */
export type RunTest = (imagePath: string, test: string) => Promise<BrokenOff>;

/** A single case takes a second or two; a mutant may wait for what never comes until the case gives up. */
const CASE_MS = 90_000;
/** So little that the load has to take memory that it wrote to before: with a full pool nobody gets any. */
const HOST_BYTES = 640 * MIB_BYTES;
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

/** The kselftest of the series on a booted host, for what takes user space to see; built when the first mutant needs it. */
export function onSelftest($: Shell, plan: TestPlan): RunTest {
  let program: Promise<string> | undefined;
  return async (imagePath) => {
    program ??= buildSelftest($, plan.base, plan.scratch, plan.say);
    const needs = { memoryBytes: HOST_BYTES, cpuModel: "max", programs: [await program] };
    try {
      await using host = await bootTestHost($, plan, mutantOf($, imagePath), "mutant", needs);
      return { results: await stress(host, LOAD), failure: undefined };
    } catch (error) {
      if (error instanceof InfrastructureError) return { results: [], failure: error };
      throw error;
    }
  };
}

/** What there is to know of a kernel that never was in the cache; of one that a dry run would build, its place. */
export function mutantOf($: Shell, imagePath: string): BootKernel & { variant: "prezero" } {
  const unbuilt = { imagePath, release: "", imageSha256: "", configSha256: "" };
  return { ...($.dry ? unbuilt : kernelOfImage(imagePath)), variant: "prezero" };
}

/** What the kernel of a bed needs beside its own configuration: the kselftest looks with the verifier, too. */
export function fragmentsOf(variant: ReturnType<typeof variantOf>): string[] {
  return variant === "prezero" ? [VERIFIER_FRAGMENT] : [];
}

/** The kernel that a bed runs. */
export function variantOf(bed: Bed): "kunit" | "prezero" {
  return bed === "selftest" ? "prezero" : "kunit";
}
