/** Something a tool objects to, without what changes by itself: the line number is for people, not for comparing. */
export type Finding = { file: string; line: number | undefined; text: string };

export const CHECKS = [
  "apply",
  "exact",
  "checkpatch",
  "kernel-doc",
  "coccicheck",
  "build-off",
  "build-on",
  "sparse",
] as const;
export type CheckName = (typeof CHECKS)[number];

/** What one check says of one patch: only what the patch brings (new) and what it takes away (fixed). */
export type CheckResult = {
  check: CheckName;
  added: Finding[];
  fixed: Finding[];
  /** Why it was not run. */
  skipped: string | undefined;
};

/** What a check found; with `skipped`, why it did not look. */
export function result(check: CheckName, added: Finding[] = [], skipped?: string): CheckResult {
  return { check, added, fixed: [], skipped };
}

export type PatchReport = { patch: string; checks: CheckResult[] };

/** What the whole series, or all of it up to a patch, does in one of the configurations of configs/extremes.yaml. */
export type ConfigurationReport = { configuration: string; added: Finding[]; skipped: string | undefined };

export type SeriesReport = {
  base: string;
  packageName: string;
  version: string;
  patches: PatchReport[];
  configurations: ConfigurationReport[];
  ok: boolean;
};

/** `file:line: text`, for people. */
export function place(finding: Finding): string {
  return `${finding.file}${finding.line === undefined ? "" : `:${finding.line}`}: ${finding.text}`;
}

/**
 * What is in one list and not in the other. Two findings of one text in two lines of a file count twice; the same line
 * counts once: a header repeats itself in every file that includes it, and a new file is not to blame for that.
 */
export function compareFindings(before: Finding[], after: Finding[]): { added: Finding[]; fixed: Finding[] } {
  const [old, now] = [eachPlaceOnce(before), eachPlaceOnce(after)];
  return { added: without(now, old), fixed: without(old, now) };
}

function eachPlaceOnce(findings: Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const repeated = finding.line !== undefined && seen.has(place(finding));
    seen.add(place(finding));
    return !repeated;
  });
}

function without(all: Finding[], gone: Finding[]): Finding[] {
  const left = new Map<string, number>();
  for (const finding of gone) left.set(key(finding), (left.get(key(finding)) ?? 0) + 1);
  return all.filter((finding) => {
    const count = left.get(key(finding)) ?? 0;
    left.set(key(finding), count - 1);
    return count <= 0;
  });
}

function key(finding: Finding): string {
  return `${finding.file}: ${finding.text}`;
}
