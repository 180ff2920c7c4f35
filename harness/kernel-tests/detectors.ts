import type { Exec } from "../base/exec.ts";
import { parseKtap } from "../ktap/parse.ts";
import { check, type TestResult } from "../ktap/result.ts";
import { ON_PURPOSE, RUN_SUITES, SUITE } from "../kunit/suite.ts";
import { bootTestHost, quiet, type Scenario, testKernel } from "./boot/test-host.ts";
import { buildSelftest } from "./selftest.ts";
import { type Load, STRESS_BYTES, stress } from "./stress.ts";

/** A kernel with KASAN does a fraction of the work in the same time, and needs several times as long to boot. */
const LOAD: Load = { seconds: 300, mibPerProcess: 96, processes: 4 };
/** The KUnit suite runs before the host answers, and looks at every free page more than once. */
const PATIENCE = 20;
/** For the kernel's command line: run the suite while the host boots. */
const RUN_SUITE = [...RUN_SUITES, `kunit.filter_glob=${SUITE}`].join(" ");

/**
 * Kernels that find what an ordinary one hides. The suite runs while the kernel boots, the stress afterwards: what the
 * detector has to say of both is on the console.
 */
export const DETECTORS = [
  detector("debug kernel", "KASAN, lockdep, DEBUG_VM", "debug.config"),
  detector("KCSAN kernel", "data races", "kcsan.config"),
];

function detector(name: string, finds: string, fragment: string): Scenario {
  return {
    name,
    about: `${finds}: the KUnit suite, and stress for ${LOAD.seconds} s`,
    run: async ($, plan) => {
      const kernel = await testKernel($, plan.base, "prezero", ["kunit-guest.config", fragment]);
      const programs = [await buildSelftest($, plan.base, plan.scratch, plan.say)];
      const needs = { memoryBytes: STRESS_BYTES, programs, extraCmdline: RUN_SUITE, patience: PATIENCE };
      await using host = await bootTestHost($, plan, kernel, fragment, needs);
      const suite = await suiteOfBoot(host);
      return [...suite, ...(await stress(host, LOAD)), await quiet(host, ON_PURPOSE)];
    },
  };
}

/**
 * What the KUnit suite said while a host booted with {@link RUN_SUITE}.
 * @throws what the host's exec throws
 */
export async function suiteOfBoot(host: { exec: Exec }): Promise<TestResult[]> {
  const { results, problems } = parseKtap((await host.exec("dmesg")).stdout);
  const heard = problems.length === 0 && results.length > 0;
  return [...results, check("all of the suite was heard", heard, problems.join("\n"))];
}
