import type { Shell } from "../base/shell.ts";
import type { Host, VmRequest } from "../host/host.ts";
import { kernelCommands } from "../kernel/dry-run.ts";
import type { ArmName } from "../run/arm-name.ts";
import { describeConditions } from "../run/conditions.ts";
import { commandOf, type Program } from "../run/measure.ts";
import type { Settings } from "../run/record.ts";
import { type Arm, armOf } from "./arms.ts";
import { bootOf } from "./boot.ts";
import { estimateSeconds } from "./estimate.ts";
import type { Planned } from "./prepare.ts";

/** What a run would do, without doing it. */
export type DryRun = Pick<Planned, "settings" | "plan"> & {
  estimateSeconds: number;
  /** Shell commands, with names in capitals where a run uses files that it makes itself; lines with # say what for. */
  commands: string[];
};

/** Says what a run would do. @throws what the kernel's build would refuse: an unknown fragment, a broken series */
export async function dryRun($: Shell, { host, bases, settings, plan }: Planned): Promise<DryRun> {
  return {
    settings,
    plan,
    estimateSeconds: Math.round(estimateSeconds(plan, settings)),
    commands: await commandsOf($, host, bases, settings),
  };
}

async function commandsOf($: Shell, host: Host, bases: Planned["bases"], settings: Settings): Promise<string[]> {
  const lines: string[] = [];
  const images = new Map(settings.arms.map((name) => [imageName(bases, name), name]));
  for (const name of images.values()) {
    const { variant } = armOf(name);
    lines.push(...(await kernelCommands($, { base: bases.of(name), variant, fragments: settings.fragments })));
  }
  for (const name of settings.arms) {
    const arm = armOf(name);
    const { boot, create } = host.commands(
      bootOf(arm, settings),
      imageName(bases, name),
      settings.measure === null ? creations(arm, settings) : [],
    );
    const conditions = describeConditions(settings.conditions).map(([name, value]) => `# ${name}: ${value}`);
    const measured = settings.measure === null ? create : programs(settings.measure, settings);
    lines.push(`# arm ${name}, on this machine`, ...boot);
    lines.push(`# arm ${name}, on the host`, ...arm.setup, ...conditions, ...measured);
  }
  return lines;
}

/** What stands for the kernel of an arm. */
function imageName(bases: Planned["bases"], name: ArmName): string {
  const { variant } = armOf(name);
  return bases.of(name) === bases.own ? `KERNEL-${variant}` : `KERNEL-${bases.of(name).name}-${variant}`;
}

function programs(program: Program, { thp, memoryBytes, sweepBytes }: Settings): string[] {
  const steps = thp.flatMap((setting) =>
    [memoryBytes, ...sweepBytes].map((bytes) => ({ thp: setting, memoryBytes: bytes })),
  );
  return [...new Set(steps.map((step) => commandOf(program, step)))];
}

function creations({ vm: memory }: Arm, { conditions, memoryBytes: headlineBytes, sweepBytes }: Settings): VmRequest[] {
  const { vms: count, until } = conditions;
  return [headlineBytes, ...sweepBytes].map((memoryBytes) => ({ memoryBytes, memory, count, until }));
}
