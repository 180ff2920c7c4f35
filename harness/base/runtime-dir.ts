import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "./errors.ts";

/** A unix socket's path must fit into sockaddr_un, 108 bytes with the terminating zero. */
const LONGEST_SOCKET_PATH = 107;
const PREFIX = "prezero-";
const OURS = new RegExp(`^${PREFIX}(\\d+)-`);

/** Private directory (mode 700) for what lives only as long as this process. Disposing it removes it. */
export class RuntimeDir implements Disposable {
  readonly path: string;

  constructor(parent = tmpdir()) {
    mkdirSync(parent, { recursive: true });
    removeOrphans(parent);
    this.path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Path for a unix socket. @throws UsageError TMPDIR_TOO_LONG when it does not fit */
  socket(name: string): string {
    const path = this.file(name);
    if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
    throw new UsageError({
      code: "TMPDIR_TOO_LONG",
      message: `The temporary directory's path is too long for unix sockets: ${path}`,
      remedy: "Set TMPDIR to a directory with a short path, for example /tmp.",
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Directories that a killed harness could not remove: they are this user's, and named after a process that is gone. */
function removeOrphans(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = OURS.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(parent, name);
    const owner = lstatSync(path, { throwIfNoEntry: false })?.uid;
    if (owner === process.getuid?.()) rmSync(path, { recursive: true, force: true });
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
