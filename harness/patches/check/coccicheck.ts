import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { cacheDir } from "../../base/paths.ts";
import { RuntimeDir } from "../../base/runtime-dir.ts";
import type { Shell } from "../../base/shell.ts";
import { sha256 } from "../../kernel/content-key.ts";
import { compareFindings, type Finding } from "./finding.ts";
import { runScripts, type SemanticPatch, spatchCommand } from "./spatch.ts";
import { extractFiles, filesOf, touchedSources } from "./touched.ts";

export type Coccicheck = {
  scripts: SemanticPatch[];
  /** What was found in a file of that content before: a script takes seconds, and there are some seventy. */
  known: KnownFindings;
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
export async function readCoccicheck(
  $: Shell,
  sourceDir: string,
  spatchVersion: string,
  jobs: number,
): Promise<Coccicheck> {
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
  return { scripts, known: knownFindings($, "coccicheck", of), jobs };
}

/**
 * What the kernel's semantic patches find in the files that a commit touches and did not find before. Each file is read
 * by itself, without the headers that it includes. What the commit repairs is not looked for: the file as it was is only
 * read when there is something to compare.
 * @throws InfrastructureError COCCICHECK_FAILED when spatch itself breaks
 */
export async function checkCoccinelle(
  $: Shell,
  check: Coccicheck,
  repository: string,
  commit: string,
): Promise<Finding[]> {
  const paths = await touchedSources($, repository, commit);
  const after = await findingsAt($, check, repository, commit, paths);
  const suspects = [...new Set(after.map(({ file }) => file))];
  return compareFindings(await findingsAt($, check, repository, `${commit}^`, suspects), after).added;
}

async function findingsAt(
  $: Shell,
  check: Coccicheck,
  repository: string,
  commit: string,
  paths: string[],
): Promise<Finding[]> {
  const there = await filesOf($, repository, commit, paths);
  if (there.length === 0 || check.scripts.length === 0) return [];
  using scratch = new RuntimeDir();
  await extractFiles($, repository, commit, there, scratch.path);
  const files = await Promise.all(
    there.map(async (path) => ({ path, text: await readFile(join(scratch.path, path), "utf8") })),
  );
  const unknown = files.filter((file) => check.known.read(file) === undefined);
  const found = await runScripts(
    $,
    check.scripts,
    scratch.path,
    unknown.map(({ path }) => path),
    check.jobs,
  );
  for (const file of unknown) {
    await check.known.write(
      file,
      found.filter((finding) => finding.file === file.path),
    );
  }
  return files.flatMap((file) => check.known.read(file) ?? []);
}

const findingsSchema = z.array(
  z
    .object({ file: z.string(), line: z.int().optional(), text: z.string() })
    .transform(({ file, line, text }): Finding => ({ file, line, text })),
);

/** A file as a tool reads it. */
export type ReadFile = { path: string; text: string };

/** What a tool has found in files, kept by their content. */
export type KnownFindings = {
  /** Undefined when that content has not been looked at. */
  read(file: ReadFile): Finding[] | undefined;
  write(file: ReadFile, findings: Finding[]): Promise<void>;
};

/**
 * Findings in the cache.
 * @param tool directory of the cache
 * @param of what else decides what the tool finds
 */
export function knownFindings($: Shell, tool: string, of: string): KnownFindings {
  const entry = ({ path, text }: ReadFile) => cacheDir(tool, `${sha256(JSON.stringify([of, path, text]))}.json`);
  return {
    read(file) {
      try {
        return findingsSchema.parse(JSON.parse(readFileSync(entry(file), "utf8")));
      } catch {
        return undefined;
      }
    },
    async write(file, findings) {
      await $.files.makeDirectory(dirname(entry(file)));
      await $.files.write(entry(file), JSON.stringify(findings));
    },
  };
}
