import { type NativeLine, type NativeSample, requests, states } from "../../harness/native/sample.ts";

const SPAN_PAGES = 32_768;
const ALL_PAGES = 180_000;
const METHODS = { "rep stosb": 100, mov: 130, movnti: 80 };
/** Nanoseconds a page of each state for a request with zeroes, before anything is written. */
const NS = { "never-enabled": 190, empty: 200, full: 50 };

/**
 * What the suite prints in one start on a made-up machine: a page costs 200 ns with the pool empty and 50 ns with it
 * full, a plain one 60 ns but for 66 in blocks of 16K from a full pool, clearing 100 ns by rep stosb, the worker a tenth more by the same method.
 * @param slowness of the whole run, which cancels out in every ratio
 */
export function fakeSamples(slowness = 1): NativeSample[] {
  const ns = (each: number, pages: number) => Math.round(each * pages * slowness);
  const memory = { pages: ALL_PAGES, firstFaults: ALL_PAGES, faults: 0, hugeKib: ALL_PAGES * 4 };
  const samples: NativeSample[] = [
    { kind: "memory", seed: 1, clearPage: "rep stosb", coldBytes: 2 ** 28, ...memory },
    { kind: "worker", pages: ALL_PAGES, cpuNs: ns(110, ALL_PAGES), ns: ns(125, ALL_PAGES), faults: 0 },
    { kind: "neighbour", method: "wait", pages: 8192, ns: ns(10, 8192), faults: 0 },
    { kind: "neighbour", method: "worker", pages: 8192, ns: ns(10.5, 8192), faults: 0 },
  ];
  for (const request of requests) {
    for (const order of [0, 2, 9]) {
      for (const state of states) {
        const zero = request !== "plain";
        const plainNs = state === "full" && order === 2 ? 66 : 60;
        const takeNs = ns(zero ? NS[state] + (request === "zero-write" ? 100 : 0) : plainNs, SPAN_PAGES);
        const pages = { hitPages: 0, missPages: 0, wastedPages: 0 };
        if (zero && state !== "never-enabled") pages[state === "full" ? "hitPages" : "missPages"] = SPAN_PAGES;
        if (!zero && state === "full") pages.wastedPages = SPAN_PAGES;
        const shared = { pages: SPAN_PAGES, takeNs, giveNs: ns(40, SPAN_PAGES), faults: 0 };
        samples.push({ kind: "allocation", state, order, request, ...shared, ...pages });
      }
    }
  }
  for (const [method, each] of Object.entries(METHODS)) {
    samples.push({ kind: "clear-page", method, pages: ALL_PAGES, ns: ns(each, ALL_PAGES), faults: 0 });
    for (const [order, use] of [
      [10, false],
      [0, true],
      [9, true],
    ] as const) {
      samples.push({ kind: "method", method, order, use, pages: SPAN_PAGES, ns: ns(each, SPAN_PAGES), faults: 0 });
    }
    samples.push({ kind: "neighbour", method, pages: 8192, ns: ns(method === "movnti" ? 11 : 20, 8192), faults: 0 });
  }
  return samples;
}

/** Lines of samples.jsonl of so many starts, each slower than the one before. */
export function fakeLines(runs: number): NativeLine[] {
  return Array.from({ length: runs }, (_, i) => i + 1).flatMap((run) =>
    fakeSamples(1 + run / 10).map((sample): NativeLine => {
      return { schemaVersion: 1, run, takenAt: "2001-01-01T00:00:00.000Z", sample };
    }),
  );
}

/** The console of a start that measured that: what KUnit prints. */
export function fakeConsole(samples: readonly NativeSample[]): string {
  const lines = samples.map((sample) => `    # native_allocation: sample ${JSON.stringify(sample)}`);
  return [
    "Linux version 6.12.117-native",
    "KTAP version 1",
    "1..1",
    "    KTAP version 1",
    "    # Subtest: page_prezero_native",
    "    1..1",
    ...lines,
    "    ok 1 native_allocation",
    "ok 1 page_prezero_native",
    "reboot: System halted",
  ].join("\n");
}
