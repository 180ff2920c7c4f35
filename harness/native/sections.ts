import { formatSize } from "../base/size.ts";
import { figures, tableOf, words } from "../report/sections/columns.ts";
import type { Section } from "../report/sections/section.ts";
import { endRows, machineWords } from "../report/sections/what-ran.ts";
import { count, formatPercent, formatRange, formatRatio } from "../report/wording/format.ts";
import type { MedianInterval } from "../stats/median.ts";
import type { AllocationFigures, NativeSummary } from "./summarize.ts";

const SHA_DIGITS = 12;
const PAGE_BYTES = 4096;

/** The report, in the order in which it is read. */
export function sectionsOf(summary: NativeSummary): Section[] {
  return [
    limits(summary),
    allocation(summary, "zero", "Allocating zeroed memory"),
    allocation(summary, "zero-write", "Allocating zeroed memory and writing to every cache line of it at once"),
    allocation(summary, "plain", "Allocating memory that need not be zero"),
    allocation(summary, "give-back", "Giving that memory back"),
    worker(summary),
    methods(summary),
    whatRan(summary),
    method(),
  ];
}

/** Orders at which a request that need not be zero must not become dearer. */
const PLAIN_ORDERS = [0, 2];

type Limit = { atMost: number } | { atLeast: number };

/** What the series is held to; figures that a run does not have are left out. */
function limits({ allocations, worker: measured }: NativeSummary): Section {
  const plain = allocations.filter(({ request, order }) => request === "plain" && PLAIN_ORDERS.includes(order));
  const rows: [string, MedianInterval | null, Limit][] = [
    ...plain.map(({ order, fullOverNever }): [string, MedianInterval, Limit] => [
      `plain ${formatBlock(order)}, full/never`,
      fullOverNever,
      { atMost: 1.05 },
    ]),
    ["worker/fastest method", measured?.overBest ?? null, { atLeast: 0.95 }],
    ["neighbour, worker/wait", measured?.neighbour ?? null, { atMost: 1.1 }],
  ];
  return {
    id: "limits",
    heading: "What the series is held to",
    table: tableOf(
      rows.flatMap(([what, figure, limit]) => (figure === null ? [] : [{ what, figure, limit }])),
      [
        words("", ({ what }) => what),
        figures("ratio", ({ figure }) => formatRatio(figure.value)),
        figures("95 % interval", ({ figure }) => rangeOf(figure, formatRatio)),
        words("limit", ({ limit }) => limitWords(limit)),
        words("verdict", ({ figure, limit }) => verdict(figure, limit)),
      ],
    ),
    notes: [
      "plain: time of a request that need not be zero, pool full over never enabled. worker: GiB/s of its CPU time over " +
        "those of the fastest method over the same memory, which took turns with it. neighbour: time to read 256K that " +
        "were in the caches, after the worker has cleared 4M over after a wait of about as long.",
    ],
  };
}

function limitWords(limit: Limit): string {
  return "atMost" in limit ? `at most ${formatRatio(limit.atMost)}` : `at least ${formatRatio(limit.atLeast)}`;
}

/** A limit that the interval crosses, or a figure without one, tells nothing. */
function verdict({ interval }: MedianInterval, limit: Limit): string {
  if (interval === null) return "cannot be told";
  const { low, high } = interval;
  const [good, bad] =
    "atMost" in limit ? [high <= limit.atMost, low > limit.atMost] : [low >= limit.atLeast, high < limit.atLeast];
  return good ? "holds" : bad ? "does not" : "cannot be told";
}

const REQUEST_NOTES: Partial<Record<AllocationFigures["request"], string>> = {
  zero: "ns for each 4K page; empty/full above 1 means that a full pool is cheaper, saved is empty minus full.",
  "zero-write":
    "What the full pool hands out is not in a cache, what is cleared on allocation is: this is what is left.",
  plain: "Below 1 means that a full pool makes dearer what has no use for it.",
};

function allocation({ allocations }: NativeSummary, request: AllocationFigures["request"], heading: string): Section {
  const note = REQUEST_NOTES[request];
  const table = tableOf(
    allocations.filter((one) => one.request === request),
    [
      figures("block", ({ order }) => formatBlock(order)),
      figures("never enabled", ({ nsPerPage }) => formatNs(nsPerPage["never-enabled"].value)),
      figures("pool empty", ({ nsPerPage }) => formatNs(nsPerPage.empty.value)),
      figures("pool full", ({ nsPerPage }) => formatNs(nsPerPage.full.value)),
      figures("saved", ({ savedNsPerPage }) => formatNs(savedNsPerPage.value)),
      figures("empty/full", ({ emptyOverFull }) => formatRatio(emptyOverFull.value)),
      figures("95 % interval", ({ emptyOverFull }) => rangeOf(emptyOverFull, formatRatio)),
      figures("never/full", ({ neverOverFull }) => formatRatio(neverOverFull.value)),
      figures("95 % interval", ({ neverOverFull }) => rangeOf(neverOverFull, formatRatio)),
    ],
  );
  return { id: request, heading: `${heading}, ns a page`, table, ...(note === undefined ? {} : { notes: [note] }) };
}

function worker({ worker: measured }: NativeSummary): Section {
  const heading = "The worker against clear_page() alone, over the same memory";
  if (measured === null) return { id: "worker", heading, intro: ["Nothing measured."] };
  const { cpuGibPerSecond, gibPerSecond, clearPageGibPerSecond, cpuOverClearPage } = measured;
  const rows: [string, MedianInterval][] = [
    ["worker, CPU time", cpuGibPerSecond],
    ["worker, time from start to end of a pass", gibPerSecond],
    ["clear_page()", clearPageGibPerSecond],
  ];
  const { value } = cpuOverClearPage;
  return {
    id: "worker",
    heading,
    table: tableOf(rows, [
      words("", ([what]) => what),
      figures("GiB/s", ([, { value }]) => formatThroughput(value)),
      figures("95 % interval", ([, figure]) => rangeOf(figure, formatThroughput)),
    ]),
    notes: [
      `CPU time of the worker over that of clear_page(): ${formatRatio(value)}, ${rangeOf(cpuOverClearPage, formatRatio)}.`,
    ],
  };
}

function methods({ methods: measured, memory }: NativeSummary): Section {
  const chosen = memory?.clearPage ?? "clear_page()";
  return {
    id: "methods",
    heading: `Clearing by method, times over those of ${chosen}, which the kernel uses here`,
    table: tableOf(measured, [
      words("method", ({ method }) => method),
      figures("GiB/s", ({ gibPerSecond }) => formatThroughput(gibPerSecond.value)),
      figures("clear", ({ clear }) => ratioInOne(clear)),
      figures("clear, use 4K", ({ clearAndUseBase }) => ratioInOne(clearAndUseBase)),
      figures("clear, use 2M", ({ clearAndUseHuge }) => ratioInOne(clearAndUseHuge)),
      figures("neighbour", ({ neighbour }) => ratioInOne(neighbour)),
    ]),
    notes: [
      "Below 1 is faster. `use` writes to every cache line as soon as a page, or a huge page, is clear; movnti and clzero " +
        "leave the caches alone. `neighbour` is the time to read memory that was in the caches until a block of 4M was " +
        "cleared, over the time when none was: what clearing on the same CPU costs who comes after it.",
    ],
  };
}

function whatRan({ record, runs, memory }: NativeSummary): Section {
  const { kernel, machine } = record;
  const rows: [string, string][] = [
    [
      "kernel",
      `${kernel.release} (${kernel.source.package} ${kernel.source.version}, ${kernel.compiler}, config ` +
        `${kernel.configSha256.slice(0, SHA_DIGITS)}, image ${kernel.imageSha256.slice(0, SHA_DIGITS)})`,
    ],
    ["patches", kernel.patches.join(", ")],
    ["machine", machineWords(machine, record.microcode)],
    ["memory", `${formatSize(record.memoryBytes)} on tmpfs${memory === null ? "" : `, ${hugeText(memory)}`}`],
    ["runs", `${runs} of ${record.runs}, each a start of the program`],
    ...(memory === null
      ? []
      : [
          ["clear_page()", memory.clearPage] as [string, string],
          ["page faults", `${memory.faults} on the host in ${count(memory.timed, "measurement")}`] as [string, string],
        ]),
    ["tools", `Node.js ${record.tools.node}`],
    ["harness", record.commit ?? "not a git checkout"],
    ...endRows(record, "bench:native"),
  ];
  return { id: "what-ran", heading: "What ran", table: { columns: [{ label: "" }, { label: "" }], rows } };
}

function method(): Section {
  return {
    id: "method",
    heading: "How to read this",
    intro: [
      "A measurement takes 128M in blocks of one order. Before each, all memory is filled with a pattern, the worker " +
        "fills the pool or does not, and 256M of other memory are written, so that nothing is in a cache. All memory is " +
        "touched before the first measurement, and page faults on the host are counted in each.",
      "never enabled: without marks and with the static keys off, as a kernel in which nobody enabled the feature; User " +
        "Mode Linux has no jump labels, so a key costs a load and a branch here and nothing there. pool empty: enabled, " +
        "nothing marked, so every request for zeroes is a miss. pool full: all free memory is marked, so each is a hit; " +
        "the counters have to say so, or the run fails.",
      "The three states take turns inside a run, each of them first, second and last once; where to begin is drawn for " +
        "each run. A run gives the median of its repetitions and, for a ratio, the quotient of two such medians; what is " +
        "shown is the median over runs, with an interval between order statistics that holds for any distribution.",
    ],
  };
}

function hugeText({ hugeShare }: NonNullable<NativeSummary["memory"]>): string {
  return `${formatPercent(hugeShare)} % of it in huge pages`;
}

/** 4K, 16K, 2M. */
function formatBlock(order: number): string {
  const kib = (PAGE_BYTES << order) / 1024;
  return kib >= 1024 ? `${kib / 1024}M` : `${kib}K`;
}

/** Nanoseconds without the unit: 4.27, 31.5, 244. */
function formatNs(ns: number): string {
  const size = Math.abs(ns);
  return ns.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0);
}

function formatThroughput(gibPerSecond: number): string {
  return gibPerSecond.toFixed(1);
}

function rangeOf({ interval }: MedianInterval, format: (value: number) => string): string {
  return formatRange(interval?.low, interval?.high, format);
}

function ratioInOne(figure: MedianInterval): string {
  const value = formatRatio(figure.value);
  return figure.interval === null ? value : `${value} (${rangeOf(figure, formatRatio)})`;
}
