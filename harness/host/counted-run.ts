import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { InfrastructureError } from "../base/errors.ts";
import { shellQuote } from "../base/quote.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { MIB_BYTES } from "../base/size.ts";
import { findComplaints, isFatal } from "./complaints.ts";
import { cpioArchive, FILE } from "./cpio.ts";

/**
 * A machine whose clock is its instruction count: one instruction takes one nanosecond of its time, whatever happens on
 * the host, so two runs of the same program differ only by what they do. One CPU, one program, no network.
 */
export type CountedRun = {
  imagePath: string;
  /** The static program that is the machine's only one, and its arguments. */
  program: string;
  args: string[];
  memoryBytes: number;
  cpuModel: string;
  /** Of the host's clock. */
  timeoutMs: number;
  /** Added to the kernel's command line. */
  extraCmdline?: string;
  /** What a dry run takes for what the machine printed. */
  standIn?: string;
};

/**
 * Nothing random, nothing printed that costs instructions. Our configurations have no KASLR; to switch it off here would
 * hand the program an argument, as every word does that the kernel does not know.
 */
const CMDLINE = "console=ttyS0 panic=-1 oops=panic loglevel=4 norandmaps random.trust_cpu=on";

/** What the CPU calls random and what the date is would come from the host, and with them another count each time. */
const SAME_EACH_TIME = ["-seed", "1", "-rtc", "base=2026-01-01,clock=vm"];

/** Arguments for QEMU; instructions are only counted under TCG. */
export function countedRunArgs(what: Omit<CountedRun, "program" | "timeoutMs">, initrd: string): string[] {
  const cmdline = [CMDLINE, what.extraCmdline ?? "", "--", ...what.args].filter((word) => word !== "").join(" ");
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-machine", "q35"],
    ...["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off", "-cpu", what.cpuModel, "-smp", "1"],
    ...SAME_EACH_TIME,
    ...["-m", `${what.memoryBytes / MIB_BYTES}M`, "-kernel", what.imagePath, "-initrd", initrd],
    ...["-append", cmdline, "-serial", "stdio", "-monitor", "none"],
  ];
}

/**
 * Boots the kernel with the program as its init, and waits until it has powered off.
 * @returns all that was printed on the console
 * @throws InfrastructureError COUNTED_RUN_FAILED, KERNEL_PANIC with the kernel's words; InterruptedError
 */
export async function countedRun($: Shell, what: CountedRun): Promise<string> {
  using directory = new RuntimeDir();
  const initrd = join(directory.path, "initrd");
  const content = await $.files.readBytes(what.program, "");
  writeFileSync(initrd, cpioArchive([{ path: "init", mode: FILE | 0o755, content }]));
  const args = countedRunArgs(what, initrd);
  const { stdout } = await $({
    timeoutMs: what.timeoutMs,
    ...(what.standIn === undefined ? {} : { standIn: what.standIn }),
    code: "COUNTED_RUN_FAILED",
    remedy: "QEMU comes with: npm run setup",
  })`qemu-system-x86_64 ${args}`;
  const fatal = findComplaints(stdout).find(isFatal);
  if (!fatal) return stdout;
  throw new InfrastructureError({
    code: "KERNEL_PANIC",
    message: `The kernel died in a counted run: ${fatal.title}`,
    detail: fatal.text,
    reproducer: shellQuote(["qemu-system-x86_64", ...args]),
    remedy: "This is a bug of the kernel under test, or memory that does not suffice for the program.",
  });
}
