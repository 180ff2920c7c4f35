import { describe, expect, test } from "vitest";
import { caveatsOf } from "../../harness/native/report.ts";
import type { NativeLine } from "../../harness/native/sample.ts";
import { sectionsOf } from "../../harness/native/sections.ts";
import { summarize } from "../../harness/native/summarize.ts";
import { fakeRecord } from "./fake-record.ts";
import { fakeLines } from "./fake-samples.ts";

const summary = summarize(fakeRecord(), fakeLines(9));
const figures = (request: string, order: number) =>
  summary.allocations.find((one) => one.request === request && one.order === order);

/** Lines as they were when clear_page() was the only method beside the worker, and no neighbour waited. */
function olderLines(): NativeLine[] {
  return fakeLines(9).flatMap((line): NativeLine[] => {
    const { sample } = line;
    if (sample.kind === "neighbour" && sample.method === "worker") return [];
    if (sample.kind === "neighbour" && sample.method === "wait")
      return [{ ...line, sample: { ...sample, method: "none" } }];
    if (sample.kind !== "clear-page") return [line];
    const { method, ...unnamed } = sample;
    return method === "rep stosb" ? [{ ...line, sample: unnamed }] : [];
  });
}

describe("the figures of a run", () => {
  test("a ratio is taken inside each start, so how fast a start was does not matter", () => {
    expect(figures("zero", 0)?.emptyOverFull).toMatchObject({ value: expect.closeTo(4, 6) });
    const interval = figures("zero", 0)?.emptyOverFull.interval;
    expect(interval?.low).toBeCloseTo(4, 6);
    expect(interval?.high).toBeCloseTo(4, 6);
    expect(figures("zero", 9)?.neverOverFull.value).toBeCloseTo(190 / 50, 6);
    expect(figures("zero-write", 0)?.emptyOverFull.value).toBeCloseTo(2, 6);
    expect(figures("plain", 9)?.emptyOverFull.value).toBeCloseTo(1, 6);
  });

  test("times are medians over starts, in nanoseconds a page", () => {
    // The fifth of nine starts is half as slow again as the made-up machine.
    expect(figures("zero", 0)?.nsPerPage.full.value).toBeCloseTo(75, 3);
    expect(figures("zero", 0)?.savedNsPerPage.value).toBeCloseTo(225, 3);
    expect(figures("give-back", 0)?.nsPerPage.empty.value).toBeCloseTo(60, 3);
  });

  test("the worker is held against clear_page() on the same memory", () => {
    expect(summary.worker?.cpuOverClearPage.value).toBeCloseTo(1.1, 6);
    expect(summary.worker?.clearPageGibPerSecond.value).toBeCloseTo(4096 / 150e-9 / 2 ** 30, 3);
  });

  test("methods are held against the one that the kernel uses, neighbours against no clearing at all", () => {
    const [first, , third] = summary.methods;
    expect(summary.methods.map(({ method }) => method)).toEqual(["mov", "movnti", "rep stosb"]);
    expect(first?.clear.value).toBeCloseTo(1.3, 6);
    expect(third?.clear).toMatchObject({ value: 1 });
    expect(summary.methods[1]?.neighbour.value).toBeCloseTo(1.1, 6);
  });

  test("the worker is held against the fastest method in turn with it, whichever clear_page() uses", () => {
    // movnti takes 80 ns a page, the worker 110.
    expect(summary.worker?.overBest?.value).toBeCloseTo(80 / 110, 6);
    const slower = fakeLines(9).map((line) =>
      line.sample.kind === "clear-page" && line.sample.method === "movnti"
        ? { ...line, sample: { ...line.sample, ns: line.sample.ns * 2 } }
        : line,
    );
    expect(summarize(fakeRecord(), slower).worker?.overBest?.value).toBeCloseTo(100 / 110, 6);
  });

  test("who reads after the worker has cleared is held against who waited as long", () => {
    expect(summary.worker?.neighbour?.value).toBeCloseTo(1.05, 6);
  });

  test("a run from before the worker took turns with methods has what it measured", () => {
    const old = summarize(fakeRecord(), olderLines());
    expect(old.worker).toMatchObject({ overBest: null, neighbour: null });
    expect(old.worker?.cpuOverClearPage.value).toBeCloseTo(1.1, 6);
    expect(old.methods[1]?.neighbour.value).toBeCloseTo(1.1, 6);
  });

  test("five starts have medians and no intervals", () => {
    const few = summarize(fakeRecord(), fakeLines(5));
    expect(few.allocations[0]?.emptyOverFull.interval).toBeNull();
    expect(few.allocations[0]?.emptyOverFull.value).toBeGreaterThan(0);
  });

  test("the median of a start's repetitions counts, not each of them", () => {
    const lines = fakeLines(9);
    const [one] = lines.filter(({ sample }) => sample.kind === "clear-page" && sample.method === "rep stosb");
    const slow = {
      ...one,
      sample: { kind: "clear-page", method: "rep stosb", pages: 1, ns: 1_000_000, faults: 0 },
    } as (typeof lines)[number];
    const same = summarize(fakeRecord(), [...lines, ...(one ? [one, slow] : [])]);
    expect(same.worker?.clearPageGibPerSecond.value).toBeCloseTo(
      summary.worker?.clearPageGibPerSecond.value ?? Number.NaN,
      6,
    );
  });
});

describe("the report", () => {
  test("says what it is before it shows a figure", () => {
    expect(caveatsOf(summary)[0]).toMatch(/^Native on User Mode Linux: page clearing is that of real hardware/);
    expect(caveatsOf(summary)[0]).toContain("not VM creation times");
    expect(caveatsOf(summary)).toHaveLength(1);
  });

  test("is loud about memory in base pages and about a run that did not end", () => {
    const lines = fakeLines(2).map((line) =>
      line.sample.kind === "memory" ? { ...line, sample: { ...line.sample, hugeKib: 0 } } : line,
    );
    const caveats = caveatsOf(summarize(fakeRecord({ state: "interrupted", finishedAt: null }), lines));
    expect(caveats[1]).toBe("INCOMPLETE: 2 of 9 runs (interrupted).");
    expect(caveats[2]).toMatch(/^The host maps only 0\.0 % of the program's memory in huge pages/);
  });

  test("has a row for each order, with the interval in it", () => {
    const zero = sectionsOf(summary).find(({ id }) => id === "zero");
    expect(zero?.table?.rows).toEqual([
      ["4K", "285", "300", "75.0", "225", "4.00", "4.00 to 4.00", "3.80", "3.80 to 3.80"],
      ["16K", "285", "300", "75.0", "225", "4.00", "4.00 to 4.00", "3.80", "3.80 to 3.80"],
      ["2M", "285", "300", "75.0", "225", "4.00", "4.00 to 4.00", "3.80", "3.80 to 3.80"],
    ]);
  });

  test("begins with what the series is held to, each ratio beside its limit, and whether it holds", () => {
    const [limits] = sectionsOf(summary);
    expect(limits?.table?.rows.map(([, ...figures]) => figures)).toEqual([
      ["1.00", "1.00 to 1.00", "at most 1.05", "holds"],
      ["1.10", "1.10 to 1.10", "at most 1.05", "does not"],
      ["0.73", "0.73 to 0.73", "at least 0.95", "does not"],
      ["1.05", "1.05 to 1.05", "at most 1.10", "holds"],
    ]);
    expect(limits?.table?.rows[1]?.[0]).toContain("16K");
  });

  test.each([
    ["holds", 1, 1.05],
    ["does not", 1.051, 1.2],
    ["cannot be told", 1.04, 1.06],
  ])("of a limit it %s when the interval is %d to %d", (expected, low, high) => {
    const [first, ...others] = summary.allocations.filter(({ request }) => request === "plain");
    if (first === undefined) throw new Error("no plain request");
    const verdictOf = (interval: { low: number; high: number; confidence: number } | null) => {
      const changed = { ...first, fullOverNever: { value: 1.05, interval } };
      const [limits] = sectionsOf({ ...summary, allocations: [changed, ...others] });
      return limits?.table?.rows[0]?.at(-1);
    };
    expect(verdictOf({ low, high, confidence: 0.96 })).toBe(expected);
    expect(verdictOf(null)).toBe("cannot be told");
  });

  test("leaves out what an older run did not measure", () => {
    const [limits] = sectionsOf(summarize(fakeRecord(), olderLines()));
    expect(limits?.table?.rows.map(([what]) => what?.match(/4K|16K/)?.[0])).toEqual(["4K", "16K"]);
  });

  test("of a run without a finished start shows what was to run, and no figure", () => {
    const sections = sectionsOf(summarize(fakeRecord({ state: "failed", finishedAt: null }), []));
    expect(sections.flatMap(({ table }) => table?.rows ?? []).flat()).not.toContain("NaN");
    expect(sections.find(({ id }) => id === "what-ran")?.table?.rows).toContainEqual([
      "runs",
      "0 of 9, each a start of the program",
    ]);
  });
});
