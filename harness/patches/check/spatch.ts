import { RuntimeDir } from "../../base/runtime-dir.ts";
import type { Shell } from "../../base/shell.ts";
import type { Finding } from "./finding.ts";

/** A semantic patch of the kernel, and the options that it asks for. */
export type SemanticPatch = { name: string; path: string; text: string; options: string[] };

/** As scripts/coccicheck has it in its mode "report". */
const OPTIONS = ["-D", "report", "--no-show-diff", "--very-quiet"];
const FINDING = /^(?:\.\/)?([^\s:]+\.[ch]):(\d+):\d+-\d+: (.*)$/;

/** The last word counts: what is found in a file depends on that file alone, and can be kept by its content. */
const ALONE = "--no-includes";

/** The command that {@link runScripts} runs for each script. */
export function spatchCommand(script: { path: string; options: string[] }, cache: string, files: string[]): string[] {
  const parsed = ["--use-cache", "--cache-prefix", cache];
  return ["spatch", ...OPTIONS, ...parsed, "--cocci-file", script.path, ...script.options, ALONE, ...files];
}

/**
 * Runs semantic patches over files, some scripts at a time.
 * @param directory that the paths are relative to
 * @throws InfrastructureError COCCICHECK_FAILED with what spatch said
 */
export async function runScripts(
  $: Shell,
  scripts: SemanticPatch[],
  directory: string,
  files: string[],
  jobs: number,
): Promise<Finding[]> {
  if (files.length === 0) return [];
  const found: Finding[][] = [];
  const waiting = scripts.entries();
  const work = async () => {
    // Parsing takes longer than looking; a cache for each worker, because spatch does not lock it.
    using cache = new RuntimeDir();
    for (const [index, script] of waiting) {
      const [spatch = "spatch", ...args] = spatchCommand(script, cache.path, files);
      const { stdout } = await $({
        cwd: directory,
        code: "COCCICHECK_FAILED",
        remedy:
          "Read what spatch says of the script above; the command can be run by hand. It comes with: npm run setup",
      })`${spatch} ${args}`;
      found[index] = parseReport(stdout, script.name);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return found.flat();
}

/** Reads a report; lines that it names in passing move with every change and are left out. */
export function parseReport(stdout: string, script: string): Finding[] {
  return stdout.split("\n").flatMap((line): Finding[] => {
    const match = FINDING.exec(line);
    if (!match) return [];
    const text = (match[3] ?? "").replaceAll(/\blines? \d+(?:,\s*\d+)*/g, "line N");
    return [{ file: match[1] ?? "", line: Number(match[2]), text: `${text} (${script})` }];
  });
}
