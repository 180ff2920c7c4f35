import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { cacheDir } from "../../base/paths.ts";
import { RuntimeDir } from "../../base/runtime-dir.ts";
import type { Shell } from "../../base/shell.ts";
import { sha256 } from "../../kernel/content-key.ts";
import { compareFindings, type Finding } from "./finding.ts";
import { touchedSources, withFiles } from "./touched.ts";

/** A semantic patch of the kernel, and the options that it asks for. */
type SemanticPatch = { name: string; path: string; text: string; options: string[] };

export type Coccicheck = {
  scripts: SemanticPatch[];
  /**
   * What decides, beside a file's content, what is found in it. What was found is kept by both: a script takes seconds,
   * and there are some seventy.
   */
  of: string;
  jobs: number;
};

/** Two of the kernel's need an OCaml compiler, hundreds of megabytes: one is for a battery driver, one looks for `p == 0`. */
const NEEDS_COMPILER = /^@\s*(?:initialize|script|finalize):ocaml\b/m;
/** A script that can only rewrite (7.3's kmalloc_objs.cocci) has nothing to say of a patch, and spatch refuses to ask it. */
const REPORTS = /^virtual\b.*\breport\b/m;

/**
 * Reads the semantic patches that the kernel's `make coccicheck` runs.
 * @param spatchVersion first line of `spatch --version`; another version may find something else
 */
export async function readCoccicheck(sourceDir: string, spatchVersion: string, jobs: number): Promise<Coccicheck> {
  const directory = join(sourceDir, "scripts/coccinelle");
  const names = existsSync(directory) ? await readdir(directory, { recursive: true }) : [];
  const paths = names.filter((name) => name.endsWith(".cocci")).sort();
  const all = await Promise.all(
    paths.map(async (name): Promise<SemanticPatch> => {
      const text = await readFile(join(directory, name), "utf8");
      const options = /Options:(.*)$/m.exec(text)?.[1]?.trim() ?? "";
      return { name, path: join(directory, name), text, options: options === "" ? [] : options.split(/\s+/) };
    }),
  );
  const scripts = all.filter(({ text }) => REPORTS.test(text) && !NEEDS_COMPILER.test(text));
  const command = spatchCommand({ path: "", options: [] }, "", []);
  const of = sha256(JSON.stringify([spatchVersion, command, ...scripts.map(({ name, text }) => [name, text])]));
  return { scripts, of, jobs };
}

/**
 * What the kernel's semantic patches find in the files that commits touch and did not find before. Each file is read by
 * itself, without the headers that it includes, and as the last commit leaves it: a large one takes a minute. Only where
 * something new is found there, each commit that touches the file is asked whether it has brought it.
 * @param commits each the parent of the next
 * @returns what each commit has brought, in their order
 * @throws InfrastructureError COCCICHECK_FAILED when spatch itself breaks
 */
export async function checkCoccinelle(
  $: Shell,
  check: Coccicheck,
  repository: string,
  commits: string[],
): Promise<Finding[][]> {
  const [first, last] = [commits[0], commits.at(-1)];
  if (first === undefined || last === undefined) return [];
  const touched: string[][] = [];
  for (const commit of commits) touched.push(await touchedSources($, repository, commit));
  const brought = async (from: string, to: string, paths: string[]) => {
    const after = await findingsAt($, check, repository, to, paths);
    const suspects = [...new Set(after.map(({ file }) => file))];
    return compareFindings(await findingsAt($, check, repository, from, suspects), after).added;
  };
  const added = await brought(`${first}^`, last, [...new Set(touched.flat())].sort());
  const suspects = new Set(added.map(({ file }) => file));
  const found: Finding[][] = [];
  for (const [index, commit] of commits.entries()) {
    const paths = (touched[index] ?? []).filter((path) => suspects.has(path));
    found.push(paths.length === 0 ? [] : await brought(`${commit}^`, commit, paths));
  }
  return found;
}

async function findingsAt(
  $: Shell,
  { scripts, of, jobs }: Coccicheck,
  repository: string,
  commit: string,
  paths: string[],
): Promise<Finding[]> {
  if (scripts.length === 0) return [];
  return withFiles($, repository, commit, paths, async (directory, there) => {
    const files = await Promise.all(
      there.map(async (path) => {
        const text = await readFile(join(directory, path), "utf8");
        return { path, entry: cacheDir("coccicheck", `${sha256(JSON.stringify([of, path, text]))}.json`) };
      }),
    );
    const unknown = files.filter(({ entry }) => readKnown(entry) === undefined);
    const names = unknown.map(({ path }) => path);
    const found = await runScripts($, scripts, directory, names, jobs);
    for (const { path, entry } of unknown) {
      await $.files.makeDirectory(dirname(entry));
      await $.files.write(entry, JSON.stringify(found.filter(({ file }) => file === path)));
    }
    return files.flatMap(({ entry }) => readKnown(entry) ?? []);
  });
}

const findingsSchema = z.array(
  z
    .object({ file: z.string(), line: z.int().optional(), text: z.string() })
    .transform(({ file, line, text }): Finding => ({ file, line, text })),
);

/** Findings in a file of the cache; undefined when that content has not been looked at. */
function readKnown(entry: string): Finding[] | undefined {
  try {
    return findingsSchema.parse(JSON.parse(readFileSync(entry, "utf8")));
  } catch {
    return undefined;
  }
}

/** As scripts/coccicheck has it in its mode "report". */
const OPTIONS = ["-D", "report", "--no-show-diff", "--very-quiet"];
const FINDING = /^(?:\.\/)?([^\s:]+\.[ch]):(\d+):\d+-\d+: (.*)$/;

/** The last word counts: what is found in a file depends on that file alone, and can be kept by its content. */
const ALONE = "--no-includes";

/** The command that {@link runScripts} runs for each script. */
function spatchCommand(script: { path: string; options: string[] }, cache: string, files: string[]): string[] {
  const parsed = ["--use-cache", "--cache-prefix", cache];
  return ["spatch", ...OPTIONS, ...parsed, "--cocci-file", script.path, ...script.options, ALONE, ...files];
}

/**
 * Runs semantic patches over files, some scripts at a time.
 * @param directory that the paths are relative to
 * @throws InfrastructureError COCCICHECK_FAILED with what spatch said
 */
async function runScripts(
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
