import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";
import { isWorktree, readBeside, writeBeside } from "../worktree.ts";

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

const PORT = "prezero-port.json";

/** The port that a worktree was made for; undefined where there is none, or no worktree. */
export async function readPort($: Shell, dir: string): Promise<Port | undefined> {
  if (!(await isWorktree($, dir))) return undefined;
  const remedy = `Take what you need from ${dir}, then: git worktree remove --force ${dir}`;
  return readBeside($, dir, PORT, portSchema, remedy);
}

export async function writePort($: Shell, dir: string, port: Port): Promise<void> {
  await writeBeside($, dir, PORT, port);
}

/**
 * Nobody goes on with, or gives up, another port than the one that was named.
 * @throws UsageError PORT_NOT_RUNNING, PORT_IS_ANOTHER
 */
export async function requirePort($: Shell, dir: string, names: Pick<Port, "from" | "to">): Promise<void> {
  const { from, to } = await begunPort($, dir);
  if (from === names.from && to === names.to) return;
  throw new UsageError({
    code: "PORT_IS_ANOTHER",
    message: `The port in ${dir} is from ${from} to ${to}.`,
    remedy: `Say --from ${from} --to ${to}, or name another directory with --dir.`,
  });
}

/** The port that a worktree was made for. @throws UsageError PORT_NOT_RUNNING */
export async function begunPort($: Shell, dir: string): Promise<Port> {
  const port = await readPort($, dir);
  if (port) return port;
  throw notRunning(dir);
}

export function notRunning(dir: string): UsageError {
  return new UsageError({
    code: "PORT_NOT_RUNNING",
    message: `There is no unfinished port in ${dir}.`,
    remedy: "Begin one with `npm run patches -- port --from A --to B`, or name its directory with --dir.",
  });
}
