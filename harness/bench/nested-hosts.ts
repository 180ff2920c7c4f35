import { InfrastructureError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { formatSize } from "../base/size.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import { bootNestedHost } from "../nested/nested.ts";
import type { StartHost } from "./boot.ts";
import type { ArmKernels } from "./kernels.ts";

/**
 * Starts nested hosts for the boots of a run: the arm's kernel in a QEMU of the run's settings.
 * @param guest kernel of guests that are to boot; null when none is
 */
export function nestedHosts($: Shell, kernels: ArmKernels, guest: BuiltKernel | null): StartHost {
  return async ({ arm, settings, consoleLog }) => {
    const kernel = kernels[arm.name];
    if (kernel === undefined) throw new Error(`no kernel was built for the arm ${arm.name}`);
    const host = await bootNestedHost($, {
      kernel: { ...kernel, variant: arm.variant },
      memoryBytes: settings.hostMemoryBytes,
      cpus: settings.hostCpus,
      accel: settings.accelerator,
      clock: settings.clock,
      cpuModel: settings.cpuModel,
      device: settings.device,
      extraCmdline: arm.commandLine.join(" "),
      hardware: { ...arm.hardware, assignable: settings.conditions.vms },
      consoleLog,
      ...(guest && { guestKernel: guest.imagePath }),
    });
    const { vms } = settings.conditions;
    const largestVm = Math.max(settings.memoryBytes, ...settings.sweepBytes);
    if (host.largestVmBytes >= vms * largestVm) return host;
    await host[Symbol.asyncDispose]();
    throw new InfrastructureError({
      code: "HOST_TOO_SMALL",
      message:
        `${vms === 1 ? "A VM" : `${vms} VMs`} of ${formatSize(largestVm)} ${vms === 1 ? "does" : "do"} not fit into the host under test, which has ` +
        `${formatSize(settings.hostMemoryBytes)} and room for ${formatSize(host.largestVmBytes)}`,
      remedy: "The kernel under test takes more memory than the harness leaves it: leave out what it does not need.",
    });
  };
}
