import { InfrastructureError } from "../base/errors.ts";
import type { BootedHost, VmRequest } from "../host/host.ts";
import { Load } from "../host/load.ts";
import type { Conditions } from "../run/conditions.ts";
import { commandOf, type Program, programSeconds } from "../run/measure.ts";
import type { Settings, Step } from "../run/record.ts";
import type { Sample } from "../run/sample.ts";
import { phasesOf, type Timeline } from "../vm/phases.ts";
import type { Arm } from "./arms.ts";
import type { Clock } from "./clock.ts";
import { type Counters, cpuSince, pagesSince, readCounters } from "./counters.ts";
import { describePool, waitForPool } from "./pool-wait.ts";

/** Deadline of a program: a fixed part, and so many times what it is likely to take. */
const PROGRAM_BASE_MS = 60_000;
const PROGRAM_FACTOR = 10;

export type RoundContext = {
  host: BootedHost;
  arm: Arm;
  settings: Pick<Settings, "scenario" | "conditions" | "measure" | "accelerator">;
  /** Share (0 to 1) of free memory that is to be zero before a pooled arm's round. */
  poolLevel: number;
  clock: Clock;
  boot: number;
  step: Step;
  round: number;
  /** Counters after the round before; null in the first round of a boot, whose costs count from the boot. */
  previous: Counters | null;
  /** Told what the round is doing: a few words. */
  onPhase: (phase: string) => void;
};

export type MeasuredRound = { sample: Sample; counters: Counters; timeline: Timeline | null };

/**
 * One round: make the conditions, wait until the pool is ready (pooled arms only), create the VM or run the program, read
 * what it cost.
 * @throws InfrastructureError CONDITION_FAILED; MeasurementError LOAD_DIED
 * @returns the sample, the counters that the next round of the boot starts from, and the creation's timeline
 */
export async function measureRound(context: RoundContext): Promise<MeasuredRound> {
  const { host, arm, settings, clock, step, previous, onPhase } = context;
  const { conditions } = settings;
  const { vms: count, until } = conditions;
  const request: VmRequest = { memoryBytes: step.memoryBytes, memory: arm.vm, count, until };
  await makeConditions(host, conditions, request, onPhase);
  const isWaiting = arm.pooled && conditions.pool === "wait";
  const wait = isWaiting
    ? await waitForPool(host, context.poolLevel, clock, (level) => onPhase(describePool(level)))
    : null;
  const load = conditions.during === null ? null : await Load.start(host.exec, conditions.during);
  const before = await readCounters(host);
  const takenAt = new Date(clock.nowMs()).toISOString();
  // Read before a VM ends: ending it and looking at it hand out pages that its creation did not want.
  let ready = before;
  const { timeline, ...measured } = await measureOnce(context, request, async () => {
    ready = await readCounters(host);
    await load?.end();
  });
  const after = await readCounters(host);
  const total = cpuSince(previous, after);
  const handedOut = pagesSince(before, ready);
  const sample: Sample = {
    schemaVersion: 1,
    takenAt,
    scenario: settings.scenario,
    arm: arm.name,
    boot: context.boot,
    round: context.round,
    thp: step.thp,
    memoryBytes: step.memoryBytes,
    ...measured,
    poolBefore: before.prezero && { freePages: before.freePages, zeroedPages: before.prezero.zeroedPages },
    refillSeconds: wait?.seconds ?? null,
    refill: wait?.curve ?? [],
    hitPages: handedOut?.hit ?? null,
    missPages: handedOut?.miss ?? null,
    poolPages: pagesSince(previous, after),
    workerCpuSeconds: total.workerSeconds,
    hostCpuSeconds: total.hostSeconds,
    cpuBefore: cpuSince(previous, before),
    fingerprint: host.fingerprint,
  };
  return { sample, counters: after, timeline };
}

type Measured = Pick<Sample, "seconds" | "values" | "cpuSeconds" | "hugeShare" | "phases"> & {
  timeline: Timeline | null;
};

/** @param whenReady called as soon as what is timed is over */
async function measureOnce(
  context: RoundContext,
  request: VmRequest,
  whenReady: () => Promise<void>,
): Promise<Measured> {
  const { measure } = context.settings;
  if (measure !== null) return runProgram(context, measure, whenReady);
  context.onPhase("creating the VM");
  const { timeline, reserveSeconds, ...created } = await context.host.createVms(request, whenReady);
  const values: Sample["values"] = reserveSeconds === null ? {} : { hugetlbReserveSeconds: reserveSeconds };
  return { ...created, values, phases: timeline && phasesOf(timeline), timeline };
}

async function runProgram(
  { host, step, settings, onPhase }: RoundContext,
  program: Program,
  whenReady: () => Promise<void>,
): Promise<Measured> {
  const command = commandOf(program, step);
  onPhase(command);
  const likelyMs = programSeconds(program, step.memoryBytes, settings.accelerator) * 1000;
  const answer = await host.runProgram(command, PROGRAM_BASE_MS + PROGRAM_FACTOR * likelyMs);
  await whenReady();
  return { ...answer, cpuSeconds: null, phases: null, timeline: null };
}

/** To fill and fragment a large host's memory takes its time, under TCG above all. */
const BEFORE_TIMEOUT_MS = 30 * 60_000;

/**
 * Brings the host into the state in which a round is to find it; nothing of it is timed.
 * @param request the VMs that the round will create
 * @throws InfrastructureError CONDITION_FAILED; what creating a VM throws
 */
export async function makeConditions(
  host: Pick<BootedHost, "exec" | "createVms">,
  { before, pool }: Conditions,
  request: VmRequest,
  onPhase: (phase: string) => void,
): Promise<void> {
  if (before !== null) {
    onPhase("preparing");
    await runBefore(host, before);
  }
  if (pool === "none") {
    onPhase("emptying the pool");
    await host.createVms(request);
  }
}

async function runBefore(host: Pick<BootedHost, "exec">, command: string): Promise<void> {
  const answer = await host.exec(command, BEFORE_TIMEOUT_MS);
  if (answer.exitCode === 0) return;
  throw new InfrastructureError({
    code: "CONDITION_FAILED",
    message: `The scenario's \`before\` command failed (exit code ${answer.exitCode}): ${command}`,
    detail: `${answer.stdout}${answer.stderr}`.trim(),
    remedy: "Try it in `npm run shell`, then correct the scenario.",
  });
}
