import { InfrastructureError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { formatSize } from "../base/size.ts";
import type { Host } from "../host/host.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import type { StartHost } from "./boot.ts";
import type { ArmKernels } from "./kernels.ts";

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
      setting: settings,
      commandLine: arm.commandLine.join(" "),
      vms: settings.conditions.vms,
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
      remedy: "The kernel under test takes more memory than the harness leaves it: leave out what it does not need.",
    });
  };
}
