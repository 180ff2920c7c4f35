import { rmSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../base/errors.ts";
import { type HeldLock, withLock } from "../base/lock.ts";
import { say } from "../base/output.ts";
import { cacheDir, checkoutCommit } from "../base/paths.ts";
import { Progress, SILENT } from "../base/progress.ts";
import type { Shell } from "../base/shell.ts";
import type { Host } from "../host/host.ts";
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
import { armRecord } from "./arms.ts";
import type { StartHost } from "./boot.ts";
import { hostBoots } from "./boot.ts";
import { realClock } from "./clock.ts";
import { ensureArmKernels, ensureGuestKernel, recordArmKernels, recordKernel } from "./kernels.ts";
import { describePlan } from "./plan.ts";
import { type Prepared, prepareResume } from "./prepare.ts";
import { assertSameGuest } from "./refusals.ts";
import { executeRun } from "./run.ts";

/**
 * Builds the kernels, writes the run's record and executes the run.
 * @param typed what the caller typed after `npm run bench --`
 * @param name from --name
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
  const { host, bases, settings, scenario, plan, offer } = prepared;
  assertRootWritable(root);
  if (!$.dry) for (const line of describePlan(settings, plan)) say(line);
  const kernels = await ensureArmKernels($, bases, settings.arms, settings.fragments);
  const guest = await ensureGuestKernel($, bases, settings);
  return alone($, async (lock) => {
    const createdAt = new Date().toISOString();
    const run: RunRecord = {
      schemaVersion: 2,
      id: `${createdAt.slice(0, 19).replaceAll(":", "-")}-${name ?? settings.scenario}`,
      arguments: typed,
      commit: await checkoutCommit($),
      createdAt,
      finishedAt: null,
      state: "running",
      failure: null,
      settings,
      kernels: await recordArmKernels(bases, kernels),
      guestKernel: guest && (await recordKernel(bases.own, guest, "base")),
      arms: Object.fromEntries(settings.arms.map((arm) => [arm, armRecord(arm, settings)])),
      machine: offer.machine,
      tools: { qemu: offer.qemuVersion, node: process.versions.node },
      poolThreshold: scenario.poolLevel,
      plan,
      boots: [],
    };
    const runDir = join(root, run.id);
    saveRun(runDir, run);
    await execute($, lock, runDir, run, hostBoots($, host, kernels, guest)).catch((error) => {
      // A device that is not there is found out by booting; a run that never could be is not worth keeping.
      if (error instanceof UsageError && readSamples(runDir).length === 0) rmSync(runDir, { recursive: true });
      throw error;
    });
    return runDir;
  });
}

/** Goes on with a run that did not finish. @returns its directory */
export async function resumeRun($: Shell, host: Host, runDir: string): Promise<string> {
  assertRunWritable(runDir);
  return alone($, async (lock) => {
    const run = readRun(runDir);
    const { bases, plan } = await prepareResume(host, run);
    const kernels = await ensureArmKernels($, bases, run.settings.arms, run.settings.fragments);
    const guest = await ensureGuestKernel($, bases, run.settings);
    assertSameGuest(guest, run.guestKernel);
    say(`resuming ${run.id}: ${plan.length} of ${run.plan.length} boots left`);
    await execute($, lock, runDir, run, hostBoots($, host, kernels, guest));
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

async function execute($: Shell, lock: HeldLock, runDir: string, run: RunRecord, startHost: StartHost): Promise<void> {
  const progress = $.dry ? SILENT : new Progress("bench");
  try {
    await executeRun($, runDir, run, {
      startHost,
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
