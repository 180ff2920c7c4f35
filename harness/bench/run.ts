import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { HarnessError, InterruptedError } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interrupt.ts";
import type { Shell } from "../base/shell.ts";
import { countedSamples } from "../run/counted-samples.ts";
import type { BootRecord, LastRefill, PlannedBoot, RunRecord } from "../run/record.ts";
import { appendSample, readSamples, repairSamples, saveRun, writingTo } from "../run/store.ts";
import { runBoot, type StartHost } from "./boot.ts";
import type { Clock } from "./clock.ts";
import { describeSample } from "./describe-sample.ts";
import { Eta } from "./eta.ts";
import { assertSameSetting } from "./same-setting.ts";
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

/** Slots of the plan that have no finished boot yet, in order. */
export function remainingSlots(run: RunRecord): PlannedBoot[] {
  const finished = new Set(run.boots.filter((boot) => boot.finishedAt !== null).map((boot) => boot.slot));
  return run.plan.filter((planned) => !finished.has(planned.slot));
}

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
        `measuring; ${remainingSlots(run).length} of ${run.plan.length} boots are left`,
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
      progress.log(`  ${title}, ${describeSample(sample)}`);
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
