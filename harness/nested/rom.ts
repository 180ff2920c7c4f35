import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Shell } from "../base/shell.ts";

const source = join(import.meta.dirname, "rom/reporter.c");
/** Code for a CPU that has nothing yet, linked where firmware is: 64 KiB that end at 4 GiB, the reset vector last. */
const FLAGS = [
  ...["-m32", "-march=i686", "-O2", "-Wall", "-Wextra", "-ffreestanding", "-fno-pic", "-fno-stack-protector"],
  ...["-fno-asynchronous-unwind-tables", "-fno-jump-tables", "-fcf-protection=none", "-fno-toplevel-reorder"],
  ...["-nostdlib", "-static", "-no-pie", "-Wl,-N,--no-warn-rwx-segments,--build-id=none"],
  "-Wl,-Ttext=0xffff0000,--section-start=.reset=0xfffffff0,--entry=0xfffffff0",
];
const REMEDY = "Correct harness/nested/rom/reporter.c; compiler and objcopy come with: npm run setup";

/** All that the ROM is made of, as one text. */
export function romSource(): string {
  return readFileSync(source, "utf8");
}

/**
 * Makes reporter.rom, the software of the VM that reports its memory as free, in the directory.
 * @throws InfrastructureError VM_ROM with the compiler's words
 */
export async function compileRom($: Shell, directory: string): Promise<void> {
  const [elf, rom] = ["reporter.elf", "reporter.rom"].map((name) => resolve(directory, name)) as [string, string];
  // Named without its directory, in which the assembler does not take a `"`.
  const tool = $({ cwd: dirname(source), code: "VM_ROM", remedy: REMEDY });
  await tool`gcc ${FLAGS} -o ${elf} ${basename(source)}`;
  const sections = ["-j", ".text", "-j", ".reset"];
  await tool`objcopy -O binary ${sections} ${elf} ${rom}`;
}
