import { describe, expect, test } from "vitest";
import {
  judgeLockHold,
  MOST_INSTRUCTIONS_LATE,
  MOST_INSTRUCTIONS_WITH_INTERRUPTS_OFF,
  parseLockHold,
  symbolFinder,
} from "../../harness/kernel-tests/lock-hold.ts";

const thread = (name: string, ns: number) =>
  `{ common_pid: ${name.padEnd(16)} [         7] } hitcount:       2318\n\tmax:      ${ns}\tcaller_offs:    256  parent_offs:     16`;
const output = (answer: object, ...threads: string[]) =>
  [
    "lockhold: " +
      JSON.stringify({ minOrder: 0, mib: 256, prezeroedPages: 950, freePages: 1000, latestNs: 40_000, ...answer }),
    "# event histogram",
    "#",
    ...threads,
    "",
    "Totals:",
    "    Hits: 40000",
  ].join("\n");
const WORKER = thread("kworker/u2:1", 20_000);
const failed = (text: string) =>
  judgeLockHold(parseLockHold(text), () => "page_reporting_cycle")
    .filter(({ status }) => status === "failed")
    .map(({ name }) => name);

describe("the time that the worker keeps others waiting", () => {
  test("is read from the histogram of each thread", () => {
    expect(parseLockHold(output({}, thread("swapper", 4_000), WORKER)).threads).toEqual([
      { thread: "swapper", ns: 4_000, callerOffset: 256 },
      { thread: "kworker/u2:1", ns: 20_000, callerOffset: 256 },
    ]);
  });

  test("passes within its bounds, and says where it was longest; other threads do not count", () => {
    const text = output({}, thread("lockhold", 10 * MOST_INSTRUCTIONS_WITH_INTERRUPTS_OFF), WORKER);
    expect(failed(text)).toEqual([]);
    const judged = judgeLockHold(parseLockHold(text), () => "page_reporting_cycle");
    expect(judged[1]?.found).toBe("20000 instructions at most in page_reporting_cycle");
  });

  test("of a series whose worker has its own thread: a workqueue's is another", () => {
    const busy = thread("kworker/u2:1", 10 * MOST_INSTRUCTIONS_WITH_INTERRUPTS_OFF);
    expect(failed(output({ perNode: true }, busy, thread("page_prezero/0", 20_000)))).toEqual([]);
    const slow = thread("page_prezero/0", MOST_INSTRUCTIONS_WITH_INTERRUPTS_OFF + 1);
    expect(failed(output({ perNode: true }, WORKER, slow))).toEqual([expect.stringMatching(/interrupts are off/)]);
  });

  test.each([
    [
      "interrupts are off for longer",
      output({}, thread("kworker/u2:1", MOST_INSTRUCTIONS_WITH_INTERRUPTS_OFF + 1)),
      /interrupts are off/,
    ],
    ["no worker was seen", output({}, thread("swapper", 4_000)), /interrupts are off/],
    ["a workqueue's thread was, where each node has its own", output({ perNode: true }, WORKER), /interrupts are off/],
    ["a task comes too late", output({ latestNs: MOST_INSTRUCTIONS_LATE + 1 }, WORKER), /a real-time task is in time/],
    ["nothing looked how late it came", output({ latestNs: 0 }, WORKER), /a real-time task is in time/],
    ["the worker did next to nothing", output({ prezeroedPages: 100 }, WORKER), /went over it/],
  ])("fails when %s", (_, text, name) => {
    expect(failed(text)).toEqual([expect.stringMatching(name)]);
  });

  test("with min_order 9 the pieces may stay as they are", () => {
    expect(failed(output({ minOrder: 9, prezeroedPages: 100 }, WORKER))).toEqual([]);
  });

  test.each([
    ["a machine that died", "Kernel panic - not syncing: Out of memory"],
    ["a program that gave up", "lockhold: failed: mmap"],
    ["a trace without a thread", output({})],
  ])("%s is no measurement", (_, text) => {
    expect(() => parseLockHold(text)).toThrow(/did not come to its end/);
  });
});

test("a function is the last one that begins at or before the address", () => {
  const find = symbolFinder(
    "ffffffff81000000 T _stext\nffffffff81000100 t page_reporting_cycle\nffffffff81000200 T other\n",
  );
  expect([find(0x100), find(0x1ff), find(0x200)]).toEqual(["page_reporting_cycle", "page_reporting_cycle", "other"]);
});
