import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import type { Base } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import { debianBase } from "../kernel/debian-config.ts";
import { measured, type TestResult } from "../ktap/result.ts";
import { seriesResults } from "../patches/check/report.ts";
import { verifyBase } from "../patches/check/verified.ts";
import { bootTestHost, quiet, type TestPlan, testKernel } from "./boot/test-host.ts";
import { costWhenOff, LARGE_FRAGMENTS, lockHold } from "./counted.ts";
import { DETECTORS } from "./detectors.ts";
import { LIFE } from "./life/scenarios.ts";
import { ORDINARY_BYTES, ordinaryHosts } from "./ordinary.ts";
import { PUBLIC_SUITES } from "./public/suites.ts";
import { refusalInSysfs, refusalsOnUml } from "./refusals.ts";
import { buildSelftest } from "./selftest.ts";
import { smallBench } from "./small-bench.ts";
import type { Step } from "./step.ts";
import { type Load, STRESS_BYTES, stress } from "./stress.ts";
import { ZERO_NOW_BYTES, zeroNow } from "./zero-now.ts";

const LOAD: Load = { seconds: 60, mibPerProcess: 96, processes: 4 };
const FULL_LOAD: Load = { ...LOAD, seconds: 600 };

/** The steps of `npm run test:kernel`, cheapest first after the kernels that all need. */
export function kernelSteps(plan: TestPlan, full: boolean): Step[] {
  const steps = full
    ? [
        KERNELS,
        patches(true),
        REFUSALS,
        stressed(FULL_LOAD),
        ORDINARY_HOST,
        COST,
        ...DETECTORS,
        LOCK_HOLD,
        ZERO_NOW,
        ...lifeSteps(),
        ...PUBLIC_SUITES,
        ...debianSteps(plan.base),
        BENCHMARK,
      ]
    : [KERNELS, patches(false), REFUSALS, stressed(LOAD), ORDINARY_HOST, COST, BENCHMARK];
  return steps.map(({ run, ...step }) => ({ ...step, run: ($) => run($, plan) }));
}

type KernelStep = Omit<Step, "run"> & { run($: Shell, plan: TestPlan): ReturnType<Step["run"]> };

/** @param eachPatch builds after each, which takes an hour */
const patches = (eachPatch: boolean): KernelStep => ({
  name: "patches",
  about: `each applies exactly and has no new finding; ${eachPatch ? "each builds by itself" : "all together build"} with the option off and on`,
  run: async ($, { base, say }) => seriesResults(await verifyBase($, base, { fast: false, eachPatch, say })),
});

const KERNELS: KernelStep = {
  name: "kernels",
  about: "the pristine kernel and the one with the series; minutes when they are not in the cache",
  needed: true,
  run: async ($, { base }) => {
    const pair = [await testKernel($, base, "base"), await testKernel($, base, "prezero")];
    return pair.map(({ variant, release }) => measured(`${variant} builds`, release, true));
  },
};

const REFUSALS: KernelStep = {
  name: "refusals",
  about: "what excludes the feature keeps it off",
  run: async ($, plan) => {
    const onUml = await refusalsOnUml($, (await ensureKernel($, { base: plan.base, variant: "kunit" })).imagePath);
    const kernel = await testKernel($, plan.base, "prezero");
    await using host = await bootTestHost($, plan, kernel, "refusal", { extraCmdline: "init_on_free=1" });
    return [...onUml, ...(await refusalInSysfs(host.exec)), await quiet(host)];
  },
};

const COST: KernelStep = {
  name: "cost when off",
  about: "instructions for allocating and freeing pages, base against the series never enabled",
  run: async ($, { base, scratch }) =>
    costWhenOff($, await testKernel($, base, "base"), await testKernel($, base, "prezero"), scratch),
};

const ORDINARY_HOST: KernelStep = {
  name: "ordinary host",
  about: "what is left of a full pool when pages are freed, memory is compacted, and files come and go",
  run: async ($, plan) => {
    const kernel = await testKernel($, plan.base, "prezero");
    return ordinaryHosts(({ name, nodes = 1 }) =>
      bootTestHost($, plan, kernel, name, { memoryBytes: ORDINARY_BYTES, hardware: { nodes } }),
    );
  },
};

const LOCK_HOLD: KernelStep = {
  name: "lock hold",
  about: "how long the worker keeps interrupts off and a real-time task waiting, on 16G in pieces",
  run: async ($, { base, scratch }) =>
    lockHold($, await testKernel($, base, "prezero", ["trace.config"]), LARGE_FRAGMENTS, scratch),
};

const ZERO_NOW: KernelStep = {
  name: "zero now",
  about: "1G cleared on demand by one writer and by two: how long, who is charged for it, and when Ctrl-C ends it",
  run: async ($, plan) => {
    const kernel = await testKernel($, plan.base, "prezero");
    await using host = await bootTestHost($, plan, kernel, "zero-now", { memoryBytes: ZERO_NOW_BYTES });
    // Awaited here: the host ends with this function.
    return [...(await zeroNow(host)), await quiet(host)];
  },
};

const BENCHMARK: KernelStep = {
  name: "benchmark",
  about: "a small A/B in its own directory, some minutes",
  run: ($, { base, scratch }) => smallBench($, base, join(scratch, "results")),
};

function stressed(load: Load): KernelStep {
  return {
    name: "stress",
    about: `${load.processes} processes dirty memory and populate it again for ${load.seconds} s, the verifier on`,
    run: ($, plan) => stressKernel($, plan, "stress", load),
  };
}

/** @param name of the console's log */
async function stressKernel(
  $: Shell,
  plan: TestPlan,
  name: string,
  load: Load,
  fragments: string[] = [],
): Promise<TestResult[]> {
  const programs = [await buildSelftest($, plan.base, plan.scratch, plan.say)];
  const needs = { memoryBytes: STRESS_BYTES, cpuModel: "max", programs };
  await using host = await bootTestHost($, plan, await testKernel($, plan.base, "prezero", fragments), name, needs);
  // Awaited here: the host ends with this function.
  return [...(await stress(host, load)), await quiet(host)];
}

/** The kernel as Debian has it, where the base says how: it gives all memory away as zeroes, among much else. */
function debianSteps({ debianFragments }: Base): KernelStep[] {
  if (debianFragments === undefined) return [];
  return [
    {
      name: "Debian kernel",
      about:
        "Debian's own configuration: stress with the verifier on, and a small A/B; an hour when it has to be built",
      run: async ($, plan) => {
        const base = await debianBase($, plan.base, debianFragments, plan.say);
        // The pristine one first makes the other quick.
        await testKernel($, base, "base");
        const cases = await stressKernel($, { ...plan, base }, "debian-stress", LOAD);
        return [...cases, ...(await smallBench($, base, join(plan.scratch, "debian-results")))];
      },
    },
  ];
}

/** The series outside the happy path: a step for each scenario. */
function lifeSteps(): KernelStep[] {
  return LIFE.map((scenario) => ({ ...scenario, name: `life: ${scenario.name}` }));
}
