import { z } from "zod";
import { MeasurementError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { parseKtap } from "../ktap/parse.ts";
import { casesOf, isGood, type TestCase } from "../ktap/result.ts";
import { failureOf, runUml, type UmlEnd, type UmlMachine } from "../kunit/suite.ts";
import { type NativeSample, nativeSampleSchema, type SampleKind } from "./sample.ts";

/** The suite that takes the times, KUnit's name for it. */
export const NATIVE_SUITE = "page_prezero_native";
const SAMPLE = /^# \w+: sample (\{.*\})$/;
const KINDS: readonly SampleKind[] = ["memory", "allocation", "worker", "clear-page", "method", "neighbour"];

/** Share of a request's pages that have to come zeroed from a full pool: others take a few pages too. */
const FULL_POOL_HITS = 0.99;
/** Page faults on the host, for each page that is measured: more, and what is measured is the host. */
const MOST_FAULTS = 1e-3;

/** Starts the program. @param seed where the order of the measurements begins */
export function startProgram(
  $: Shell,
  program: string,
  seed: number,
  machine: UmlMachine,
  deadlineMs: number,
): Promise<UmlEnd> {
  const words = [`kunit.filter_glob=${NATIVE_SUITE}`, `page_prezero.native_seed=${seed}`];
  return runUml($, program, words, deadlineMs, machine);
}

/**
 * Starts the program once and takes its measurements.
 * @throws InfrastructureError UML_NOT_STARTED, KERNEL_PANIC, KERNEL_OOPS, KUNIT_HUNG, KUNIT_INCOMPLETE, KERNEL_WARNING;
 *   MeasurementError NATIVE_FAILED, NATIVE_UNREADABLE, NATIVE_POOL, NATIVE_FAULTS; InterruptedError
 */
export async function runProgram(
  $: Shell,
  program: string,
  seed: number,
  machine: UmlMachine,
  deadlineMs: number,
): Promise<NativeSample[]> {
  const end = await startProgram($, program, seed, machine, deadlineMs);
  const report = parseKtap(end.output);
  const failure = failureOf(end, report, deadlineMs);
  if (failure !== undefined) throw failure;
  const samples = samplesOf(casesOf(report.results), end.command);
  assertPool(samples, end.command);
  assertResident(samples, end.command);
  return samples;
}

/** Every sample line of the cases, all of which have to have come to their end. */
function samplesOf(cases: readonly TestCase[], reproducer: string): NativeSample[] {
  const bad = cases.find(({ status }) => status === "skipped" || !isGood(status));
  if (bad !== undefined) {
    throw new MeasurementError({
      code: "NATIVE_FAILED",
      message: `The program could not measure: ${bad.name} ${bad.status}`,
      detail: bad.log.join("\n"),
      reproducer,
      remedy: "Read what it said; it may lack memory. The command above repeats the run.",
    });
  }
  const samples = cases.flatMap(({ log }) => log.flatMap((line) => SAMPLE.exec(line)?.[1] ?? []));
  const read = samples.map((text) => readSample(text, reproducer));
  const missing = KINDS.filter((kind) => !read.some((sample) => sample.kind === kind));
  if (missing.length > 0) throw unreadable(`it has no sample of ${missing.join(", ")}`, "", reproducer);
  return read;
}

function readSample(text: string, reproducer: string): NativeSample {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable((cause as Error).message, text, reproducer, cause);
  }
  const parsed = nativeSampleSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unreadable(z.prettifyError(parsed.error), text, reproducer, parsed.error);
}

/** A hit that was none, or a miss that was one, wanted or not, would be a time under the wrong name. */
function assertPool(samples: readonly NativeSample[], reproducer: string): void {
  for (const sample of samples) {
    if (sample.kind !== "allocation") continue;
    const { state, request, order, pages, hitPages, missPages, wastedPages } = sample;
    const zeroed = request === "plain" ? wastedPages : hitPages;
    const asSaid =
      state === "full"
        ? zeroed >= FULL_POOL_HITS * pages
        : zeroed === 0 && (state === "empty" || hitPages + missPages + wastedPages === 0);
    if (asSaid) continue;
    throw new MeasurementError({
      code: "NATIVE_POOL",
      message: `With the pool ${state}, ${zeroed} of ${pages} pages of order ${order} (${request}) came zeroed`,
      reproducer,
      remedy: "The pool was not in the state that is measured: this is a bug of the series or of its benchmark.",
    });
  }
}

/** All memory is touched before the first clock is started; what the host has to map later would be measured with it. */
function assertResident(samples: readonly NativeSample[], reproducer: string): void {
  const faults = samples.reduce((sum, sample) => sum + sample.faults, 0);
  const pages = samples.reduce((sum, sample) => sum + sample.pages, 0);
  if (faults <= MOST_FAULTS * pages) return;
  throw new MeasurementError({
    code: "NATIVE_FAULTS",
    message: `The host handled ${faults} page faults while ${pages} pages were measured`,
    reproducer,
    remedy: "Memory of the program was taken away meanwhile: free some on this machine, or switch swapping off.",
  });
}

function unreadable(what: string, text: string, reproducer: string, cause?: unknown): MeasurementError {
  return new MeasurementError({
    code: "NATIVE_UNREADABLE",
    message: `What the program printed is not what this harness reads: ${what}`,
    ...(text === "" ? {} : { detail: text }),
    reproducer,
    remedy: "Patch and harness do not belong together: use both of one commit.",
    ...(cause === undefined ? {} : { cause }),
  });
}
