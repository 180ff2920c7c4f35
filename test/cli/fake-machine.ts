import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectPath } from "../../harness/base/paths.ts";
import { findBase } from "../../harness/kernel/bases.ts";
import { planKernel } from "../../harness/kernel/build.ts";
import { type KernelRecord, recordFile } from "../../harness/kernel/built-kernel.ts";
import { treeDir } from "../../harness/kernel/source.ts";
import { $ } from "../fakes/shell.ts";
import { CommandLine } from "./command-line.ts";

const FAKE_QEMU = projectPath("test/fakes/qemu.ts");

/**
 * A command line whose machine has a plain 6.12 kernel in the cache that was never built, and test/fakes/qemu.ts in the
 * place of QEMU.
 */
export class FakeMachine extends CommandLine {
  readonly #bin = join(this.root, "bin");
  readonly #behaviours = join(this.root, "behaviours");

  static async create(): Promise<FakeMachine> {
    const machine = new FakeMachine();
    machine.#installQemu();
    await machine.#installKernel();
    return machine;
  }

  /** Gives a test results of its own and boots that go well; the cache with the host's files in it is shared. */
  begin(): void {
    this.results = mkdtempSync(join(this.root, "results-"));
    this.env.PREZERO_RESULTS = this.results;
    this.behave();
  }

  /** How the next boots go, one word a boot (see test/fakes/qemu.ts); those after them go well. */
  behave(...boots: string[]): void {
    writeFileSync(this.#behaviours, boots.map((boot) => `${boot}\n`).join(""));
  }

  /** Processes that this command line has started and that still run: they inherit its environment. */
  processesLeft(): string[] {
    const mark = `PREZERO_CACHE=${this.cache}`;
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && readProc(name, "environ").includes(mark))
      .map((pid) => `${pid} ${readProc(pid, "cmdline").replaceAll("\0", " ")}`);
  }

  #installQemu(): void {
    mkdirSync(this.#bin);
    this.behave();
    const script = [
      "#!/bin/sh",
      "# A question about version or CPU models is no boot.",
      `case "$*" in --version|"-cpu help"|*"-qmp stdio") exec ${process.execPath} ${FAKE_QEMU} "$@";; esac`,
      `FAKE_QEMU=$(head -n 1 ${this.#behaviours})`,
      `sed -i 1d ${this.#behaviours}`,
      "export FAKE_QEMU",
      `exec ${process.execPath} ${FAKE_QEMU} "$@"`,
    ];
    writeFileSync(join(this.#bin, "qemu-system-x86_64"), `${script.join("\n")}\n`, { mode: 0o755 });
    this.env.PATH = [this.#bin, process.env.PATH].join(delimiter);
  }

  /** The kernel is where the build would have put it, so that nothing is downloaded or compiled. */
  async #installKernel(): Promise<void> {
    const before = process.env.PREZERO_CACHE;
    process.env.PREZERO_CACHE = this.cache;
    try {
      const base = await findBase("6.12");
      mkdirSync(treeDir(base.source.package, base.source.version), { recursive: true });
      const { dir } = await planKernel($, { base, variant: "base" });
      const kernel: KernelRecord = {
        base: base.name,
        variant: "base",
        packageName: base.source.package,
        version: base.source.version,
        pinned: true,
        patches: [],
        fragments: base.fragments,
        compiler: "gcc (fake) 12.2.0",
        release: "6.12.0-fake",
        imageSha256: "a".repeat(64),
        configSha256: "b".repeat(64),
        steps: 1,
        afterPristine: false,
        buildSeconds: 1,
      };
      mkdirSync(dir, { recursive: true });
      writeFileSync(...recordFile(dir, kernel));
      for (const file of ["bzImage", "vmlinux", "System.map", "config"]) writeFileSync(join(dir, file), "");
    } finally {
      if (before === undefined) delete process.env.PREZERO_CACHE;
      else process.env.PREZERO_CACHE = before;
    }
  }
}

/** Waits until something holds, which must not take long, even on a busy machine. */
export async function until(holds: () => boolean, timeoutMs = 60_000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`still not true after ${timeoutMs} ms: ${holds}`);
    await sleep(50);
  }
}

/** A process may end while its directory is read, and may be somebody else's. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(join("/proc", pid, file), "latin1");
  } catch {
    return "";
  }
}
