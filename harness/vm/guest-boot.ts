import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import { GIB_BYTES } from "../base/size.ts";

/** Where the host has the kernel for its guests, put there with its boot. */
const KERNEL = "/usr/local/bin/bzImage";
/** A root whose only program says that it has come up. */
const INITRD = "/run/prezero-guest.cpio";
const PROGRAM = "/usr/local/bin/arrive";
/** What that program prints; the first word that a guest says, whose kernel speaks of emergencies only. */
const ARRIVED = "prezero-guest: user space";
const CMDLINE = "console=ttyS0 loglevel=1 panic=-1";
/**
 * For guests on emulated SVM. With its interrupt controllers in KVM every third guest stays for ever, with interrupts off,
 * at one place of its firmware or waiting for a lock that nobody else can hold; with all of them in QEMU none does, and
 * interrupts for asynchronous page faults, of which a guest whose memory is pinned has none, cannot be had.
 */
export const ON_EMULATED_SVM = { machine: ["kernel-irqchip=off"], cpu: ["-kvm-asyncpf-int"] };

/** Several times what an emulated guest needs; for each GiB, because its memory is pinned anew with every move of its map. */
const PATIENCE_BASE_SECONDS = 60;
const PATIENCE_PER_GIB_SECONDS = 60;

/** What a guest of that size is given to come from its first instruction to user space, in whole seconds. */
export function guestBootSeconds(memoryBytes: number): number {
  return PATIENCE_BASE_SECONDS + Math.ceil((memoryBytes / GIB_BYTES) * PATIENCE_PER_GIB_SECONDS);
}

/** Words before a QEMU's command with which vmtime waits until the guest has come to its user space. */
export function untilUserSpace(serial: string, memoryBytes: number): string[] {
  return ["--until", serial, ARRIVED, String(guestBootSeconds(memoryBytes))];
}

/**
 * Options for a QEMU whose guest boots to its user space, which it tells on its serial port.
 * @param serial FIFO that somebody reads
 */
export function guestArgs(serial: string): string[] {
  return [
    ...["-kernel", KERNEL, "-initrd", INITRD, "-append", CMDLINE],
    ...["-chardev", `file,id=serial,path=${serial}`, "-serial", "chardev:serial"],
  ];
}

/**
 * Makes the guests' root on the host.
 * @throws InfrastructureError GUEST_ROOT
 */
export async function makeGuestRoot(exec: Exec): Promise<void> {
  const { exitCode, stderr } = await exec(
    `test -e ${KERNEL} && d=$(mktemp -d) && cp ${PROGRAM} $d/init && cd $d &&
echo init | cpio -o -H newc > ${INITRD} && rm -r $d`,
  );
  if (exitCode === 0) return;
  throw new InfrastructureError({
    code: "GUEST_ROOT",
    message: "The root of the measured VM's guest could not be made on the host under test",
    detail: stderr.trim(),
    remedy: "The host's root lacks a program or the guest's kernel: npm run setup.",
  });
}
