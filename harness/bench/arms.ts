import { CONTROLS, VERIFY } from "../host/controls.ts";
import { type ArmKind, type ArmName, armParts } from "../run/arm-name.ts";
import type { ArmRecord, Settings } from "../run/record.ts";
import type { KernelVariant } from "../run/sample.ts";
import { type VmMemory, vmMemoryArgs } from "../vm/memory.ts";

/** Bit of /proc/sys/kernel/tainted that the limit kernel sets once it has stopped clearing (TAINT_USER). */
const TAINT_USER_BIT = 1 << 6;

/** What distinguishes an arm: which kernel it boots and what is set on it before anything is measured. */
export type Arm = {
  name: ArmName;
  /** Kernel that it boots: its line, null for the run's own, and which of the line's. */
  kernel: string | null;
  variant: KernelVariant;
  /** Added to the kernel's command line. */
  commandLine: readonly string[];
  /** Whether its kernel boots only where nothing but the run is at stake, on a host that is thrown away. */
  throwaway: boolean;
  /** Shell commands that configure the host once it is up, in order; each must succeed. */
  setup: readonly string[];
  /** Where the measured VM's memory comes from. */
  vm: VmMemory;
  /** Whether the host zeroes in the background, so that a round waits for its pool. */
  pooled: boolean;
  /** What a reader of the report has to know about the arm; null when its name and settings say it all. */
  remark: string | null;
};

/** What an arm of a kind is, whatever kernel it is of. */
type Kind = Omit<Arm, "name" | "kernel">;

/** Nothing but the pristine kernel and a plain VM. */
const plain = {
  variant: "base",
  commandLine: [],
  throwaway: false,
  setup: [],
  vm: "anonymous",
  pooled: false,
} as const;

/**
 * The kinds of arms. `base-again` is base under another name, with boots of its own (A/A): what differs between the two
 * is the noise of the instrument. `prezero-disabled` is the kernel with the series never switched on: it shows what the
 * series costs those who do not use it.
 */
const kinds: Readonly<Record<ArmKind, Kind>> = {
  base: { ...plain, remark: null },
  "base-again": { ...plain, remark: "base once more, in boots of its own: what differs is noise" },
  prezero: {
    ...plain,
    variant: "prezero",
    setup: [`echo 1 > ${CONTROLS}/enabled`, `grep -qx 1 ${CONTROLS}/enabled`],
    pooled: true,
    remark: null,
  },
  "prezero-disabled": {
    ...plain,
    variant: "prezero",
    setup: [`grep -qx 0 ${CONTROLS}/enabled`],
    remark: null,
  },
  "init-on-free": {
    ...plain,
    commandLine: ["init_on_free=1"],
    // In 6.12 (mm/memory.c, mm/huge_memory.c) only single pages are asked for with __GFP_ZERO, which knows of init_on_free.
    remark:
      "all memory is cleared when it is freed, outside the time. Single pages are then not cleared again when they are " +
      "faulted in, but huge ones are",
  },
  prealloc: {
    ...plain,
    vm: "prealloc",
    remark: "QEMU has its memory cleared by as many threads as the host has CPUs, before the device is attached",
  },
  hugetlb: {
    ...plain,
    vm: "hugetlb",
    remark:
      "huge pages of 2M are reserved for the VM before each round and given back after it, outside the time. The kernel " +
      "clears them when they are first touched, inside it",
  },
  limit: {
    ...plain,
    variant: "limit",
    commandLine: ["never_clear=for-measurement-only"],
    throwaway: true,
    setup: [`[ $(($(cat /proc/sys/kernel/tainted) & ${TAINT_USER_BIT})) -ne 0 ]`],
    remark: "never clears, not usable: the VM gets its memory as others left it, to show what clearing costs in all",
  },
};

/** The arm of a name. */
export function armOf(name: ArmName): Arm {
  const { kernel, kind, knobs } = armParts(name);
  const set = knobs.map(({ knob, value }) => `echo ${value} > ${knob === "verify" ? VERIFY : `${CONTROLS}/${knob}`}`);
  return { ...kinds[kind], name, kernel, setup: [...set, ...kinds[kind].setup] };
}

/** Whether an arm differs from base only in how VMs get their memory. */
export function isAboutVms(name: ArmName): boolean {
  const { vm, variant } = armOf(name);
  return vm !== "anonymous" || variant === "limit";
}

/** What an arm is, as run.json keeps it. */
export function armRecord(name: ArmName, settings: Pick<Settings, "memoryBytes" | "hostCpus">): ArmRecord {
  const { commandLine, setup, vm, pooled, remark } = armOf(name);
  const { args: vmMemory } = vmMemoryArgs(vm, settings.memoryBytes, settings.hostCpus);
  return { kind: armParts(name).kind, pooled, commandLine: [...commandLine], setup: [...setup], vmMemory, remark };
}
