import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Option } from "commander";
import { UsageError } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interrupt.ts";
import { oneOf, option } from "../base/option.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import type { Accelerator } from "../run/sample.ts";

const accelChoices = ["auto", "kvm", "tcg"] as const;
export type AccelChoice = (typeof accelChoices)[number];
export type AccelOption = { accel: AccelChoice };

export const accelOption = (): Option => option("--accel <accelerator>", ACCEL_HELP, oneOf(accelChoices), "auto");
const ACCEL_HELP = "how QEMU runs the host: with KVM, emulated (tcg), or auto: KVM where it works";

/** `nested`: whether guests may use KVM in turn, which the nested host needs for the VM that it creates. */
export type KvmProbe = { usable: boolean; nested: boolean; reason: string };

export type KvmPlaces = {
  /** QEMU that is tried. */
  program: string;
  /** KVM's device node. */
  device: string;
  /** Where the kernel shows its modules and their parameters. */
  modules: string;
};

const PLACES: KvmPlaces = { program: "qemu-system-x86_64", device: "/dev/kvm", modules: "/sys/module" };
/** KVM as the CPUs of both vendors have it. */
const HARDWARE_MODULES = ["kvm_intel", "kvm_amd"];
/** Runs guests without the CPU's help, but only kernels that were made for it. */
const PVM_MODULE = "kvm_pvm";
const PROBE_DEADLINE_MS = 5_000;

/**
 * Whether KVM can run a guest here at a usable speed. Opening the device proves nothing: a tiny guest is run against a
 * deadline. That takes a fraction of a second where KVM works and the deadline at worst, so the answer is not kept: it
 * would outlive a module that is loaded, a group that is joined, a node that is made.
 */
export async function probeKvm($: Shell, places: Partial<KvmPlaces> = {}): Promise<KvmProbe> {
  const where = { ...PLACES, ...places };
  const nested = HARDWARE_MODULES.some((module) => isOn(join(where.modules, module, "parameters/nested")));
  return { ...(await runProbe($, where)), nested };
}

/**
 * `auto` takes KVM when it can run the nested host and the VM inside it, else TCG.
 * @throws UsageError KVM_UNUSABLE when KVM is asked for and does not work here
 */
export async function chooseAccelerator(
  $: Shell,
  choice: AccelChoice,
  places: Partial<KvmPlaces> = {},
): Promise<Accelerator> {
  if (choice === "tcg") return "tcg";
  const { usable, nested, reason } = await probeKvm($, places);
  if (usable && nested) return "kvm";
  if (choice === "auto") return "tcg";
  throw new UsageError({
    code: "KVM_UNUSABLE",
    message: `KVM cannot be used on this machine: ${usable ? "its guests may not use KVM (nested=0)" : reason}`,
    remedy: usable
      ? "Load kvm_intel or kvm_amd with nested=1, or use --accel tcg (slow, but works everywhere)."
      : "Use --accel tcg (slow, but works everywhere) or a machine with working (nested) virtualization.",
  });
}

async function runProbe(
  $: Shell,
  { program, device, modules }: KvmPlaces,
): Promise<Pick<KvmProbe, "usable" | "reason">> {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return {
      usable: false,
      reason: missing ? `there is no ${device}` : `this user may not open ${device} (group kvm)`,
    };
  }
  using directory = new RuntimeDir();
  const image = directory.file("probe.img");
  writeFileSync(image, probeBootSector());
  const startedMs = Date.now();
  const args = probeArgs(image, ["-accel", "kvm", "-cpu", "host"]);
  const exit = await $({ timeoutMs: PROBE_DEADLINE_MS }).ask.start([program, ...args]).exited;
  throwIfInterrupted($.signal, "trying KVM");
  const tookMs = Date.now() - startedMs;
  if (exit.exitCode === EXIT_CODE) return { usable: true, reason: `a tiny guest ran in ${tookMs} ms` };
  const has = (module: string) => existsSync(join(modules, module));
  if (has(PVM_MODULE) && !HARDWARE_MODULES.some(has)) {
    return {
      usable: false,
      reason: `${device} is that of ${PVM_MODULE}, a paravirtual KVM that runs only guests made for it`,
    };
  }
  if (exit.timedOut) {
    return { usable: false, reason: `${device} opens, but a tiny guest did not end in ${PROBE_DEADLINE_MS / 1000} s` };
  }
  const words = exit.output.split("\n")[0] || `exit code ${exit.exitCode}`;
  return { usable: false, reason: `${device} opens, but a tiny guest could not run: ${words}` };
}

function isOn(parameter: string): boolean {
  try {
    return /^[Y1]/.test(readFileSync(parameter, "utf8"));
  } catch {
    return false;
  }
}

/**
 * Boot sector of the guest that tells whether KVM is usable: it leaves the guest 20,000 times (port 0x80, the POST port that
 * nobody reads), clears 32 KiB 1,000 times, and then ends QEMU through isa-debug-exit. On working hardware that takes a
 * fraction of a second; on a machine whose KVM only pretends (missing nested support, emulated exits) it takes minutes.
 */
const EXITS = 20_000;
const CLEARS = 1_000;

/** Port of isa-debug-exit; writing v makes QEMU exit with 2v+1. */
const EXIT_PORT = 0xf4;
const EXIT_VALUE = 0x10;
export const EXIT_CODE = 2 * EXIT_VALUE + 1;

const low = (value: number) => value & 0xff;
const high = (value: number) => value >> 8;

// biome-ignore format: one instruction a line
const CODE = [
  0xfa,                              // cli
  0xb9, low(EXITS), high(EXITS),     // mov cx, EXITS
  0xe6, 0x80,                        // exits: out 0x80, al
  0xe2, 0xfc,                        // loop exits
  0xb8, 0x00, 0x10, 0x8e, 0xc0,      // mov ax, 0x1000; mov es, ax
  0xba, low(CLEARS), high(CLEARS),   // mov dx, CLEARS
  0x31, 0xff,                        // clear: xor di, di
  0x31, 0xc0,                        // xor ax, ax
  0xb9, 0x00, 0x40,                  // mov cx, 16384
  0xf3, 0xab,                        // rep stosw
  0x4a,                              // dec dx
  0x75, 0xf4,                        // jnz clear
  0xb0, EXIT_VALUE, 0xe6, EXIT_PORT, // mov al, EXIT_VALUE; out EXIT_PORT, al
  0xf4, 0xeb, 0xfd,                  // stop: hlt; jmp stop
];
const SECTOR_BYTES = 512;

/** The 512 bytes, with the boot signature. */
export function probeBootSector(): Buffer {
  const sector = Buffer.alloc(SECTOR_BYTES);
  Buffer.from(CODE).copy(sector);
  sector.writeUInt16LE(0xaa55, SECTOR_BYTES - 2);
  return sector;
}

/** Arguments of a QEMU that boots the sector, which is in that file. */
export function probeArgs(image: string, accelerator: string[]): string[] {
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-machine", "pc", "-m", "64M"],
    ...accelerator,
    ...["-drive", `file=${image},format=raw,if=ide`, "-device", `isa-debug-exit,iobase=${EXIT_PORT},iosize=1`],
  ];
}
