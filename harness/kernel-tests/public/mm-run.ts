import { InfrastructureError } from "../../base/errors.ts";
import type { Exec } from "../../base/exec.ts";
import type { MmRun } from "./mm-programs.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

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
 * @param onVerdict told after each, with its seconds
 * @throws what the host's exec throws when the kernel dies
 */
export async function runMm(
  exec: Exec,
  runs: readonly MmRun[],
  onVerdict: (verdict: Verdict, seconds: number) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { command, seconds, setup } of runs) {
    if (setup !== undefined) await exec(setup, SETUP_MS);
    const startedMs = performance.now();
    const { stdout, exitCode } = await exec(wrapped(command, seconds), seconds * 1000 + MARGIN_MS);
    const verdict = verdictOf(command, stdout, exitCode);
    onVerdict(verdict, (performance.now() - startedMs) / 1000);
    verdicts.push(verdict);
  }
  return verdicts;
}

/** Into a file, because a process that is left over would keep the connection open. */
function wrapped(command: string, seconds: number): string {
  return `cd /tmp; timeout -s KILL ${seconds} ${command} > out 2>&1 < /dev/null; code=$?; cat out; rm out; exit $code`;
}
