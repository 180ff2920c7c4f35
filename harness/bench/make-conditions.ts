import { InfrastructureError } from "../base/errors.ts";
import type { BootedHost, VmRequest } from "../host/host.ts";
import type { Conditions } from "../run/conditions.ts";

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
    onPhase("making the conditions");
    await runBefore(host, before);
  }
  if (pool === "none") {
    onPhase("using the pool up");
    await host.createVms(request);
  }
}

async function runBefore(host: Pick<BootedHost, "exec">, command: string): Promise<void> {
  const answer = await host.exec(command, BEFORE_TIMEOUT_MS);
  if (answer.exitCode === 0) return;
  throw new InfrastructureError({
    code: "CONDITION_FAILED",
    message: `What the scenario does before a round failed (exit code ${answer.exitCode}): ${command}`,
    detail: `${answer.stdout}${answer.stderr}`.trim(),
    remedy: "Correct `before` of the scenario; run it by hand on the host under test (npm run shell).",
  });
}
