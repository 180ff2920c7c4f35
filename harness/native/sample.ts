import { z } from "zod";

/** What a page cost is measured against: the feature not enabled (or disabled again, which is the same), a pool with nothing in it, a full one. */
export const states = ["never-enabled", "empty", "full"] as const;
export type State = (typeof states)[number];

/** `plain` does not want zeroes; `zero` does; `zero-write` does and writes to every cache line at once. */
export const requests = ["plain", "zero", "zero-write"] as const;
export type Request = (typeof requests)[number];

const count = z.int().nonnegative();
const nanoseconds = z.int().positive();
const order = z.int().min(0).max(20);

/** All memory, touched twice before anything is measured; `faults` are those of the second time. */
const memorySchema = z.strictObject({
  kind: z.literal("memory"),
  seed: count,
  pages: z.int().positive(),
  firstFaults: count,
  faults: count,
  /** Of the program's memory, what the host has mapped in huge pages. */
  hugeKib: count,
  /** Instructions of clear_page(), chosen by the features of the CPU. */
  clearPage: z.string(),
  /** What is written before each clock is started, so that nothing measured is in a cache. */
  coldBytes: z.int().positive(),
});

/** Taking and giving back 128 MiB in blocks of one order. */
const allocationSchema = z.strictObject({
  kind: z.literal("allocation"),
  state: z.enum(states),
  order,
  request: z.enum(requests),
  pages: z.int().positive(),
  takeNs: nanoseconds,
  giveNs: nanoseconds,
  hitPages: count,
  missPages: count,
  wastedPages: count,
  faults: count,
});

/** So many pages took so long. */
const timed = { pages: z.int().positive(), ns: nanoseconds, faults: count };

/** One pass of the worker over all free memory: the CPU time of its thread, and the time that passed. */
const workerSchema = z.strictObject({ kind: z.literal("worker"), cpuNs: nanoseconds, ...timed });

/** A method over the same memory, without worker and free lists; older runs have clear_page() only, and do not name it. */
const clearPageSchema = z.strictObject({ kind: z.literal("clear-page"), method: z.string().optional(), ...timed });

/** Clearing 128 MiB by one method, in pieces of one order; with `use` each is written to as soon as it is clear. */
const methodSchema = z.strictObject({
  kind: z.literal("method"),
  method: z.string(),
  order,
  use: z.boolean(),
  ...timed,
});

/**
 * Reading memory that was in the caches until a block was cleared, by a method or by the `worker`. `wait` cleared
 * nothing for as long; `none`, in older runs, came at once.
 */
const neighbourSchema = z.strictObject({ kind: z.literal("neighbour"), method: z.string(), ...timed });

/** One measurement as the kernel prints it; times in nanoseconds of the host's CLOCK_MONOTONIC, memory in 4 KiB pages. */
export const nativeSampleSchema = z.discriminatedUnion("kind", [
  memorySchema,
  allocationSchema,
  workerSchema,
  clearPageSchema,
  methodSchema,
  neighbourSchema,
]);
export type NativeSample = z.infer<typeof nativeSampleSchema>;
export type SampleKind = NativeSample["kind"];
export type SampleOf<K extends SampleKind> = Extract<NativeSample, { kind: K }>;

/** A line of samples.jsonl: the measurement, and which start of the program it is from. */
export const nativeLineSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Starts are numbered from 1. */
  run: z.int().positive(),
  takenAt: z.iso.datetime(),
  sample: nativeSampleSchema,
});
export type NativeLine = z.infer<typeof nativeLineSchema>;
