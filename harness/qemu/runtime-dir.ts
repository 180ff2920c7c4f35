import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../base/errors.ts";

/** A unix socket's path must fit into sockaddr_un: 108 bytes with the terminating zero; the longest name here is short. */
const LONGEST_DIRECTORY = 90;
const PREFIX = "prezero-";

/** Private directory (mode 700) for the sockets and keys of one VM. Disposing it removes it. */
export class RuntimeDir implements Disposable {
  readonly path: string;

  /** @throws UsageError TMPDIR_TOO_LONG when sockets would not fit */
  constructor(parent = tmpdir()) {
    if (join(parent, PREFIX).length > LONGEST_DIRECTORY) {
      throw new UsageError({
        code: "TMPDIR_TOO_LONG",
        message: `The temporary directory's path is too long for unix sockets: ${parent}`,
        remedy: `Set TMPDIR to a directory of at most ${LONGEST_DIRECTORY - PREFIX.length} characters, for example /tmp.`,
      });
    }
    removeOrphans(parent);
    this.path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Directories that a killed harness could not remove: their name carries the id of a process that is gone. */
function removeOrphans(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /^prezero-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
