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
      one.damaged !== null ? "DAMAGED" : one.patches === 0 ? "none yet" : String(one.patches),
      fitText(one),
      packagedText(one),
      verifiedText(one),
    ]);
  }
  return [table.toString(), ...all.flatMap(notesOf), verdict(all)].join("\n");
}

/** True when every base has a series that fits its exact version, as far as anybody asked. */
export function allApply(all: BaseStatus[]): boolean {
  return all.every((one) => one.patches > 0 && ("notAsked" in one.fit || fitsCleanly(one)));
}

function fitsCleanly({ patches, fit }: BaseStatus): boolean {
  return patches > 0 && "value" in fit && fit.value.fit === "clean";
}

function fitText({ patches, fit }: BaseStatus): string {
  if (patches === 0) return "-";
  return "value" in fit ? FIT_WORDS[fit.value.fit] : missing(fit);
}

/** In place of a value that is not known. */
function missing(known: { unknown: string } | { notAsked: string }): string {
  return "notAsked" in known ? "not asked" : "unknown";
}

function packagedText({ version, packaged, newestFit }: BaseStatus): string {
  if (!("value" in packaged)) return missing(packaged);
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

function notesOf({ name, patches, damaged, fit, packaged, newestFit, verified }: BaseStatus): string[] {
  const newest = "value" in packaged ? packaged.value.newest : "";
  return [
    ...(damaged === null ? [] : [`${name}: ${damaged}`]),
    ...(patches > 0 ? fitNotes(fit) : []).map((note) => `${name}: ${note}`),
    ...("unknown" in packaged ? [`${name}: newest packaged version: ${packaged.unknown}`] : []),
    ...(newestFit ? fitNotes(newestFit) : []).map((note) => `${name} on ${newest}: ${note}`),
    ...verified.flatMap(({ kind, record }) =>
      record.without.map((tool) => `${name}: ${kind} check of ${record.at.slice(0, 10)}: ${tool}`),
    ),
  ];
}

function fitNotes(fit: BaseStatus["fit"]): string[] {
  if ("value" in fit) return fit.value.notes;
  return ["notAsked" in fit ? fit.notAsked : fit.unknown];
}

/** Counts only what was asked, and says of how many. */
function verdict(all: BaseStatus[]): string {
  const asked = all.filter(({ fit }) => !("notAsked" in fit));
  const askedNewest = all.filter(({ packaged }) => !("notAsked" in packaged));
  const outOf = (some: BaseStatus[]) => (some.length === all.length ? "" : ` of ${some.length} asked`);
  const clean = asked.filter(fitsCleanly).length;
  const drifted = askedNewest.filter(
    ({ version, packaged }) => "value" in packaged && packaged.value.newest !== version,
  );
  const full = all.filter(({ verified }) => verified.some(({ kind, current }) => kind === "full" && current)).length;
  const parts = [
    `${all.length} base${all.length === 1 ? "" : "s"}: ${clean}${outOf(asked)} apply cleanly`,
    `${full} fully verified as they are`,
    askedNewest.length === 0
      ? "newer packages not asked for"
      : `${drifted.length}${outOf(askedNewest)} behind the newest package`,
  ];
  return parts.join(", ");
}
