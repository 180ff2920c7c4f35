import { join } from "node:path";
import { RuntimeDir } from "../base/runtime-dir.ts";
import { dryRun, type Shell } from "../base/shell.ts";
import type { Host } from "../host/host.ts";
import { estimateSeconds } from "./estimate.ts";
import { planBoots } from "./plan.ts";
import type { Planned, Prepared } from "./prepare.ts";
import { startRun } from "./start.ts";

/** What a run would do, without doing it. */
export type DryRun = Pick<Planned, "settings" | "plan"> & {
  estimateSeconds: number;
  /** Lines of a shell: what a run does, one boot of each arm; lines with # tell what is no command of this machine. */
  commands: string[];
};

/**
 * Says what a run would do: the way of a real run with a shell that records. Of each arm one boot is shown, with one
 * round of each size; the others are the same.
 * @param open opens the host of the run
 * @throws what a run would refuse before it boots: an unknown fragment, a broken series
 */
export async function describeRun($: Shell, open: ($: Shell) => Promise<Host>, prepared: Prepared): Promise<DryRun> {
  const { settings, plan } = prepared;
  const once = { ...settings, boots: 1, rounds: 1 };
  using scratch = new RuntimeDir();
  const commands = await dryRun($, async ($) => {
    await using host = await open($);
    const short = { ...prepared, host, settings: once, plan: planBoots(once) };
    await startRun($, short, [], undefined, join(scratch.path, "results"));
  });
  return { settings, plan, estimateSeconds: Math.round(estimateSeconds(plan, settings)), commands };
}
