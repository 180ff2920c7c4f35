import { InfrastructureError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { formatSize } from "../base/size.ts";
import type { BootedHost, Host } from "../host/host.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import type { LastRefill, PlannedBoot, Settings } from "../run/record.ts";
import type { Sample } from "../run/sample.ts";
import type { Timeline } from "../vm/phases.ts";
import { type Arm, armOf } from "./arms.ts";
import type { Clock } from "./clock.ts";
import type { Counters } from "./counters.ts";
import type { ArmKernels } from "./kernels.ts";
import { describePool, measureLastRefill } from "./pool-wait.ts";
import { measureRound } from "./round.ts";

/** What a host under test is started for. */
export type HostRequest = { arm: Arm; settings: Settings; consoleLog: string };
export type StartHost = (request: HostRequest) => Promise<BootedHost>;

export type BootContext = {
  startHost: StartHost;
  clock: Clock;
  settings: Settings;
  /** Share (0 to 1) of free memory that is to be zero before a pooled arm's round. */
  poolLevel: number;
  planned: PlannedBoot;
  /** Number of this boot; samples carry it. */
  boot: number;
  /** Absolute path. */
  consoleLog: string;
  /** Called once the host is up, before anything is measured; throws when the host is not what the run needs. */
  onHost: (host: BootedHost) => void;
  /** Called with each sample the moment it exists, and with its creation's timeline if there is one. */
  onSample: (sample: Sample, timeline: Timeline | null) => void;
  onPhase: (phase: string) => void;
};

/**
 * One boot: host up, arm configured, all steps measured, pool full again, host gone again, whatever happens.
 * @returns how the pool filled after the last round; null where rounds do not wait for one
 * @throws InfrastructureError ARM_SETUP_FAILED when the kernel refuses what the arm sets; what the host throws
 */
export async function runBoot(context: BootContext): Promise<LastRefill | null> {
  const { planned, settings, onPhase } = context;
  const arm = armOf(planned.arm);
  onPhase("booting");
  await using host = await context.startHost({ arm, settings, consoleLog: context.consoleLog });
  context.onHost(host);
  await configureArm(host, arm);
  let previous: Counters | null = null;
  for (const step of planned.steps) {
    await host.setThp(step.thp);
    for (let round = 1; round <= step.rounds; round++) {
      const measured = await measureRound({
        ...context,
        settings,
        host,
        arm,
        step,
        round,
        previous,
      });
      previous = measured.counters;
      context.onSample(measured.sample, measured.timeline);
    }
  }
  const isWaiting = arm.pooled && settings.conditions.pool === "wait";
  const lastRefill =
    isWaiting && previous !== null
      ? await measureLastRefill(host, context.poolLevel, context.clock, previous, (level) =>
          onPhase(describePool(level)),
        )
      : null;
  onPhase("shutting down");
  return lastRefill;
}

async function configureArm(host: BootedHost, arm: Arm): Promise<void> {
  for (const command of arm.setup) {
    const answer = await host.exec(command);
    if (answer.exitCode === 0) continue;
    throw new InfrastructureError({
      code: "ARM_SETUP_FAILED",
      message: `The host under test refused what the arm ${arm.name} sets (exit code ${answer.exitCode}): ${command}`,
      detail: `${answer.stdout}${answer.stderr}`.trim(),
      remedy: "Read the console log in the run's directory: the kernel says why.",
    });
  }
}

/**
 * Boots a host for the arms of a run, each with its kernel.
 * @param guest kernel of guests that are to boot; null when none is
 */
export function hostBoots($: Shell, host: Host, kernels: ArmKernels, guest: BuiltKernel | null): StartHost {
  return async ({ arm, settings, consoleLog }) => {
    const kernel = kernels[arm.name];
    if (kernel === undefined) throw new Error(`no kernel was built for the arm ${arm.name}`);
    $.note(`boot of the arm ${arm.name}`);
    const booted = await host.boot({
      ...{ setting: settings, vms: settings.conditions.vms },
      commandLine: [...arm.commandLine, settings.conditions.commandLine ?? ""].join(" ").trim(),
      throwaway: arm.throwaway,
      kernel: { ...kernel, variant: arm.variant },
      guestKernel: guest?.imagePath ?? null,
      consoleLog,
    });
    const { vms } = settings.conditions;
    const largestVm = Math.max(settings.memoryBytes, ...settings.sweepBytes);
    if (booted.largestVmBytes >= vms * largestVm) return booted;
    await booted[Symbol.asyncDispose]();
    throw new InfrastructureError({
      code: "HOST_TOO_SMALL",
      message:
        `${vms === 1 ? "A VM" : `${vms} VMs`} of ${formatSize(largestVm)} ${vms === 1 ? "does" : "do"} not fit into the host under test, which has ` +
        `${formatSize(settings.hostMemoryBytes)} and room for ${formatSize(booted.largestVmBytes)}`,
      remedy: "The kernel under test takes more memory than expected: build it without what it does not need.",
    });
  };
}
