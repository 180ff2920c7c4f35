import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { HarnessError, InterruptedError } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interrupt.ts";
import type { Shell } from "../base/shell.ts";
import { formatSize } from "../base/size.ts";
import { countedSamples } from "../run/counted-samples.ts";
import { quantityOf, type Unit } from "../run/measure.ts";
import type { BootRecord, LastRefill, PlannedBoot, RunRecord } from "../run/record.ts";
import type { Sample } from "../run/sample.ts";
import { appendSample, readSamples, repairSamples, saveRun, writingTo } from "../run/store.ts";
import { runBoot, type StartHost } from "./boot.ts";
import type { Clock } from "./clock.ts";
import { Eta } from "./estimate.ts";
import { remainingSlots } from "./plan.ts";
import { assertSameSetting } from "./refusals.ts";
import { writeTrace } from "./trace-file.ts";

/** What a run reports while it goes on. */
export type RunProgress = {
  update(share: number, note: string, leftMs: number): void;
  log(line: string): void;
};

export type RunEnvironment = {
  startHost: StartHost;
  clock: Clock;
  progress: RunProgress;
};

/**
 * Executes what is left of a run, all of it when the run is new. run.json and samples.jsonl in `runDir` are right at
 * every moment, so a run that ended in any way, SIGKILL included, can be given to this function again.
 * @returns the finished record
 * @throws what a boot throws, after the record says that the run failed; what diskFault makes of a full disk;
 *   InterruptedError on Ctrl-C
 */
export async function executeRun(
  $: Shell,
  runDir: string,
  started: RunRecord,
  environment: RunEnvironment,
): Promise<RunRecord> {
  const { clock } = environment;
  let run: RunRecord = { ...started, state: "running", failure: null };
  const save = (changes: Partial<RunRecord>) => {
    run = { ...run, ...changes };
    saveRun(runDir, run);
  };
  save({});
  repairSamples(runDir);
  const left = remainingSlots(run);
  const done = run.plan.filter((planned) => !left.includes(planned));
  const eta = new Eta(run.plan, done, run.settings, clock.nowMs());
  try {
    for (const planned of left) {
      throwIfInterrupted($.signal, "measuring");
      const record = newBoot(run, planned, timestamp(clock));
      save({ boots: [...run.boots, record] });
      const lastRefill = await measureBoot(runDir, run, planned, record, eta, environment);
      const finished = { ...record, finishedAt: timestamp(clock), lastRefill };
      save({ boots: run.boots.map((boot) => (boot.boot === record.boot ? finished : boot)) });
      eta.bootFinished(planned);
    }
  } catch (error) {
    if ($.signal.aborted || error instanceof InterruptedError) {
      saveIfPossible(() => save({ state: "interrupted" }));
      throw new InterruptedError(
        `measuring; ${remainingSlots(run).length} of ${run.plan.length} boots left`,
        `Go on with: npm run bench -- --resume ${run.id}`,
      );
    }
    const failure = error instanceof HarnessError ? error : { code: "INTERNAL", message: String(error) };
    saveIfPossible(() => save({ state: "failed", failure: { code: failure.code, message: failure.message } }));
    throw error;
  }
  save({ state: "finished", finishedAt: timestamp(clock) });
  return run;
}

/** A record whose own disk is full stays "running", which can be resumed too. */
function saveIfPossible(save: () => void): void {
  try {
    save();
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
  }
}

async function measureBoot(
  runDir: string,
  run: RunRecord,
  planned: PlannedBoot,
  record: BootRecord,
  eta: Eta,
  environment: RunEnvironment,
): Promise<LastRefill | null> {
  const { clock, progress } = environment;
  const consoleLog = join(runDir, record.consoleLog);
  writingTo(runDir, () => mkdirSync(dirname(consoleLog), { recursive: true }));
  const title = `boot ${planned.slot}/${run.plan.length} ${planned.arm}`;
  const update = (phase: string) => {
    const { share, leftMs } = eta.at(clock.nowMs());
    progress.update(share, `${title}: ${phase}`, leftMs);
  };
  const earlier = countedSamples(run, readSamples(runDir)).at(-1)?.fingerprint;
  return runBoot({
    startHost: environment.startHost,
    clock,
    settings: run.settings,
    poolLevel: run.poolThreshold,
    planned,
    boot: record.boot,
    consoleLog,
    onHost: (host) => {
      assertSameSetting(host.fingerprint, run.kernels[planned.arm], earlier);
      eta.hostUp();
    },
    onPhase: update,
    onSample: (sample, timeline) => {
      appendSample(runDir, sample);
      if (run.settings.traces && timeline !== null) {
        writingTo(runDir, () => writeTrace(runDir, sample, timeline));
      }
      eta.roundTaken(sample);
      progress.log(`  ${title}, ${describeSample(sample, quantityOf(run.settings).unit)}`);
    },
  });
}

function newBoot(run: RunRecord, planned: PlannedBoot, startedAt: string): BootRecord {
  const boot = Math.max(0, ...run.boots.map((earlier) => earlier.boot)) + 1;
  const consoleLog = `console/boot-${String(boot).padStart(2, "0")}-${planned.arm}.log`;
  return { boot, slot: planned.slot, arm: planned.arm, startedAt, finishedAt: null, consoleLog, lastRefill: null };
}

function timestamp(clock: Clock): string {
  return new Date(clock.nowMs()).toISOString();
}

/** One line for a person about a sample that was just taken. */
function describeSample(sample: Sample, unit: Unit): string {
  const parts = [
    `THP ${sample.thp}, ${formatSize(sample.memoryBytes)}, round ${sample.round}: ${amount(sample)} ${unit.symbol}`,
  ];
  if (sample.hugeShare !== null) parts.push(`huge ${percent(sample.hugeShare)}`);
  const pool = sample.poolBefore;
  if (pool !== null && (sample.refillSeconds !== null || pool.zeroedPages > 0)) {
    const level = pool.freePages === 0 ? 0 : pool.zeroedPages / pool.freePages;
    const waited = sample.refillSeconds === null ? "" : ` after ${sample.refillSeconds.toFixed(0)} s`;
    parts.push(`pool ${percent(level)}${waited}`);
  }
  const wanted = (sample.hitPages ?? 0) + (sample.missPages ?? 0);
  if (sample.hitPages !== null && wanted > 0) parts.push(`${percent(sample.hitPages / wanted)} served zero`);
  return parts.join(", ");
}

/** A program may take a few milliseconds. */
function amount({ seconds }: Sample): string {
  return seconds < 0.1 ? seconds.toPrecision(2) : seconds.toFixed(2);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
