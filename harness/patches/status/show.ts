import Table from "cli-table3";
import type { Fit } from "./fit.ts";
import type { BaseStatus } from "./status.ts";

const FIT_WORDS: Record<Fit, string> = {
  clean: "cleanly",
  moved: "cleanly, lines moved",
  fuzzy: "with fuzz",
  not: "NO",
};

/** A row per base, and below it what needs explaining. */
export function showStatus(all: BaseStatus[]): string {
  const head = ["base", "made for", "patches", "applies", "newest packaged", "last verified"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const one of all) {
    table.push([
      one.name,
      `${one.packageName}\n${one.version}`,
      one.patches === 0 ? "none yet" : String(one.patches),
      fitText(one),
      packagedText(one),
      verifiedText(one),
    ]);
  }
  return [table.toString(), ...all.flatMap(notesOf), verdict(all)].join("\n");
}

/** True when every base has a series that fits its exact version. */
export function allApply(all: BaseStatus[]): boolean {
  return all.every(({ patches, fit }) => patches > 0 && "value" in fit && fit.value.fit === "clean");
}

function fitText({ patches, fit }: BaseStatus): string {
  if (patches === 0) return "-";
  return "value" in fit ? FIT_WORDS[fit.value.fit] : "unknown";
}

function packagedText({ version, packaged, newestFit }: BaseStatus): string {
  if ("unknown" in packaged) return "unknown";
  const { newest, pinnedIsThere } = packaged.value;
  const lines = [newest === version ? "the same" : newest];
  if (!pinnedIsThere) lines.push("(its own is gone)");
  if (newestFit !== undefined) {
    lines.push("value" in newestFit ? `applies ${FIT_WORDS[newestFit.value.fit]}` : "unknown whether it applies");
  }
  return lines.join("\n");
}

function verifiedText({ patches, verified }: BaseStatus): string {
  if (patches === 0) return "-";
  const lines = verified.map(({ kind, current, record }) => {
    const without = record.without.length > 0 ? ", not with every tool" : "";
    return current
      ? `${kind}, ${record.at.slice(0, 10)}${without}`
      : `${kind}, ${record.at.slice(0, 10)}, CHANGED since`;
  });
  return lines.length > 0 ? lines.join("\n") : "never on this machine";
}

function notesOf({ name, patches, fit, packaged, newestFit, verified }: BaseStatus): string[] {
  const fitNotes = patches > 0 ? (("value" in fit ? fit.value.notes : [fit.unknown]) as string[]) : [];
  const newestNotes = newestFit === undefined ? [] : "value" in newestFit ? newestFit.value.notes : [newestFit.unknown];
  const newest = "value" in packaged ? packaged.value.newest : "";
  return [
    ...fitNotes.map((note) => `${name}: ${note}`),
    ...("unknown" in packaged ? [`${name}: newest packaged version: ${packaged.unknown}`] : []),
    ...newestNotes.map((note) => `${name} on ${newest}: ${note}`),
    ...verified.flatMap(({ kind, record }) =>
      record.without.map((tool) => `${name}: ${kind} check of ${record.at.slice(0, 10)}: ${tool}`),
    ),
  ];
}

function verdict(all: BaseStatus[]): string {
  const count = (test: (one: BaseStatus) => boolean) => all.filter(test).length;
  const clean = count((one) => allApply([one]));
  const drifted = count(({ version, packaged }) => "value" in packaged && packaged.value.newest !== version);
  const full = count(({ verified }) => verified.some(({ kind, current }) => kind === "full" && current));
  const bases = `${all.length} base${all.length === 1 ? "" : "s"}`;
  return `${bases}: ${clean} apply cleanly, ${full} fully verified as they are, ${drifted} behind the newest package`;
}
