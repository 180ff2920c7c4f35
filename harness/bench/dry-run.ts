import { shellQuote } from "../base/quote.ts";
import { innerVmArgs } from "../host/inner-vm.ts";
import { kernelCommands } from "../kernel/dry-run.ts";
import { emulatedDeviceAddresses, outerVmArgs } from "../qemu.ts";
import { type Arm, arms } from "./arms.ts";
import { describeConditions } from "./conditions.ts";
import { estimateSeconds } from "./estimate.ts";
import { commandOf, type Program } from "./measure.ts";
import type { Planned } from "./prepare.ts";
import { QEMU_PROGRAM } from "./qemu-version.ts";
import type { Settings } from "./run-record.ts";

/** What a run would do, without doing it. */
export type DryRun = Pick<Planned, "settings" | "plan"> & {
  estimateSeconds: number;
  /** Shell commands, with names in capitals where a run uses files that it makes itself; lines with # say what for. */
  commands: string[];
};

/** Says what a run would do. @throws what the kernel's build would refuse: an unknown fragment, a broken series */
export async function dryRun({ base, settings, plan }: Planned): Promise<DryRun> {
  return {
    settings,
    plan,
    estimateSeconds: Math.round(estimateSeconds(plan, settings)),
    commands: await commandsOf(base, settings),
  };
}

async function commandsOf(base: Planned["base"], settings: Settings): Promise<string[]> {
  const lines: string[] = [];
  const variants = [...new Set(settings.arms.map((name) => arms[name].variant))];
  for (const variant of variants)
    lines.push(...(await kernelCommands({ base, variant, fragments: settings.fragments })));
  for (const name of settings.arms) {
    const arm = arms[name];
    const host = outerVmArgs({
      kernelImage: `KERNEL-${arm.variant}`,
      initrd: "INITRAMFS",
      extraCmdline: arm.commandLine.join(" "),
      memoryBytes: settings.hostMemoryBytes,
      cpus: settings.hostCpus,
      accel: settings.accelerator,
      cpuModel: settings.cpuModel,
      control: undefined,
      hardware: { ...arm.hardware, assignable: settings.conditions.vms },
    });
    lines.push(`# arm ${name}, on this machine`, shellQuote([QEMU_PROGRAM, ...host]));
    lines.push(`# arm ${name}, in the host under test`, ...arm.setup, ...roundCommands(arm, settings));
  }
  return lines;
}

/** A round of each size: the conditions, then what is measured. */
function roundCommands(arm: Arm, settings: Settings): string[] {
  const conditions = describeConditions(settings.conditions).map(([name, value]) => `# ${name}: ${value}`);
  return [
    ...conditions,
    ...(settings.measure === null ? creations(arm, settings) : programs(settings.measure, settings)),
  ];
}

function programs(program: Program, { thp, memoryBytes, sweepBytes }: Settings): string[] {
  const steps = thp.flatMap((setting) =>
    [memoryBytes, ...sweepBytes].map((bytes) => ({ thp: setting, memoryBytes: bytes })),
  );
  return [...new Set(steps.map((step) => commandOf(program, step)))];
}

function creations({ vm }: Arm, settings: Settings): string[] {
  const { conditions, device, hostCpus } = settings;
  const addresses = device === "emulated" ? emulatedDeviceAddresses(conditions.vms) : [device];
  const all = [settings.memoryBytes, ...settings.sweepBytes].flatMap((memoryBytes) =>
    addresses.map((address) =>
      innerVmArgs({ memoryBytes, memory: vm, until: conditions.until, cpus: hostCpus }, { address }),
    ),
  );
  return all.map((args) => shellQuote([QEMU_PROGRAM, ...args]));
}
