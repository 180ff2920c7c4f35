import { type MedianInterval, median, medianInterval } from "../stats/median.ts";
import type { NativeRecord } from "./record.ts";
import { type NativeLine, type Request, requests, type SampleKind, type SampleOf, type State } from "./sample.ts";

const PAGE_BYTES = 4096;
const GIB_BYTES = 2 ** 30;
/** Pieces in which a cleared span is used: a base page and a huge page. */
const USED_ORDERS = { base: 0, huge: 9 } as const;
/** Among the methods of clearing that a neighbour suffers from. */
const WORKER = "worker";

/** What blocks of one order cost, nanoseconds a page, and what the state of the pool makes of it. */
export type AllocationFigures = {
  /** `give-back` is freeing what was taken without a wish for zeroes. */
  request: Request | "give-back";
  order: number;
  nsPerPage: Record<State, MedianInterval>;
  /** Above 1 the full pool is cheaper than the empty one. */
  emptyOverFull: MedianInterval;
  neverOverFull: MedianInterval;
  fullOverNever: MedianInterval;
  /** What a page costs more with the pool empty. */
  savedNsPerPage: MedianInterval;
};

/** Clearing by one method, and what it does to who uses memory then. */
export type MethodFigures = {
  method: string;
  gibPerSecond: MedianInterval;
  /** Times over those of the method that the kernel uses: below 1 this one is faster. */
  clear: MedianInterval;
  clearAndUseBase: MedianInterval;
  clearAndUseHuge: MedianInterval;
  /** Time to read memory that was in the caches before a block was cleared, over that when none was. */
  neighbour: MedianInterval;
};

/** All that a native run says, as data: what `--json` prints and every renderer reads. */
export type NativeSummary = {
  record: NativeRecord;
  /** Runs that came to their end. */
  runs: number;
  memory: { clearPage: string; coldBytes: number; hugeShare: number; faults: number; timed: number } | null;
  allocations: AllocationFigures[];
  worker: null | {
    cpuGibPerSecond: MedianInterval;
    gibPerSecond: MedianInterval;
    clearPageGibPerSecond: MedianInterval;
    /** CPU time of the worker over that of clear_page() alone. */
    cpuOverClearPage: MedianInterval;
    /** What the worker clears in a second of CPU time over what the fastest method does alone; null in older runs. */
    overBest: MedianInterval | null;
    /** As that of a method; null in older runs. */
    neighbour: MedianInterval | null;
  };
  methods: MethodFigures[];
};

/** Figures of a native run; those of a run without a finished start are empty. */
export function summarize(record: NativeRecord, lines: readonly NativeLine[]): NativeSummary {
  const runs = new Set(lines.map(({ run }) => run)).size;
  const memory = memoryOf(lines);
  return {
    record,
    runs,
    memory,
    allocations: memory === null ? [] : allocationsOf(lines),
    worker: memory === null ? null : workerOf(lines, memory.clearPage),
    methods: memory === null ? [] : methodsOf(lines, memory.clearPage),
  };
}

function memoryOf(lines: readonly NativeLine[]): NativeSummary["memory"] {
  const touched = lines.flatMap(({ sample }) => (sample.kind === "memory" ? [sample] : []));
  const [first] = touched;
  if (first === undefined) return null;
  const timed = lines.flatMap(({ sample }) => (sample.kind === "memory" ? [] : [sample]));
  return {
    clearPage: first.clearPage,
    coldBytes: first.coldBytes,
    hugeShare: Math.min(...touched.map(({ hugeKib, pages }) => Math.min(1, (hugeKib * 1024) / (pages * PAGE_BYTES)))),
    faults: timed.reduce((sum, { faults }) => sum + faults, 0),
    timed: timed.length,
  };
}

function allocationsOf(lines: readonly NativeLine[]): AllocationFigures[] {
  const orders = [...new Set(lines.flatMap(({ sample }) => (sample.kind === "allocation" ? [sample.order] : [])))];
  const figures = (request: AllocationFigures["request"], order: number): AllocationFigures => {
    const times = (state: State): PerRun =>
      perRun(lines, "allocation", (sample) => {
        if (sample.state !== state || sample.order !== order) return undefined;
        if (request === "give-back") return sample.request === "plain" ? sample.giveNs / sample.pages : undefined;
        return sample.request === request ? sample.takeNs / sample.pages : undefined;
      });
    const never = times("never-enabled");
    const empty = times("empty");
    const full = times("full");
    return {
      request,
      order,
      nsPerPage: { "never-enabled": overRuns(never), empty: overRuns(empty), full: overRuns(full) },
      emptyOverFull: quotient(empty, full),
      neverOverFull: quotient(never, full),
      fullOverNever: quotient(full, never),
      savedNsPerPage: combine(empty, full, (a, b) => a - b),
    };
  };
  return [...requests, "give-back" as const].flatMap((request) =>
    orders.sort((a, b) => a - b).map((order) => figures(request, order)),
  );
}

function workerOf(lines: readonly NativeLine[], chosen: string): NativeSummary["worker"] {
  const cpu = perRun(lines, "worker", ({ cpuNs, pages }) => cpuNs / pages);
  const wall = perRun(lines, "worker", nsPerPage);
  const alone = (method: string): PerRun =>
    perRun(lines, "clear-page", (sample) => ((sample.method ?? chosen) === method ? nsPerPage(sample) : undefined));
  const clearPage = alone(chosen);
  const best = fastest(methodsAlone(lines).map(alone));
  const neighbour = readAfter(lines, WORKER);
  return {
    cpuGibPerSecond: overRuns(throughput(cpu)),
    gibPerSecond: overRuns(throughput(wall)),
    clearPageGibPerSecond: overRuns(throughput(clearPage)),
    cpuOverClearPage: quotient(cpu, clearPage),
    overBest: best.size === 0 ? null : quotient(best, cpu),
    neighbour: neighbour.size === 0 ? null : quotient(neighbour, readAfterNothing(lines)),
  };
}

function methodsOf(lines: readonly NativeLine[], chosen: string): MethodFigures[] {
  const names = [...new Set(lines.flatMap(({ sample }) => (sample.kind === "method" ? [sample.method] : [])))].sort();
  const cleared = (method: string): PerRun =>
    perRun(lines, "method", (sample) => (sample.method === method && !sample.use ? nsPerPage(sample) : undefined));
  const used = (method: string, order: number): PerRun =>
    perRun(lines, "method", (sample) =>
      sample.method === method && sample.use && sample.order === order ? nsPerPage(sample) : undefined,
    );
  return names.map((method) => ({
    method,
    gibPerSecond: overRuns(throughput(cleared(method))),
    clear: quotient(cleared(method), cleared(chosen)),
    clearAndUseBase: quotient(used(method, USED_ORDERS.base), used(chosen, USED_ORDERS.base)),
    clearAndUseHuge: quotient(used(method, USED_ORDERS.huge), used(chosen, USED_ORDERS.huge)),
    neighbour: quotient(readAfter(lines, method), readAfterNothing(lines)),
  }));
}

/** Methods that were measured over the memory of the worker, in turn with it; none in older runs. */
function methodsAlone(lines: readonly NativeLine[]): string[] {
  return [...new Set(lines.flatMap(({ sample }) => (sample.kind === "clear-page" ? (sample.method ?? []) : [])))];
}

function readAfter(lines: readonly NativeLine[], method: string): PerRun {
  return perRun(lines, "neighbour", (sample) => (sample.method === method ? nsPerPage(sample) : undefined));
}

/** Reading when nothing was cleared: after a wait, or at once in older runs. */
function readAfterNothing(lines: readonly NativeLine[]): PerRun {
  const waited = readAfter(lines, "wait");
  return waited.size > 0 ? waited : readAfter(lines, "none");
}

/** The shortest time of each run. */
function fastest(methods: readonly PerRun[]): PerRun {
  const runs = new Set(methods.flatMap((times) => [...times.keys()]));
  return new Map([...runs].map((run) => [run, Math.min(...methods.map((times) => times.get(run) ?? Infinity))]));
}

function nsPerPage({ ns, pages }: { ns: number; pages: number }): number {
  return ns / pages;
}

/** Nanoseconds a page as GiB a second. */
function throughput(nsPerPage: PerRun): PerRun {
  return new Map([...nsPerPage].map(([run, ns]) => [run, (PAGE_BYTES / ns) * (1e9 / GIB_BYTES)]));
}

/** One number for each start of the program, which is the unit of replication. */
type PerRun = ReadonlyMap<number, number>;

/**
 * Reduces the samples of one kind to a median for each run.
 * @param value what counts; undefined leaves a sample out
 */
function perRun<K extends SampleKind>(
  lines: readonly NativeLine[],
  kind: K,
  value: (sample: SampleOf<K>) => number | undefined,
): PerRun {
  const values = new Map<number, number[]>();
  for (const { run, sample } of lines) {
    const one = sample.kind === kind ? value(sample as SampleOf<K>) : undefined;
    if (one !== undefined) values.set(run, [...(values.get(run) ?? []), one]);
  }
  return new Map([...values].map(([run, all]) => [run, median(all)]));
}

/** Both times of a run are of the same process, so it is their quotient that is taken over runs. */
function quotient(over: PerRun, under: PerRun): MedianInterval {
  return combine(over, under, (a, b) => a / b);
}

function overRuns(values: PerRun): MedianInterval {
  return medianInterval([...values.values()]);
}

function combine(a: PerRun, b: PerRun, how: (a: number, b: number) => number): MedianInterval {
  const both = [...a].flatMap(([run, one]) => {
    const other = b.get(run);
    return other === undefined ? [] : [how(one, other)];
  });
  return medianInterval(both);
}
