import { UsageError } from "../base/errors.ts";
import { formatSize } from "../base/size.ts";
import type { BootRecord, RunRecord } from "./record.ts";
import type { Sample } from "./sample.ts";

/** Where a sample stands in its boot. */
type Turn = Pick<Sample, "thp" | "memoryBytes" | "round">;

/**
 * Samples that count: those of boots that finished. A boot that was interrupted or failed leaves its samples in the
 * file, and they are left out, because its slot runs again as a new boot and a boot is the unit of replication.
 * @throws UsageError RUN_DAMAGED naming what is missing, double or of no boot: a boot finishes after all its samples
 *   are on the disk, so something else has changed the file
 */
export function countedSamples(run: RunRecord, samples: readonly Sample[]): Sample[] {
  const byBoot = Map.groupBy(samples, (sample) => sample.boot);
  const finished = run.boots.filter((boot) => boot.finishedAt !== null);
  const known = new Set(run.boots.map(({ boot }) => boot));
  const problems = [
    ...[...byBoot.keys()].filter((boot) => !known.has(boot)).map((boot) => `boot ${boot} is not in run.json`),
    ...finished.flatMap((boot) => problemsOf(run, boot, byBoot.get(boot.boot) ?? [])),
  ];
  if (problems.length > 0) {
    throw new UsageError({
      code: "RUN_DAMAGED",
      message: `The samples of ${run.id} do not match its run.json`,
      detail: problems.join("\n"),
      remedy: "Restore samples.jsonl and run.json as the run left them, or measure again.",
    });
  }
  const counted = new Set(finished.map(({ boot }) => boot));
  return samples.filter(({ boot }) => counted.has(boot));
}

function problemsOf(run: RunRecord, { boot, slot, arm }: BootRecord, samples: readonly Sample[]): string[] {
  const title = `boot ${boot} (${arm})`;
  const steps = run.plan.find((planned) => planned.slot === slot)?.steps ?? [];
  const wanted = steps.flatMap(({ rounds, ...step }) =>
    Array.from({ length: rounds }, (_, i) => turnText({ ...step, round: i + 1 })),
  );
  const had = samples.map(turnText);
  const foreign = samples.filter((sample) => sample.arm !== arm).map((sample) => `has a sample of ${sample.arm}`);
  const missing = wanted.filter((turn) => !had.includes(turn));
  return [
    ...foreign,
    ...(missing.length === wanted.length ? ["has no sample"] : missing.map((turn) => `lacks ${turn}`)),
    ...had.filter((turn, i) => had.indexOf(turn) !== i).map((turn) => `has ${turn} twice`),
    ...had.filter((turn) => !wanted.includes(turn)).map((turn) => `has ${turn}, which was not planned`),
  ].map((problem) => `${title} ${problem}`);
}

function turnText({ thp, memoryBytes, round }: Turn): string {
  return `THP ${thp}, ${formatSize(memoryBytes)}, round ${round}`;
}
