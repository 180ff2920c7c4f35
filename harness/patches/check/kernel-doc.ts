import { join } from "node:path";
import { run } from "../../base/process.ts";
import { RuntimeDir } from "../../base/runtime-dir.ts";
import { extractFiles, filesOf, touchedSources } from "./committed-files.ts";
import { compareFindings, type Finding } from "./finding.ts";

const FINDING = /^(?:\.\/)?(\S+?):(\d+): (?:warning|error): (.*)$/;

/** Documentation comments of the files that a commit touches: what kernel-doc objects to now and did not before. */
export async function checkKernelDoc(
  sourceDir: string,
  repository: string,
  commit: string,
): Promise<{ added: Finding[]; fixed: Finding[] }> {
  const paths = await touchedSources(repository, commit);
  const before = await kernelDoc(sourceDir, repository, `${commit}^`, paths);
  return compareFindings(before, await kernelDoc(sourceDir, repository, commit, paths));
}

async function kernelDoc(sourceDir: string, repository: string, commit: string, paths: string[]): Promise<Finding[]> {
  const there = await filesOf(repository, commit, paths);
  if (there.length === 0) return [];
  using scratch = new RuntimeDir();
  await extractFiles(repository, commit, there, scratch.path);
  // Its exit code counts warnings in some versions and errors in others: what it prints is the same in all.
  const finished = await run(join(sourceDir, "scripts/kernel-doc"), ["-none", ...there], {
    cwd: scratch.path,
    okExitCodes: Array.from({ length: 125 }, (_, code) => code),
    code: "KERNEL_DOC_FAILED",
  });
  return `${finished.stdout}\n${finished.stderr}`.split("\n").flatMap((line): Finding[] => {
    const match = FINDING.exec(line);
    return match ? [{ file: match[1] ?? "", line: Number(match[2]), text: match[3] ?? "" }] : [];
  });
}
