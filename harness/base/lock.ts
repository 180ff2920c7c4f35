import { readFileSync, writeFileSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { InfrastructureError } from "./errors.ts";
import { throwIfInterrupted } from "./interrupt.ts";
import { shellQuote } from "./quote.ts";
import type { Running } from "./running.ts";
import type { Shell } from "./shell.ts";

/** How often who waits looks who holds the lock, and for how long still. */
const LOOK_MS = 250;

/** Who waits is told minutes. */
const WORTH_TELLING_MS = 20_000;

/** What the process that keeps the lock says when it has it. */
const HELD = "held";

/** What the holder writes into the lock's file. */
const holderSchema = z.strictObject({
  command: z.string(),
  pid: z.int(),
  /** When it expects to be done, milliseconds since 1970; null while it does not know. */
  endsAtMs: z.number().nullable(),
});
type Holder = z.infer<typeof holderSchema>;

/** The lock, for the work that holds it. */
export type HeldLock = {
  /** Tells those who wait how long it will still take. */
  expect(leftMs: number): void;
};

/**
 * Runs `work` while holding the lock `path`, one holder per machine. The kernel keeps the lock (flock of a process in
 * our scope), so it goes with its holder, however that ends; the file stays.
 * @param onWait called with who holds the lock and how long still, each time that changes
 * @throws InterruptedError while waiting; InfrastructureError LOCK_LOST when the process that keeps the lock was killed
 */
export async function withLock<T>(
  $: Shell,
  path: string,
  onWait: (what: string) => void,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  await $.files.makeDirectory(dirname(path));
  if ($.dry) return work({ expect: () => {} });
  // A killed harness of earlier times left a directory here.
  await rmdir(path).catch(() => {});
  // What keeps the file from being there is told by errno, which flock would put into words.
  writeFileSync(path, "", { flag: "a" });
  const held = Promise.withResolvers<void>();
  const keeper = ["flock", "--no-fork", path, "sh", "-c", `echo ${HELD} && exec sleep infinity`];
  const onLine = (line: string) => line === HELD && held.resolve();
  // An interrupted run holds it until it has stopped in order.
  await using running = $({ onLine, interruptWith: "nothing" }).ask.start(keeper);
  await acquired($, path, held.promise, running, onWait);
  let told: number | null = null;
  const tell = (endsAtMs: number | null) => {
    told = endsAtMs;
    writeFileSync(path, JSON.stringify({ command: ownCommand(), pid: process.pid, endsAtMs } satisfies Holder));
  };
  const expect = (leftMs: number) => {
    const endsAtMs = Date.now() + leftMs;
    if (Math.abs(endsAtMs - (told ?? 0)) > WORTH_TELLING_MS) tell(endsAtMs);
  };
  tell(null);
  let lost = false;
  const taken = running.exited.then(() => {
    lost = true;
    throw lockLost(path);
  });
  taken.catch(() => {});
  try {
    return await Promise.race([work({ expect }), taken]);
  } finally {
    if (!lost) writeFileSync(path, "");
  }
}

async function acquired(
  $: Shell,
  path: string,
  held: Promise<void>,
  keeper: Running,
  onWait: (what: string) => void,
): Promise<void> {
  let told: string | undefined;
  const failed = keeper.exited.then(({ exitCode }) => Promise.reject(cannotLock(path, exitCode)));
  failed.catch(() => {});
  for (;;) {
    throwIfInterrupted($.signal, `waiting for ${path}`);
    const tick = sleep(LOOK_MS, "waiting" as const, { signal: $.signal }).catch(() => "waiting" as const);
    if ((await Promise.race([held, failed, tick])) !== "waiting") return;
    const what = describeHolder(path);
    if (what !== told) onWait(what);
    told = what;
  }
}

/** "waiting for `npm run bench -- --thp on` (pid 123), about 4 min left" */
function describeHolder(path: string): string {
  const holder = readHolder(path);
  if (holder === undefined) return `waiting for another run (lock ${path})`;
  const minutes = holder.endsAtMs === null ? undefined : Math.ceil((holder.endsAtMs - Date.now()) / 60_000);
  const left = minutes === undefined ? "" : minutes > 1 ? `, about ${minutes} min left` : ", about a minute left";
  return `waiting for \`${holder.command}\` (pid ${holder.pid})${left}`;
}

function readHolder(path: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // Just given back, or being written.
    return undefined;
  }
}

/** This run as a person would start it. */
function ownCommand(): string {
  const [, program = "", ...words] = process.argv;
  const script = process.env.npm_lifecycle_event;
  if (script === "npx") return shellQuote(["npx", "prezero", ...words]);
  if (script === undefined) return shellQuote(["node", program, ...words]);
  const [, ...options] = words;
  return shellQuote(["npm", "run", script, ...(options.length === 0 ? [] : ["--", ...options])]);
}

function lockLost(path: string): InfrastructureError {
  return new InfrastructureError({
    code: "LOCK_LOST",
    message: `The process that kept the lock ${path} was killed`,
    remedy: "Run the same command again; it goes on from what is there.",
  });
}

function cannotLock(path: string, exitCode: number | undefined): InfrastructureError {
  return new InfrastructureError({
    code: "CANNOT_LOCK",
    message: `The lock ${path} cannot be taken: flock ended with exit code ${exitCode}`,
    remedy: "Is the cache directory on a file system that has locks, and is util-linux installed?",
  });
}
