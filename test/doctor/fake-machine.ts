import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A root directory with the system files that the checks read, and a directory of tools in front of the machine's. */
export class FakeMachine implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "prezero-doctor-test-"));
  readonly #path = process.env.PATH;
  readonly #cache = process.env.PREZERO_CACHE;

  constructor(files: Record<string, string> = {}) {
    process.env.PREZERO_CACHE = join(this.root, "cache");
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  [Symbol.dispose](): void {
    process.env.PATH = this.#path;
    if (this.#cache === undefined) delete process.env.PREZERO_CACHE;
    else process.env.PREZERO_CACHE = this.#cache;
    rmSync(this.root, { recursive: true, force: true });
  }

  write(path: string, text: string): string {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Puts a script in front of the machine's tool of that name. */
  stub(tool: string, script: string): void {
    chmodSync(this.write(`bin/${tool}`, `#!/bin/sh\n${script}\n`), 0o755);
    if (!process.env.PATH?.startsWith(join(this.root, "bin"))) {
      process.env.PATH = `${join(this.root, "bin")}:${this.#path}`;
    }
  }
}

export function meminfo(availableGib: number, hugetlbKib = 0): string {
  return `MemTotal: 1 kB\nMemAvailable: ${availableGib * 1024 * 1024} kB\nHugetlb: ${hugetlbKib} kB\n`;
}
