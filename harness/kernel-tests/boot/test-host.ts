import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import { GIB_BYTES } from "../../base/size.ts";
import { bootTestHost as bootHost, type TestHost, type TestHostOptions } from "../../hosts.ts";
import type { Base } from "../../kernel/bases.ts";
import { ensureKernel } from "../../kernel/build.ts";
import type { BuiltKernel } from "../../kernel/built-kernel.ts";
import type { Variant } from "../../kernel/variant.ts";
import { check, type TestResult } from "../../ktap/result.ts";
import type { AccelChoice } from "../../qemu.ts";

/** What tests that boot kernels are given. */
export type TestPlan = {
  base: Base;
  accel: AccelChoice;
  /** For programs, disk images and results; removed afterwards. */
  scratch: string;
  /** For the consoles of the boots; kept. */
  logs: string;
  say: (line: string) => void;
};

/** A test of its own: its name, a few words on what happens and how long it takes, and its cases. */
export type Scenario = { name: string; about: string; run($: Shell, plan: TestPlan): Promise<TestResult[]> };

/** Clears several times faster under TCG than a CPU with ERMS: for what happens, not how long it takes. */
const QUICK_CLEAR = "max,-erms,-fsrm";
const MAX_CPUS = 4;
/**
 * What distributions have and the lean kernel has not. One set for life outside the happy path and for the kernel's own
 * tests, because a kernel takes ten minutes to build.
 */
const RICH_FRAGMENTS = ["life.config", "selftests-mm.config"];

/**
 * Boots a host for a test: 1 GiB, two to four CPUs that clear quickly, an emulated device, unless `needs` says otherwise.
 * @param name of the console's log
 * @throws what {@link bootHost} throws
 */
export function bootTestHost(
  $: Shell,
  { accel, logs }: Pick<TestPlan, "accel" | "logs">,
  kernel: TestHostOptions["kernel"],
  name: string,
  needs: Partial<TestHostOptions> = {},
): Promise<TestHost> {
  return bootHost($, {
    kernel,
    memoryBytes: GIB_BYTES,
    cpus: Math.min(MAX_CPUS, Math.max(2, availableParallelism())),
    accel,
    cpuModel: QUICK_CLEAR,
    device: "emulated",
    consoleLog: join(logs, `${name}.log`),
    ...needs,
  });
}

/** A kernel of the pair, which boots. @throws what {@link ensureKernel} throws */
export async function testKernel(
  $: Shell,
  base: Base,
  variant: Variant,
  fragments: string[] = [],
): Promise<BuiltKernel & { variant: Variant }> {
  return { ...(await ensureKernel($, { base, variant, fragments })), variant };
}

/**
 * A kernel of the pair with what a distribution's kernel can do. The pristine one first makes the other quick: it is
 * built in the same tree.
 * @throws what {@link ensureKernel} throws
 */
export async function richKernel($: Shell, base: Base, variant: Variant): Promise<BuiltKernel & { variant: Variant }> {
  const fragments = [...RICH_FRAGMENTS, ...(base.richFragments ?? [])];
  const pristine = await testKernel($, base, "base", fragments);
  return variant === "base" ? pristine : testKernel($, base, variant, fragments);
}

/** Warnings count too: a kernel that complains is not one that passes. @param allowed what is said on purpose */
export async function quiet(host: Pick<TestHost, "complaints">, allowed?: RegExp): Promise<TestResult> {
  const complaints = (await host.complaints()).filter(({ text }) => allowed?.test(text) !== true);
  return check("the console has no complaint", complaints.length === 0, complaints.map(({ text }) => text).join("\n"));
}
