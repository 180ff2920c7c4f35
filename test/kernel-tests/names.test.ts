import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { fillPool, startWorker, workerTookPart } from "../../harness/kernel-tests/boot/worker.ts";
import { judgeCost } from "../../harness/kernel-tests/cost.ts";
import { droppedAndCompacted } from "../../harness/kernel-tests/life/caches.ts";
import { dimm } from "../../harness/kernel-tests/life/devices.ts";
import { freezes, judgeHibernation } from "../../harness/kernel-tests/life/hibernation.ts";
import { afterwards } from "../../harness/kernel-tests/life/host.ts";
import { judgeNextLife } from "../../harness/kernel-tests/life/kexec.ts";
import { twoNodes } from "../../harness/kernel-tests/life/numa.ts";
import { breakMixed, breakPages } from "../../harness/kernel-tests/life/poison.ts";
import { judgePressure } from "../../harness/kernel-tests/life/pressure.ts";
import { compacted, cpusComeAndGo, limited, stormOfForks, swapped } from "../../harness/kernel-tests/life/processes.ts";
import { hugePool, takeAndGiveBack } from "../../harness/kernel-tests/life/ranges.ts";
import { offAndOn } from "../../harness/kernel-tests/life/switching.ts";
import { judgeLockHold } from "../../harness/kernel-tests/lock-hold.ts";
import { compareOutcomes } from "../../harness/kernel-tests/public/outcome.ts";
import { judgeStressNg, stressNg } from "../../harness/kernel-tests/public/stress-ng.ts";
import { refusalInSysfs } from "../../harness/kernel-tests/refusals.ts";
import { judgeBench } from "../../harness/kernel-tests/small-bench.ts";
import { stress } from "../../harness/kernel-tests/stress.ts";
import { judgeInterrupts, judgeWritten } from "../../harness/kernel-tests/zero-now.ts";
import type { TestResult, TestStatus } from "../../harness/ktap/result.ts";
import { syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

/** CI knows a test by its name. What is measured is `n` here, and is another figure in each run. */
const COUNTERS = [
  ...["nr_free_pages", "nr_prezeroed", "prezero_hit", "prezero_miss", "prezero_cleared", "prezero_verify_failed"],
  ...["prezero_wasted", "prezero_lost_disabled", "prezero_lost_poisoned", "drop_pagecache", "compact_migrate_scanned"],
  ...["pswpin", "pswpout", "oom_kill", "pgmigrate_success", "pgscan_kswapd", "after_prezeroed", "high"],
];
const text = (n: number) =>
  [
    ...[n, n],
    JSON.stringify({ pages: n, dirty: n, lost: n, forks: n, hugeKb: n, asked: n, poisoned: n, free: n, handedOut: n }),
    ...COUNTERS.map((name) => `${name} ${n}`),
    `${n}\n`,
  ].join("\n");
/** What the series' own kselftest says, with what it counts. */
const COUNTS = /%l?[du]/g;
const SERIES = globSync(projectPath("kernel-patches/**/*.patch"));
const FORMATS = SERIES.flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^\+\s*ksft_test_result\([^"]*"([^"]*%l?[du][^"]*)\\n"/gm)].map(
    ([, format = ""]) => format,
  ),
);
const kselftest = (n: number) =>
  FORMATS.map((format, i) => `ok ${i + 1} ${format.replaceAll("%s", "64K").replaceAll(COUNTS, String(n))}\n`).join("");

/** A host on which every command finds `n`. */
const host = (n: number) => ({
  exec: async () => ({ stdout: text(n), stderr: "", exitCode: 0 }),
  stream: async (_: string, onOutput: (chunk: Buffer, isError: boolean) => void) => {
    onOutput(Buffer.from(`TAP version 13\n1..${FORMATS.length}\n${kselftest(n)}`), false);
    return 0;
  },
  complaints: async () => [],
  qemu: { qmp: { execute: async () => ({}), nextEvent: async () => ({ data: { device: "dimm" } }) } } as never,
});
const cost = (n: number) => ({
  setting: "off" as const,
  perNode: true,
  pages: 1000,
  rounds: [{ allocate: n, free: n }],
});
const outcome = (n: number) => {
  const cases = Array.from({ length: n }, (_, i) => ({ group: [], name: `${i}`, status: "passed" as const, log: [] }));
  return { name: "cow", status: "passed" as TestStatus, cases, log: [] };
};
const samples = (n: number) =>
  syntheticSamples(
    syntheticRun({ arms: ["base", "prezero"], thp: ["on"], memoryBytes: 2 ** 30, sweepBytes: [], boots: 2, rounds: 2 }),
  ).map((sample) => ({ ...sample, seconds: n, workerCpuSeconds: n, hitPages: n, missPages: 5 }));

/** The tests, by what judges them, each with everything that it measures. */
const TESTS: Record<string, (n: number) => TestResult[] | Promise<TestResult[]>> = {
  pool: async (n) => [await fillPool(host(n)), await startWorker(host(n).exec)],
  "the worker's part": (n) => workerTookPart(host(n).exec),
  stress: (n) => stress(host(n), { seconds: 60, mibPerProcess: 96, processes: 4 }),
  refusals: (n) => refusalInSysfs(host(n).exec),
  benchmark: (n) => judgeBench(samples(n), []),
  "cost when off": (n) =>
    judgeCost("max", { base: cost(7), again: cost(n), off: cost(n), empty: cost(n), full: cost(n), disabled: cost(n) }),
  "lock hold": (n) => {
    const threads = [{ thread: "kworker/u2:1", ns: n, callerOffset: n }];
    const found = { minOrder: 0, mib: 256, prezeroedPages: n, freePages: 2 * n + 1, latestNs: n, threads };
    return judgeLockHold(found, String);
  },
  afterwards: (n) => afterwards(host(n)),
  dimm: (n) => dimm(host(n)),
  freezing: (n) => freezes(host(n)),
  hibernation: (n) => judgeHibernation(text(n)),
  kexec: (n) => judgeNextLife(`nextlife: begin\n${text(n)}`),
  NUMA: (n) => twoNodes(host(n)),
  pressure: (n) => judgePressure({ vmstat: text(n) }, { vmstat: text(n) }),
  forks: (n) => stormOfForks(host(n)),
  CPUs: (n) => cpusComeAndGo(host(n)),
  swap: (n) => swapped(host(n)),
  cgroup: (n) => limited(host(n)),
  compaction: (n) => compacted(host(n)),
  CMA: (n) => takeAndGiveBack(host(n)),
  hugetlb: (n) => hugePool(host(n)),
  poison: (n) => breakPages(host(n)),
  mixed: (n) => breakMixed(host(n)),
  caches: (n) => droppedAndCompacted(host(n)),
  switching: (n) => offAndOn(host(n)),
  "public tests": (n) => compareOutcomes([outcome(n % 40)], [outcome((n % 40) + 1)]),
  "zero now": (n) => {
    const writers = [{ seconds: n, cpuSeconds: n }];
    const zeroed = (said: object) => ({
      ...{ clearedBytes: n, workerSeconds: n },
      answer: { stdout: JSON.stringify(said), stderr: "", exitCode: 0 },
    });
    return [
      ...judgeWritten("a writer", zeroed({ seconds: n, writers })),
      ...judgeInterrupts(zeroed({ milliseconds: [n] })),
    ];
  },
  "stress-ng": async (n) => [
    ...(await stressNg(host(n).exec)),
    judgeStressNg("--brk 2", `metrc: [1] brk  ${n} 1.0\n`, 0),
  ],
};

describe("a test has the same name from run to run", () => {
  test.each(Object.entries(TESTS))("whatever is measured: %s", async (_, run) => {
    const [one, other] = [await run(3), await run(100_000)];
    expect(other.map(({ name }) => name)).toEqual(one.map(({ name }) => name));
  });

  test("the words of the kselftest are those of the series", () => {
    expect(FORMATS).toContain("the verifier found %lu bad pages");
  });

  test("and what was measured stands beside it", async () => {
    const found = async (n: number) => (await TESTS.CMA?.(n))?.map(({ found }) => found);
    expect(await found(16_384)).toContain("16384 pages");
    expect(await found(3)).toContain("3 pages");
  });
});

/** What stands in a name and is known before anything runs: constants, and what the test goes through one by one. */
const KNOWN = /^(?:[A-Z_]+|argument|bytes|cycle|depth|kind|mib|name|node|options|state|variant|what)$/;

test("no name has anything in it that is not known before", () => {
  const files = globSync(projectPath("harness/kernel-tests/**/*.ts"));
  const names = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\b(?:check|checked|ended|measured)\(\s*`([^`]*)`/g)].map(
      ([, name]) => name,
    ),
  );
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    const words = [...(name ?? "").matchAll(/\$\{([^}]*)\}/g)].flatMap(
      ([, expression]) => expression?.match(/\w+/g) ?? [],
    );
    expect(
      words.filter((word) => !KNOWN.test(word)),
      name,
    ).toEqual([]);
  }
});
