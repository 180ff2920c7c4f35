import { join } from "node:path";
import { InfrastructureError } from "../../base/errors.ts";
import { RuntimeDir } from "../../base/runtime-dir.ts";
import type { Shell } from "../../base/shell.ts";
import type { Series } from "../../series/series.ts";
import { git } from "../git.ts";
import type { Finding } from "./finding.ts";

/** The sign-off is added when the series is exported, by the person who exports it. */
const OPTIONS = ["--strict", "--no-signoff", "--no-summary", "--terse", "--showfile", "--show-types", "--color=never"];
const FINDING = /^(.*?):(\d+): (?:ERROR|WARNING|CHECK):(.*)$/;

/**
 * Runs the base's own checkpatch on one patch.
 * @param parent commit that the patch goes on: a word that its file has already is not the patch's invention
 * @throws InfrastructureError CHECKPATCH_FAILED when the script itself breaks
 */
export async function checkpatch(
  $: Shell,
  sourceDir: string,
  repository: string,
  parent: string,
  patch: Series["patches"][number],
): Promise<Finding[]> {
  // It keeps a list of words in the current directory, and takes a repository there for the kernel's.
  using scratch = new RuntimeDir();
  const script = join(sourceDir, "scripts/checkpatch.pl");
  const shell = $({ cwd: scratch.path, okExitCodes: [0, 1], code: "CHECKPATCH_FAILED" });
  const finished = await shell`perl ${script} ${`--root=${sourceDir}`} ${OPTIONS} ${patch.path}`;
  const findings = finished.stdout.split("\n").flatMap((line): Finding[] => {
    const match = FINDING.exec(line);
    if (!match) return [];
    return [{ file: match[1] || patch.name, line: Number(match[2]), text: match[3] ?? "" }];
  });
  if (finished.exitCode === 1 && findings.length === 0) {
    throw new InfrastructureError({
      code: "CHECKPATCH_FAILED",
      message: `checkpatch.pl failed on ${patch.name} without a finding.`,
      detail: `${finished.stdout}\n${finished.stderr}`.trim(),
      remedy: "Read what it says above; the command can be run by hand.",
    });
  }
  const known = await Promise.all(findings.map((finding) => isOldWord($, repository, parent, finding)));
  return findings.filter((_, index) => !known[index]);
}

/** A spelling that the file had before (`Avoid CamelCase: <word>`) is the file's, not the patch's. */
async function isOldWord($: Shell, repository: string, parent: string, finding: Finding): Promise<boolean> {
  const word = /^CAMELCASE: .*<(\w+)>/.exec(finding.text)?.[1];
  if (word === undefined) return false;
  const args = ["grep", "--quiet", "--word-regexp", "--fixed-strings", word, parent, "--", finding.file];
  return (await git($, repository, args, { okExitCodes: [0, 1] })).exitCode === 0;
}
