import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../base/process.ts";
import { git, gitLines } from "../git.ts";
import { compareFindings, type Finding } from "./finding.ts";

const FINDING = /^(?:\.\/)?(\S+?):(\d+): (?:warning|error): (.*)$/;

/** Documentation comments of the files that a commit touches: what kernel-doc objects to now and did not before. */
export async function checkKernelDoc(
  sourceDir: string,
  repository: string,
  commit: string,
): Promise<{ added: Finding[]; fixed: Finding[] }> {
  const args = ["diff-tree", "-r", "--no-commit-id", "--name-only", "--no-renames", commit, "--", "*.c", "*.h"];
  const paths = await gitLines(repository, args);
  const before = await kernelDoc(sourceDir, repository, `${commit}^`, paths);
  return compareFindings(before, await kernelDoc(sourceDir, repository, commit, paths));
}

async function kernelDoc(sourceDir: string, repository: string, commit: string, paths: string[]): Promise<Finding[]> {
  const there =
    paths.length === 0 ? [] : await gitLines(repository, ["ls-tree", "-r", "--name-only", commit, ...paths]);
  if (there.length === 0) return [];
  const scratch = await mkdtemp(join(tmpdir(), "prezero-kernel-doc-"));
  try {
    const tar = join(scratch, "files.tar");
    await git(repository, ["archive", "--format=tar", `--output=${tar}`, commit, ...there]);
    await run("tar", ["-xf", tar, "-C", scratch]);
    // Its exit code counts warnings in some versions and errors in others: what it prints is the same in all.
    const finished = await run(join(sourceDir, "scripts/kernel-doc"), ["-none", ...there], {
      cwd: scratch,
      okExitCodes: Array.from({ length: 125 }, (_, code) => code),
      code: "KERNEL_DOC_FAILED",
    });
    return `${finished.stdout}\n${finished.stderr}`.split("\n").flatMap((line): Finding[] => {
      const match = FINDING.exec(line);
      return match ? [{ file: match[1] ?? "", line: Number(match[2]), text: match[3] ?? "" }] : [];
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
