import { describe, expect, test } from "vitest";
import { judgeBench } from "../../harness/kernel-tests/small-bench.ts";
import type { Sample } from "../../harness/run/sample.ts";
import { syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

/** Two boots of each arm; what the numbers stand for is in synthetic-run.ts. */
const SAMPLES = syntheticSamples(
  syntheticRun({ arms: ["base", "prezero"], thp: ["on"], memoryBytes: 2 ** 30, sweepBytes: [], boots: 2, rounds: 2 }),
);
const changed = (change: (sample: Sample) => Partial<Sample>) =>
  SAMPLES.map((sample) => (sample.arm === "prezero" ? { ...sample, ...change(sample) } : sample));
const failed = (samples: Sample[], consoles: string[] = []) =>
  judgeBench(samples, consoles)
    .filter(({ status }) => status === "failed")
    .map(({ name }) => name);

describe("the benchmark among the kernel tests", () => {
  test("passes when the pool works", () => {
    expect(failed(SAMPLES, ["Linux version 6.12.0\nprezero-init: ready after 1.84 s\n"])).toEqual([]);
  });

  test("says what it saw", () => {
    const found = judgeBench(SAMPLES, []).map(({ found }) => found);
    expect(found[0]).toMatch(/^\d\.\d\d s against \d\.\d\d s$/);
    expect(found[2]).toMatch(/^\d+\.\d % of the pages$/);
  });

  test.each([
    ["it is slower", (sample: Sample) => ({ seconds: sample.seconds * 10 }), "creating a VM is faster with the pool"],
    [
      "the pool was not full",
      () => ({ poolBefore: { freePages: 1000, zeroedPages: 500 } }),
      "the pool was full before",
    ],
    ["no page came out of it", () => ({ hitPages: 0, missPages: 262_144 }), "the VM's memory came out of it"],
    ["nothing was counted", () => ({ hitPages: 0, missPages: 0 }), "the VM's memory came out of it"],
    ["clearing costs nothing", () => ({ workerCpuSeconds: 0 }), "the worker's cost is counted"],
  ])("fails when %s", (_, change, name) => {
    expect(failed(changed(change))).toEqual([name]);
  });

  test("fails with a warning on the console of any boot", () => {
    const console = "[    3.1] WARNING: CPU: 0 PID: 1 at mm/page_alloc.c:7 f+0x1/0x2\n";
    expect(failed(SAMPLES, ["", console])).toEqual(["the consoles have no complaint"]);
  });

  test("fails without samples", () => {
    expect(failed([])).toHaveLength(4);
  });
});
