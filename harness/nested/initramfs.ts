import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InfrastructureError } from "../base/errors.ts";
import { cacheDir } from "../base/paths.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { type CpioEntry, cpioArchive, DIRECTORY, FILE, SYMLINK } from "../host/cpio.ts";
import { compileHostPrograms, programSources } from "../host/programs.ts";
import type { BootKeys } from "./keys.ts";

const DRACUT_INSTALL = "/usr/lib/dracut/dracut-install";
/** Programs of the machine that the host under test has too; dracut-install adds the libraries they need. */
const PROGRAMS = ["/usr/bin/qemu-system-x86_64", "/usr/sbin/dropbear", "/bin/busybox"];
/** Firmware of the measured VM: BIOS, option ROMs that QEMU loads on its own. */
const FIRMWARE = [
  "/usr/share/seabios/bios-256k.bin",
  "/usr/share/qemu/kvmvapic.bin",
  "/usr/share/qemu/linuxboot_dma.bin",
];
const initScript = join(import.meta.dirname, "init.sh");

/**
 * Root of the nested host: an uncompressed archive (unpacking is a copy; decompressing 50 MiB would cost a boot under TCG
 * seconds) of the machine's own programs. Made once and kept in the cache, keyed by everything that goes into it.
 * @returns path of the archive; a boot appends its keys (see {@link keysArchive})
 * @throws InfrastructureError HOST_FILES when a program or firmware is not installed
 */
export async function ensureInitramfs($: Shell): Promise<string> {
  const path = initramfsPath();
  if ($.files.exists(path)) {
    if ($.dry) $.note(`the host's root is in the cache: ${path}`);
    return path;
  }
  const missing = [DRACUT_INSTALL, ...PROGRAMS, ...FIRMWARE].filter((file) => !existsSync(file));
  if (missing.length > 0) {
    throw new InfrastructureError({
      code: "HOST_FILES",
      message: `Not installed, but needed for the nested host: ${missing.join(", ")}`,
      remedy: "npm run setup",
    });
  }
  await $.files.makeDirectory(dirname(path));
  using directory = new RuntimeDir($.dry ? undefined : dirname(path));
  const root = directory.file("root");
  mkdirSync(root);
  await fillRoot($, root);
  const half = directory.file("half.cpio");
  writeFileSync(half, cpioArchive([...treeEntries(root, "")]));
  await $.files.move(half, path);
  return path;
}

async function fillRoot($: Shell, root: string): Promise<void> {
  await $`${DRACUT_INSTALL} -D ${root} -l -a ${[...PROGRAMS, ...FIRMWARE]}`;
  for (const directory of ["usr/local/bin", "usr/local/share", "etc", "dev", "tmp", "run", "proc", "sys"]) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  await compileHostPrograms($, join(root, "usr/local/bin"));
  await compileRom($, join(root, "usr/local/share"));
  writeFileSync(join(root, "init"), readFileSync(initScript), { mode: 0o755 });
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\n");
  writeFileSync(join(root, "etc/shells"), "/bin/sh\n");
}

/** The part of the root that is new at each boot: both sides' SSH keys. */
export function keysArchive(keys: BootKeys): Buffer {
  const directory = (path: string): CpioEntry => ({ path, mode: DIRECTORY | 0o700, content: Buffer.alloc(0) });
  return cpioArchive([
    directory("root"),
    directory("root/.ssh"),
    { path: "root/.ssh/authorized_keys", mode: FILE | 0o600, content: Buffer.from(`${keys.userPublic}\n`) },
    directory("etc/dropbear"),
    { path: "etc/dropbear/host_key", mode: FILE | 0o600, content: keys.hostPrivate },
  ]);
}

/** Where the root is, or will be when it is made. */
export function initramfsPath(): string {
  return cacheDir("initramfs", `${cacheKey()}.cpio`);
}

/** What is installed (dpkg's status changes with every package), our programs, our init, and the way they are put together. */
function cacheKey(): string {
  const hash = createHash("sha256");
  if (existsSync("/var/lib/dpkg/status")) hash.update(readFileSync("/var/lib/dpkg/status"));
  hash.update(readFileSync(initScript));
  hash.update(readFileSync(join(import.meta.dirname, "initramfs.ts")));
  hash.update(programSources()).update(romSource());
  return hash.digest("hex").slice(0, 32);
}

/**
 * Programs of this machine with the libraries that they need, for one boot: an archive to append to the root's.
 * @throws InfrastructureError HOST_FILES with dracut-install's words when one is not installed
 */
export async function installedArchive($: Shell, programs: string[]): Promise<Buffer> {
  if (programs.length === 0) return Buffer.alloc(0);
  using directory = new RuntimeDir();
  const root = directory.file("root");
  mkdirSync(root);
  const failure = { code: "HOST_FILES", remedy: "npm run setup" };
  await $(failure)`${DRACUT_INSTALL} -D ${root} -l -a ${programs}`;
  return cpioArchive([...treeEntries(root, "")]);
}

/** Files, directories and links below a directory, in a fixed order. */
function* treeEntries(root: string, below: string): Generator<CpioEntry> {
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = below === "" ? name : `${below}/${name}`;
    const stat = lstatSync(join(root, path));
    if (stat.isSymbolicLink()) {
      yield { path, mode: SYMLINK | 0o777, content: Buffer.from(readlinkSync(join(root, path))) };
    } else if (stat.isDirectory()) {
      yield { path, mode: DIRECTORY | 0o755, content: Buffer.alloc(0) };
      yield* treeEntries(root, path);
    } else {
      yield { path, mode: FILE | (stat.mode & 0o777), content: readFileSync(join(root, path)) };
    }
  }
}

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
