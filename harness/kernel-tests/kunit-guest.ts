import type { Exec } from "../base/exec.ts";
import type { TestHost } from "../hosts.ts";
import { parseKtap } from "../ktap/parse.ts";
import type { TestResult } from "../ktap/result.ts";
import { RUN_SUITES } from "../kunit/run-uml.ts";
import { SUITE } from "../kunit/suite.ts";
import { check } from "./step.ts";

/** For the kernel's command line: run the suite while the host boots. */
export const KUNIT_CMDLINE = [...RUN_SUITES, `kunit.filter_glob=${SUITE}`].join(" ");
/** The case that lies to the verifier makes it warn; any other warning is a failure. */
const ON_PURPOSE = /is not zero at page \d+/;

/**
 * What the KUnit suite said while a host booted with {@link KUNIT_CMDLINE}.
 * @throws what the host's exec throws
 */
export async function suiteOfBoot(host: { exec: Exec }): Promise<TestResult[]> {
  const { results, problems } = parseKtap((await host.exec("dmesg")).stdout);
  const heard = problems.length === 0 && results.length > 0;
  return [...results, check("all of the suite was heard", heard, problems.join("\n"))];
}

/** No complaint on the console but the one that the suite provokes. */
export async function quietButOnPurpose(host: Pick<TestHost, "complaints">): Promise<TestResult> {
  const complaints = (await host.complaints()).filter(({ text }) => !ON_PURPOSE.test(text));
  return check("the console has no complaint", complaints.length === 0, complaints.map(({ text }) => text).join("\n"));
}
