import type { Command } from "commander";
import { print, printJson, say } from "../../base/output.ts";
import type { Shell } from "../../base/shell.ts";
import { allBases, findBase } from "../../kernel/bases.ts";
import { type BaseStatus, statusOf, toBeFetched } from "../../patches/status/status.ts";
import { allApply, showStatus } from "../../patches/status/status-table.ts";
import { BASE_HELP, inCache } from "./places.ts";

type Options = { offline?: boolean; newest?: boolean; json?: boolean };

export function registerStatus(patches: Command, $: Shell): void {
  patches
    .command("status")
    .argument("[base]", `${BASE_HELP} (default: all)`)
    .description("each base: exact version, does the series apply, is there a newer package, when was it verified")
    .option("--newest", "also fetch the newest packaged version where it is another, and try the series on it")
    .option("--offline", "ask no archive; use the sources that are in the cache")
    .option("--json", "the answer as JSON on stdout")
    .action(inCache($, status));
}

async function status($: Shell, name: string | undefined, { json, ...options }: Options): Promise<void> {
  const bases = name === undefined ? await allBases() : [await findBase(name)];
  const fetched = toBeFetched(bases, options);
  if (fetched !== undefined) say(fetched);
  const all: BaseStatus[] = [];
  // One after the other: they would only take turns on the disk and in apt.
  for (const base of bases) all.push(await statusOf($, base, { ...options, say }));
  if (json) printJson(all);
  else print(showStatus(all));
  if (!allApply(all)) process.exitCode = 1;
}
