import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Only root may mount; whoever runs the tests as another user sees those that need a disk of their own as skipped. */
export const mayMount = process.getuid?.() === 0;

/** A real disk of a few MiB in memory, to be filled or made read-only. */
export class SmallDisk implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "prezero-small-disk-"));

  constructor(mib = 8) {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "prezero-test", this.path]);
  }

  /** Leaves not a byte, or so many. */
  fill(leftBytes = 0): void {
    const { bavail, bsize } = statfsSync(this.path);
    writeFileSync(join(this.path, "filler"), Buffer.alloc(bavail * bsize - leftBytes));
  }

  makeReadOnly(): void {
    execFileSync("mount", ["-o", "remount,ro", this.path]);
  }

  [Symbol.dispose](): void {
    execFileSync("umount", ["--lazy", this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}
