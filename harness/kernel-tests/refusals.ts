import type { Exec } from "../base/exec.ts";
import type { Shell } from "../base/shell.ts";
import { CONTROLS } from "../host/controls.ts";
import { check, type TestResult } from "../ktap/result.ts";
import { runUml, SUITE, type UmlEnd } from "../kunit/suite.ts";

const ENABLED = `${CONTROLS}/enabled`;
/** Any case that enables the feature; with a switch that excludes it, it cannot. */
const CASE = `${SUITE}.prezero_test_bulk_is_zero`;
const UML_MS = 60_000;
/** EOPNOTSUPP, as the failed assertion prints it. */
const REFUSED = /== -95\b/;

/** Switches of the command line that make free memory something else than zero or unmapped, and what the log says. */
const EXCLUDING = [
  { argument: "init_on_free=1", reason: /page_prezero: not enabled: init_on_free/ },
  { argument: "page_poison=1", reason: /page_prezero: not enabled: page_poison/ },
  // UML cannot unmap free memory; debug_pagealloc is page_poisoning there.
  { argument: "debug_pagealloc=on", reason: /page_prezero: not enabled: (?:debug_pagealloc|page_poison)/ },
] as const;

/**
 * Boots the KUnit kernel with each switch: enabling must fail with EOPNOTSUPP and the log must say why. It runs as a
 * program, so that each takes a second.
 */
export async function refusalsOnUml(
  $: Shell,
  program: string,
  boot: ($: Shell, program: string, commandLine: string[], timeoutMs: number) => Promise<UmlEnd> = runUml,
): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const { argument, reason } of EXCLUDING) {
    const { output } = await boot($, program, [`kunit.filter_glob=${CASE}`, argument], UML_MS);
    const refused = REFUSED.test(output) && reason.test(output);
    results.push(check(`${argument}: enabling fails with EOPNOTSUPP, and the log says why`, refused, output));
  }
  return results;
}

/** The same on a host that was booted with init_on_free=1, through sysfs as an administrator meets it. */
export async function refusalInSysfs(exec: Exec): Promise<TestResult[]> {
  const written = await exec(`echo 1 > ${ENABLED}`);
  const value = (await exec(`cat ${ENABLED}`)).stdout.trim();
  const log = (await exec("dmesg | grep page_prezero")).stdout;
  return [
    check(
      "writing 1 fails with EOPNOTSUPP",
      written.exitCode !== 0 && /not supported/i.test(written.stderr),
      `exit code ${written.exitCode}\n${written.stderr.trim()}`,
    ),
    check("it reads back as 0", value === "0", value),
    check("the log says why", EXCLUDING[0].reason.test(log), log.trim() || "the log has nothing of page_prezero"),
  ];
}
