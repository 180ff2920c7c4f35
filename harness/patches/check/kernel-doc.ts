import { join } from "node:path";
import { RuntimeDir } from "../../base/runtime-dir.ts";
import type { Shell } from "../../base/shell.ts";
import { compareFindings, type Finding } from "./finding.ts";
import { extractFiles, filesOf, touchedSources } from "./touched.ts";

const FINDING = /^(?:\.\/)?(\S+?):(\d+): (?:warning|error): (.*)$/;

/** Documentation comments of the files that a commit touches: what kernel-doc objects to now and did not before. */
export async function checkKernelDoc(
  $: Shell,
  sourceDir: string,
  repository: string,
  commit: string,
): Promise<{ added: Finding[]; fixed: Finding[] }> {
  const paths = await touchedSources($, repository, commit);
  const before = await kernelDoc($, sourceDir, repository, `${commit}^`, paths);
  return compareFindings(before, await kernelDoc($, sourceDir, repository, commit, paths));
}

async function kernelDoc(
  $: Shell,
  sourceDir: string,
  repository: string,
  commit: string,
  paths: string[],
): Promise<Finding[]> {
  const there = await filesOf($, repository, commit, paths);
  if (there.length === 0) return [];
  using scratch = new RuntimeDir();
  await extractFiles($, repository, commit, there, scratch.path);
  // Its exit code counts warnings in some versions and errors in others: what it prints is the same in all.
  const finished = await $({
    cwd: scratch.path,
    okExitCodes: Array.from({ length: 125 }, (_, code) => code),
    code: "KERNEL_DOC_FAILED",
  })`${join(sourceDir, "scripts/kernel-doc")} -none ${there}`;
  return `${finished.stdout}\n${finished.stderr}`.split("\n").flatMap((line): Finding[] => {
    const match = FINDING.exec(line);
    return match ? [{ file: match[1] ?? "", line: Number(match[2]), text: match[3] ?? "" }] : [];
  });
}
