import { InfrastructureError } from "../base/errors.ts";
import { formatSize } from "../base/size.ts";
import type { BootSetting, Host } from "../host/host.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import type { Settings } from "../run/record.ts";
import type { Arm } from "./arms.ts";
import type { StartHost } from "./boot.ts";
import type { ArmKernels } from "./kernels.ts";

/**
 * Boots a host for the arms of a run, each with its kernel.
 * @param guest kernel of guests that are to boot; null when none is
 */
export function hostBoots(host: Host, kernels: ArmKernels, guest: BuiltKernel | null): StartHost {
  return async ({ arm, settings, consoleLog }) => {
    const kernel = kernels[arm.name];
    if (kernel === undefined) throw new Error(`no kernel was built for the arm ${arm.name}`);
    const booted = await host.boot({
      ...bootOf(arm, settings),
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
      remedy: "The kernel under test takes more memory than the harness leaves it: leave out what it does not need.",
    });
  };
}

/** What a boot of an arm is like. */
export function bootOf({ commandLine, throwaway }: Arm, settings: Settings): BootSetting {
  return { setting: settings, commandLine: commandLine.join(" "), vms: settings.conditions.vms, throwaway };
}
