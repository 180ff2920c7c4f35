import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import { innerVmArgs } from "../host/create-vm.ts";
import { kernelCommands } from "../kernel/dry-run.ts";
import { emulatedDeviceAddresses, outerVmArgs } from "../qemu.ts";
import type { ArmName } from "../run/arm-name.ts";
import { describeConditions } from "../run/conditions.ts";
import { commandOf, type Program } from "../run/measure.ts";
import type { Settings } from "../run/record.ts";
import { type Arm, armOf } from "./arms.ts";
import { estimateSeconds } from "./estimate.ts";
import type { Planned } from "./prepare.ts";
import { QEMU_PROGRAM } from "./qemu-version.ts";

/** What a run would do, without doing it. */
export type DryRun = Pick<Planned, "settings" | "plan"> & {
  estimateSeconds: number;
  /** Shell commands, with names in capitals where a run uses files that it makes itself; lines with # say what for. */
  commands: string[];
};

/** Says what a run would do. @throws what the kernel's build would refuse: an unknown fragment, a broken series */
export async function dryRun($: Shell, { bases, settings, plan }: Planned): Promise<DryRun> {
  return {
    settings,
    plan,
    estimateSeconds: Math.round(estimateSeconds(plan, settings)),
    commands: await commandsOf($, bases, settings),
  };
}

async function commandsOf($: Shell, bases: Planned["bases"], settings: Settings): Promise<string[]> {
  const lines: string[] = [];
  const images = new Map(settings.arms.map((name) => [imageName(bases, name), name]));
  for (const name of images.values()) {
    const { variant } = armOf(name);
    lines.push(...(await kernelCommands($, { base: bases.of(name), variant, fragments: settings.fragments })));
  }
  for (const name of settings.arms) {
    const arm = armOf(name);
    const host = outerVmArgs({
      kernelImage: imageName(bases, name),
      initrd: "INITRAMFS",
      extraCmdline: arm.commandLine.join(" "),
      memoryBytes: settings.hostMemoryBytes,
      cpus: settings.hostCpus,
      accel: settings.accelerator,
      clock: settings.clock,
      cpuModel: settings.cpuModel,
      control: undefined,
      hardware: { ...arm.hardware, assignable: settings.conditions.vms },
    });
    lines.push(`# arm ${name}, on this machine`, shellQuote([QEMU_PROGRAM, ...host]));
    lines.push(`# arm ${name}, in the host under test`, ...arm.setup, ...roundCommands(arm, settings));
  }
  return lines;
}

/** What stands for the kernel of an arm. */
function imageName(bases: Planned["bases"], name: ArmName): string {
  const { variant } = armOf(name);
  return bases.of(name) === bases.own ? `KERNEL-${variant}` : `KERNEL-${bases.of(name).name}-${variant}`;
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
  const { conditions, device, hostCpus: cpus, memoryBytes: headlineBytes, sweepBytes } = settings;
  const vms = { memory: vm, until: conditions.until, cpus, isEmulated: settings.accelerator === "tcg" };
  const addresses = device === "emulated" ? emulatedDeviceAddresses(conditions.vms) : [device];
  const all = [headlineBytes, ...sweepBytes].flatMap((memoryBytes) =>
    addresses.map((address) => innerVmArgs({ ...vms, memoryBytes }, { address })),
  );
  return all.map((args) => shellQuote([QEMU_PROGRAM, ...args]));
}
