import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import { compareFindings, type Finding } from "./finding.ts";
import { touchedSources, withFiles } from "./touched.ts";

const FINDING = /^(?:\.\/)?(\S+?):(\d+): (?:warning|error): (.*)$/;

/** Documentation comments of the files that a commit touches: what kernel-doc objects to now and did not before. */
export async function checkKernelDoc(
  $: Shell,
  sourceDir: string,
  repository: string,
  commit: string,
): Promise<{ added: Finding[]; fixed: Finding[] }> {
  const paths = await touchedSources($, repository, commit);
  const script = join(sourceDir, "scripts/kernel-doc");
  const at = (one: string) =>
    withFiles($, repository, one, paths, (directory, there) => kernelDoc($, script, directory, there));
  return compareFindings(await at(`${commit}^`), await at(commit));
}

async function kernelDoc($: Shell, script: string, directory: string, there: string[]): Promise<Finding[]> {
  // Its exit code counts warnings in some versions and errors in others: what it prints is the same in all.
  const finished = await $({
    cwd: directory,
    okExitCodes: Array.from({ length: 125 }, (_, code) => code),
    code: "KERNEL_DOC_FAILED",
  })`${script} -none ${there}`;
  return `${finished.stdout}\n${finished.stderr}`.split("\n").flatMap((line): Finding[] => {
    const match = FINDING.exec(line);
    return match ? [{ file: match[1] ?? "", line: Number(match[2]), text: match[3] ?? "" }] : [];
  });
}
