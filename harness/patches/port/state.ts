import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../../base/atomic-write.ts";
import type { Shell } from "../../base/shell.ts";
import { gitText } from "../git.ts";
import { isWorktree, readRecord } from "../worktree.ts";

const portSchema = z.strictObject({
  /** Bases, as configs/kernels.yaml names them. */
  from: z.string(),
  to: z.string(),
  /** {@link Translated} start, and the last of its commits. */
  start: z.string(),
  last: z.string(),
  /** HEAD when the port came to its end; absent while it has not. */
  finished: z.string().optional(),
});
/** A port that has begun. */
export type Port = z.infer<typeof portSchema>;

/** The port that a worktree was made for; undefined where there is none, or no worktree. */
export async function readPort($: Shell, dir: string): Promise<Port | undefined> {
  if (!(await isWorktree($, dir))) return undefined;
  const path = await portPath($, dir);
  if (!existsSync(path)) return undefined;
  return readRecord(path, portSchema, `Take what you need from ${dir}, then: git worktree remove --force ${dir}`);
}

export async function writePort($: Shell, dir: string, port: Port): Promise<void> {
  writeFileAtomic(await portPath($, dir), `${JSON.stringify(port)}\n`);
}

async function portPath($: Shell, dir: string): Promise<string> {
  return resolve(dir, await gitText($, dir, ["rev-parse", "--git-path", "prezero-port.json"]));
}
