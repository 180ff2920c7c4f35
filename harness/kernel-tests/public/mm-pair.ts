import { InfrastructureError } from "../../base/errors.ts";
import type { Exec } from "../../base/exec.ts";
import type { Shell } from "../../base/shell.ts";
import { fetchSource } from "../../kernel/source.ts";
import type { Variant } from "../../kernel/variant.ts";
import type { TestResult } from "../../ktap/result.ts";
import { bootTestHost, quiet, richKernel, type TestPlan } from "../boot/test-host.ts";
import { startWorker, workerTookPart } from "../boot/worker.ts";
import { ensureMmSelftests } from "./mm-build.ts";
import { MM_RUNS, type MmRun, mmPrograms } from "./mm-programs.ts";
import { compareOutcomes, type Outcome, outcomeOf } from "./outcome.ts";
import { FOUR_CPUS_TWO_NODES } from "./stress-ng.ts";

type MmBoot = { outcomes: Outcome[]; checks: TestResult[] };

/**
 * Runs the kernel's own selftests of mm on both kernels, on the series with worker and verifier on, and requires of the
 * series what the base does.
 * @throws what building and booting throw; what the host's exec throws when the kernel dies
 */
export async function mmPair($: Shell, plan: TestPlan, runs: readonly MmRun[] = MM_RUNS): Promise<TestResult[]> {
  const source = await fetchSource($, plan.base, plan.say);
  const programs = await ensureMmSelftests($, source, mmPrograms(runs), plan.say);
  const base = await mmBoot($, plan, "base", programs, runs);
  const series = await mmBoot($, plan, "prezero", programs, runs);
  return [...compareOutcomes(base.outcomes, series.outcomes), ...base.checks, ...series.checks];
}

async function mmBoot(
  $: Shell,
  plan: TestPlan,
  variant: Variant,
  programs: string[],
  runs: readonly MmRun[],
): Promise<MmBoot> {
  await using host = await bootTestHost($, plan, await richKernel($, plan.base, variant), `public-mm-${variant}`, {
    ...FOUR_CPUS_TWO_NODES,
    programs,
  });
  await prepareForMm(host.exec);
  const started = variant === "prezero" ? [await startWorker(host.exec)] : [];
  const outcomes = await runMm(host.exec, runs, ({ name, status }, seconds) => {
    plan.say(`${variant}: ${name} ${status} after ${seconds.toFixed(0)} s`);
  });
  const ended = variant === "prezero" ? await workerTookPart(host.exec) : [];
  const { name, ...rest } = await quiet(host);
  return { outcomes, checks: [...started, ...ended, { name: `${variant}: ${name}`, ...rest }] };
}

/** Beside the program's own deadline: printing what it said, on a host that may still be busy with what it left. */
const MARGIN_MS = 120_000;
const SETUP_MS = 60_000;

/**
 * Swap in memory, so that paging out has somewhere to go; transparent huge pages for who asks for them, as the tests
 * expect. A kernel without zram goes without swap, and the tests that need it say so.
 */
const PREPARE = `mount -t tmpfs tmpfs /tmp && echo madvise > /sys/kernel/mm/transparent_hugepage/enabled || exit 1
if [ -e /dev/zram0 ]; then echo 256M > /sys/block/zram0/disksize && mkswap /dev/zram0 && swapon /dev/zram0; fi`;

/** @throws InfrastructureError MM_SELFTESTS_PREPARE with the host's words; what the host's exec throws */
export async function prepareForMm(exec: Exec): Promise<void> {
  const { exitCode, stdout, stderr } = await exec(PREPARE);
  if (exitCode === 0) return;
  throw new InfrastructureError({
    code: "MM_SELFTESTS_PREPARE",
    message: `The host could not be prepared for the kernel's selftests (exit code ${exitCode})`,
    detail: `${stdout}${stderr}`.trim(),
    remedy: "The kernel needs the fragment selftests-mm.config; try the commands by hand: npm run shell.",
  });
}

/**
 * Runs the programs one after the other, whatever becomes of each.
 * @param onOutcome told after each, with its seconds
 * @throws what the host's exec throws when the kernel dies
 */
export async function runMm(
  exec: Exec,
  runs: readonly MmRun[],
  onOutcome: (outcome: Outcome, seconds: number) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { command, seconds, setup } of runs) {
    if (setup !== undefined) await exec(setup, SETUP_MS);
    const startedMs = performance.now();
    const { stdout, exitCode } = await exec(wrapped(command, seconds), seconds * 1000 + MARGIN_MS);
    const outcome = outcomeOf(command, stdout, exitCode);
    onOutcome(outcome, (performance.now() - startedMs) / 1000);
    outcomes.push(outcome);
  }
  return outcomes;
}

/** Into a file, because a process that is left over would keep the connection open. */
function wrapped(command: string, seconds: number): string {
  return `cd /tmp; timeout -s KILL ${seconds} ${command} > out 2>&1 < /dev/null; code=$?; cat out; rm out; exit $code`;
}
