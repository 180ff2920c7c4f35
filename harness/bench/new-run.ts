import { projectDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import { type ArmName, armParts } from "../run/arm-name.ts";
import type { ArmRecord, KernelRecord, Machine, RunRecord, Settings } from "../run/record.ts";
import { vmMemoryArgs } from "../vm/memory.ts";
import { armOf } from "./arms.ts";
import { planBoots } from "./plan.ts";

export type NewRun = {
  settings: Settings;
  kernels: Record<ArmName, KernelRecord>;
  guestKernel: KernelRecord | null;
  machine: Machine;
  qemuVersion: string;
  poolLevel: number;
  /** What the caller typed after `npm run bench --`. */
  arguments: string[];
  /** From `--name`. */
  name: string | undefined;
  nowMs: number;
};

/** Record of a run that has not started yet. */
export async function newRunRecord($: Shell, request: NewRun): Promise<RunRecord> {
  const createdAt = new Date(request.nowMs).toISOString();
  const { settings } = request;
  return {
    schemaVersion: 2,
    id: `${createdAt.slice(0, 19).replaceAll(":", "-")}-${request.name ?? settings.scenario}`,
    arguments: request.arguments,
    commit: await checkoutCommit($),
    createdAt,
    finishedAt: null,
    state: "running",
    failure: null,
    settings,
    kernels: request.kernels,
    guestKernel: request.guestKernel,
    arms: Object.fromEntries(settings.arms.map((name) => [name, armRecord(name, settings)])),
    machine: request.machine,
    tools: { qemu: request.qemuVersion, node: process.versions.node },
    poolThreshold: request.poolLevel,
    plan: planBoots(settings),
    boots: [],
  };
}

/** What an arm is, as run.json keeps it. */
export function armRecord(name: ArmName, settings: Pick<Settings, "memoryBytes" | "hostCpus">): ArmRecord {
  const { commandLine, setup, vm, pooled, remark } = armOf(name);
  const { args: vmMemory } = vmMemoryArgs(vm, settings.memoryBytes, settings.hostCpus);
  return { kind: armParts(name).kind, pooled, commandLine: [...commandLine], setup: [...setup], vmMemory, remark };
}

/** Commit of the checkout, `-dirty` appended when tracked files differ from it; null outside a git checkout. */
export async function checkoutCommit($: Shell): Promise<string | null> {
  const describe = ["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"];
  const answer = await $.ask`git -C ${projectDir} ${describe}`.catch(() => undefined);
  return answer?.stdout.trim() || null;
}
