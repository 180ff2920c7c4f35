import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { GIB_BYTES } from "../base/size.ts";
import type { TestHostOptions } from "../hosts.ts";
import type { Base } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import { fetchSource } from "../kernel/source.ts";
import type { TestResult } from "../ktap/result.ts";
import { baseRepository } from "../patches/base-repository.ts";
import { seriesResults } from "../patches/check/results.ts";
import { verifySeries } from "../patches/verified.ts";
import { readSeries } from "../series/series.ts";
import { type BootPlan, bootForTests } from "./boot.ts";
import { costWhenOff, LARGE_FRAGMENTS, lockHold } from "./counted.ts";
import { KUNIT_CMDLINE, quietButOnPurpose, suiteOfBoot } from "./kunit-guest.ts";
import { lifeSteps } from "./life/scenarios.ts";
import { publicSteps } from "./public/steps.ts";
import { refusalInSysfs, refusalsOnUml } from "./refusals.ts";
import { buildSelftest } from "./selftest.ts";
import { smallBench } from "./small-bench.ts";
import { check, type Step } from "./step.ts";
import { type Load, quiet, stress } from "./stress.ts";

export type TestPlan = BootPlan & {
  base: Base;
  /** Where the series of the base is. */
  patchesDir: string;
  /** Minutes instead of one of stress, and the debug kernel too. */
  full: boolean;
  /** For programs and results; removed afterwards. */
  scratch: string;
  say: (line: string) => void;
};

/** Kernels that find what an ordinary one hides: fragments, and how much slower they boot and work. */
const DETECTORS = [
  { name: "debug kernel", finds: "KASAN, lockdep, DEBUG_VM", fragments: ["kunit-guest.config", "debug.config"] },
  { name: "KCSAN kernel", finds: "data races", fragments: ["kunit-guest.config", "kcsan.config"] },
] as const;
/** Room for the load, twice (fork copies), and for the root, which is in memory. */
const HOST_BYTES = 2 * GIB_BYTES;
const LOAD: Load = { seconds: 60, mibPerProcess: 96, processes: 4 };
const FULL_LOAD: Load = { ...LOAD, seconds: 600 };
/** A kernel with KASAN does a fraction of the work in the same time, and needs several times as long to boot. */
const DETECTOR_LOAD: Load = { ...LOAD, seconds: 300 };
/** The KUnit suite runs before the host answers, and looks at every free page more than once. */
const DETECTOR_PATIENCE = 20;
/** Clears memory as most machines do. */
const CPU_MODEL = "max";

/** The steps of `npm run test:kernel`, cheapest first after the kernels that all need. */
export function kernelSteps($: Shell, plan: TestPlan): Step[] {
  const { base, full } = plan;
  const kernel = (variant: "base" | "prezero" | "kunit", fragments: string[] = []) =>
    ensureKernel($, { base, variant, fragments });
  const detectors = DETECTORS.map(
    ({ name, finds, fragments }): Step => ({
      name,
      about: `${finds}: the KUnit suite, and stress for ${DETECTOR_LOAD.seconds} s`,
      run: async () => detected($, plan, await kernel("prezero", [...fragments])),
    }),
  );
  const held: Step = {
    name: "lock hold",
    about: "how long the worker keeps interrupts off and a real-time task waiting, on 16G in pieces",
    run: async () => lockHold($, await kernel("prezero", ["trace.config"]), LARGE_FRAGMENTS, plan.scratch),
  };
  const load = full ? FULL_LOAD : LOAD;
  return [
    {
      name: "kernels",
      about: "the pristine kernel and the one with the series; minutes when they are not in the cache",
      needed: true,
      run: async () => [built(await kernel("base")), built(await kernel("prezero"))],
    },
    {
      name: "patches",
      about: "each applies exactly, has no new finding, and builds by itself with the option off and on",
      run: () => patches($, plan),
    },
    {
      name: "refusals",
      about: "what excludes the feature keeps it off",
      run: async () => [
        ...(await refusalsOnUml($, (await kernel("kunit")).imagePath)),
        ...(await sysfsRefusal($, plan)),
      ],
    },
    {
      name: "stress",
      about: `${load.processes} processes dirty memory and populate it again for ${load.seconds} s, the verifier on`,
      run: async () => stressed($, plan, await kernel("prezero"), load),
    },
    {
      name: "cost when off",
      about: "instructions for allocating and freeing pages, base against the series never enabled",
      run: async () => costWhenOff($, await kernel("base"), await kernel("prezero"), plan.scratch),
    },
    ...(full ? detectors : []),
    ...(full ? [held, ...lifeSteps($, plan), ...publicSteps($, plan)] : []),
    {
      name: "benchmark",
      about: "a small A/B in its own directory, some minutes",
      run: () => smallBench($, base.name, join(plan.scratch, "results")),
    },
  ];
}

function built(kernel: BuiltKernel): TestResult {
  return check(`${kernel.variant} builds: ${kernel.release}`, true);
}

async function patches($: Shell, { base, patchesDir, say }: TestPlan): Promise<TestResult[]> {
  const source = await fetchSource($, base, say);
  const repository = await baseRepository($, source, say);
  const common = { name: base.name, base: repository, sourceDir: source.dir, fragments: base.fragments };
  return seriesResults(await verifySeries($, { ...common, patchesDir, fast: false, say }));
}

async function sysfsRefusal($: Shell, plan: TestPlan): Promise<TestResult[]> {
  const kernel = await ensureKernel($, { base: plan.base, variant: "prezero" });
  const more = { memoryBytes: HOST_BYTES, cpuModel: CPU_MODEL, extraCmdline: "init_on_free=1" };
  await using host = await bootForTests($, plan, withSeries(kernel), "refusal", more);
  return [...(await refusalInSysfs(host.exec)), await quiet(host)];
}

async function stressed($: Shell, plan: TestPlan, kernel: BuiltKernel, load: Load): Promise<TestResult[]> {
  const more = { memoryBytes: HOST_BYTES, cpuModel: CPU_MODEL, programs: [await selftest($, plan)] };
  await using host = await bootForTests($, plan, withSeries(kernel), "stress", more);
  // Awaited here: the host ends with this function.
  return [...(await stress(host, load)), await quiet(host)];
}

/** The suite runs while the kernel boots, the stress afterwards: what the detector has to say of both is on the console. */
async function detected($: Shell, plan: TestPlan, kernel: BuiltKernel): Promise<TestResult[]> {
  const programs = [await selftest($, plan)];
  const name = kernel.fragments.at(-1) ?? "detector";
  const more = { programs, extraCmdline: KUNIT_CMDLINE, patience: DETECTOR_PATIENCE, memoryBytes: HOST_BYTES };
  await using host = await bootForTests($, plan, withSeries(kernel), name, more);
  const suite = await suiteOfBoot(host);
  const load = await stress(host, DETECTOR_LOAD);
  return [...suite, ...load, await quietButOnPurpose(host)];
}

async function selftest($: Shell, plan: TestPlan): Promise<string> {
  const source = await fetchSource($, plan.base, plan.say);
  return buildSelftest($, source, await readSeries(plan.patchesDir), plan.scratch, plan.say);
}

function withSeries(kernel: BuiltKernel): TestHostOptions["kernel"] {
  return { ...kernel, variant: "prezero" };
}
