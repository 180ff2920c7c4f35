import { rmSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../base/errors.ts";
import { type HeldLock, withLock } from "../base/lock.ts";
import { cacheDir } from "../base/paths.ts";
import { Progress } from "../base/progress.ts";
import type { Shell } from "../base/shell.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import type { RunRecord } from "../run/record.ts";
import {
  assertRootWritable,
  assertRunWritable,
  listRunDirs,
  readRun,
  readSamples,
  resolveRunDir,
  resultsDir,
  saveRun,
} from "../run/store.ts";
import { realClock } from "./clock.ts";
import { describePlan } from "./describe-plan.ts";
import { type ArmKernels, ensureArmKernels, ensureGuestKernel, recordArmKernels, recordKernel } from "./kernels.ts";
import { readMachine } from "./machine.ts";
import { nestedHosts } from "./nested-hosts.ts";
import { newRunRecord } from "./new-run.ts";
import { type Prepared, prepareResume } from "./prepare.ts";
import { executeRun } from "./run.ts";
import { assertSameGuest } from "./same-setting.ts";

/**
 * Builds the kernels, writes the run's record and executes the run.
 * @param typed what the caller typed after `npm run bench --`
 * @param root directory that gets the run's own
 * @returns the run's directory
 */
export async function startRun(
  $: Shell,
  prepared: Prepared,
  typed: string[],
  name: string | undefined,
  root = resultsDir(),
): Promise<string> {
  const { bases, settings, scenario, plan } = prepared;
  assertRootWritable(root);
  for (const line of describePlan(settings, plan)) say(line);
  const kernels = await ensureArmKernels($, bases, settings.arms, settings.fragments);
  const guest = await ensureGuestKernel($, bases, settings);
  return alone($, async (lock) => {
    const run = await newRunRecord($, {
      settings,
      kernels: await recordArmKernels(bases, kernels),
      guestKernel: guest && (await recordKernel(bases.own, guest, "base")),
      machine: await readMachine($),
      qemuVersion: prepared.qemuVersion,
      poolLevel: scenario.poolLevel,
      arguments: typed,
      name,
      nowMs: Date.now(),
    });
    const runDir = join(root, run.id);
    saveRun(runDir, run);
    await execute($, lock, runDir, run, kernels, guest).catch((error) => {
      // A device that is not there is found out by booting; a run that never could be is not worth keeping.
      if (error instanceof UsageError && readSamples(runDir).length === 0) rmSync(runDir, { recursive: true });
      throw error;
    });
    return runDir;
  });
}

/** Goes on with a run that did not finish. @returns its directory */
export async function resumeRun($: Shell, runDir: string): Promise<string> {
  assertRunWritable(runDir);
  return alone($, async (lock) => {
    const run = readRun(runDir);
    const { bases, plan } = await prepareResume($, run);
    const kernels = await ensureArmKernels($, bases, run.settings.arms, run.settings.fragments);
    const guest = await ensureGuestKernel($, bases, run.settings);
    assertSameGuest(guest, run.guestKernel);
    say(`resuming ${run.id}: ${plan.length} of ${run.plan.length} boots are left`);
    await execute($, lock, runDir, run, kernels, guest);
    return runDir;
  });
}

/**
 * Directory of the run to resume: the newest unfinished one that has samples, or the one named.
 * @throws UsageError NOTHING_TO_RESUME, RUN_UNKNOWN
 */
export function resumableRunDir(wanted: string | true): string {
  const found = wanted === true ? listRunDirs().filter(isWorthResuming).at(-1) : resolveRunDir(wanted);
  if (found !== undefined && readRun(found).state !== "finished") return found;
  throw new UsageError({
    code: "NOTHING_TO_RESUME",
    message:
      found === undefined
        ? `No run in ${resultsDir()} has samples and is unfinished`
        : `The run ${readRun(found).id} is finished`,
    remedy: "Start a new one with `npm run bench`, or name one of `npm run results`.",
  });
}

/** One that never measured anything, because its kernel did not boot for example, is resumed by its name only. */
function isWorthResuming(runDir: string): boolean {
  return readRun(runDir).state !== "finished" && readSamples(runDir).length > 0;
}

/** Two benchmarks at once would slow each other down and measure that. */
function alone<T>($: Shell, work: (lock: HeldLock) => Promise<T>): Promise<T> {
  return withLock($, cacheDir("bench.lock"), (what) => say(`${what}, so that neither disturbs the other`), work);
}

async function execute(
  $: Shell,
  lock: HeldLock,
  runDir: string,
  run: RunRecord,
  kernels: ArmKernels,
  guest: BuiltKernel | null,
): Promise<void> {
  const progress = new Progress("bench");
  try {
    await executeRun($, runDir, run, {
      startHost: nestedHosts($, kernels, guest),
      clock: realClock($.signal),
      progress: {
        update(share, note, leftMs) {
          lock.expect(leftMs);
          progress.update(share, note, leftMs);
        },
        log: (line) => progress.log(line),
      },
    });
    progress.done();
  } catch (error) {
    progress.done("stopped");
    throw error;
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
