import { median } from "../stats/median.ts";
import { type MedianInterval, medianInterval } from "../stats/median-interval.ts";
import type { NativeLine, SampleKind, SampleOf } from "./sample.ts";

/** One number for each start of the program, which is the unit of replication. */
export type PerRun = ReadonlyMap<number, number>;

/**
 * Reduces the samples of one kind to a median for each run.
 * @param value what counts; undefined leaves a sample out
 */
export function perRun<K extends SampleKind>(
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
export function quotient(over: PerRun, under: PerRun): MedianInterval {
  return combine(over, under, (a, b) => a / b);
}

/** The same for what is left of one time when the other is taken away. */
export function difference(more: PerRun, less: PerRun): MedianInterval {
  return combine(more, less, (a, b) => a - b);
}

export function overRuns(values: PerRun): MedianInterval {
  return medianInterval([...values.values()]);
}

function combine(a: PerRun, b: PerRun, how: (a: number, b: number) => number): MedianInterval {
  const both = [...a].flatMap(([run, one]) => {
    const other = b.get(run);
    return other === undefined ? [] : [how(one, other)];
  });
  return medianInterval(both);
}
