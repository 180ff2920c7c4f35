import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import { configureTree } from "../../kernel/config.ts";
import type { Fragment } from "../../kernel/fragment.ts";
import type { Toolchain } from "../../kernel/toolchain.ts";
import { applyPatches, BUILD_DIR, makeTree } from "../../kernel/tree.ts";
import type { PatchFile } from "../../series/patch-file.ts";
import type { Series } from "../../series/series.ts";
import { type CheckResult, compareFindings, type Finding, result } from "./finding.ts";
import { failureOf, make, parseMakeOutput, type StepFindings } from "./make.ts";
import { definedBy, type Touched } from "./touched.ts";

/** What all builds of a check have in common. */
export type Builds = {
  /** Pristine source, and the tree (removed first) to build in. */
  sourceDir: string;
  tree: string;
  /** What the source is, for errors. */
  onto: string;
  series: Series;
  eachPatch: boolean;
  toolchain: Toolchain;
  /** Turns the series' option on. */
  on: Fragment;
  say: (line: string) => void;
};

type BuildSteps = Builds & {
  touched: Touched;
  /** Configuration with the series' option off. */
  fragments: Fragment[];
  hasSparse: boolean;
};

const BUILD_CHECKS = ["build-off", "build-on", "sparse"] as const;
type Variant = "off" | "on";
/** A tree for each setting of the option, and what each object had to say there when it was compiled last. */
type Side = { variant: Variant; tree: string; findings: StepFindings };
type State = { off: Side; on: Side; sparse: StepFindings };
type Snapshot = { off: Finding[]; on: Finding[] | undefined; sparse: Finding[] };

/**
 * Builds the touched directories of the pristine source and then after each patch, with the option off and on, and
 * tells what each patch brought. A tree for each setting, so that make compiles again only what a patch changes; a file
 * that is not compiled again has the findings it had.
 * @returns one list of results per patch, in order
 */
export async function buildSteps($: Shell, steps: BuildSteps): Promise<CheckResult[][]> {
  const side = (variant: Variant): Side => ({ variant, tree: `${steps.tree}-${variant}`, findings: new Map() });
  const state: State = { off: side("off"), on: side("on"), sparse: new Map() };
  for (const { tree } of [state.off, state.on]) await makeTree($, steps.sourceDir, [], tree, steps.onto);
  let before = await snapshot($, steps, state, 0);
  const results: CheckResult[][] = [];
  for (const [index, patch] of steps.series.patches.entries()) {
    for (const { tree } of [state.off, state.on]) await applyPatches($, [patch], tree, steps.onto);
    if (!steps.eachPatch && index < steps.series.patches.length - 1) {
      results.push(BUILD_CHECKS.map((check) => result(check, [], "built together with those behind it")));
      continue;
    }
    const after = await snapshot($, steps, state, index + 1);
    results.push(resultsOf(steps, before, after));
    before = after;
  }
  return results;
}

function resultsOf(steps: BuildSteps, before: Snapshot, after: Snapshot): CheckResult[] {
  const on = after.on;
  const missing = `not there yet: ${[...steps.on.wanted.keys()].join(", ")}`;
  return [
    { ...result("build-off"), ...compareFindings(before.off, after.off) },
    on === undefined
      ? result("build-on", [], missing)
      : { ...result("build-on"), ...compareFindings(before.on ?? before.off, on) },
    {
      ...result("sparse", [], steps.hasSparse ? undefined : "sparse is not installed"),
      ...compareFindings(before.sparse, after.sparse),
    },
  ];
}

async function snapshot($: Shell, steps: BuildSteps, state: State, applied: number): Promise<Snapshot> {
  const patches = steps.series.patches.slice(0, applied);
  const patch = patches.at(-1);
  const what = patch?.name ?? "the pristine source";
  const defined = await definedBy($, state.on.tree, patches, [...steps.on.wanted.keys()]);
  const isConfigured =
    steps.eachPatch && patch !== undefined && !patch.files.some(({ newPath }) => /(^|\/)Kconfig/.test(newPath ?? ""));

  if (!isConfigured) await configureTree($, state.off.tree, steps.fragments);
  const off = await build($, steps, state.off, what);
  if (defined.length === 0)
    return {
      off,
      on: undefined,
      sparse: await sparse($, steps, state, state.off, steps.eachPatch ? patch : undefined),
    };

  const wasBuilt = state.on.findings.size > 0;
  if (!isConfigured) await configureTree($, state.on.tree, [...steps.fragments, only(steps.on, defined)]);
  const on = await build($, steps, state.on, what);
  return { off, on, sparse: await sparse($, steps, state, state.on, wasBuilt ? patch : undefined) };
}

/** A fragment without the symbols that are not there yet. */
function only(fragment: Fragment, symbols: string[]): Fragment {
  const wanted = new Map(symbols.map((symbol) => [symbol, fragment.wanted.get(symbol) ?? "n"]));
  return { ...fragment, wanted, text: [...wanted].map(([symbol, value]) => `${symbol}=${value}\n`).join("") };
}

/** Compiles with every warning that W=1 knows; a broken file does not hide the next one. */
async function build($: Shell, steps: BuildSteps, side: Side, what: string): Promise<Finding[]> {
  steps.say(`building ${steps.touched.directories.join(" ")} of ${what}, option ${side.variant}`);
  const targets = steps.touched.directories.map((directory) => `${directory}/`);
  const made = await make($, { ...steps, tree: side.tree }, ["--keep-going", "W=1", ...targets]);
  for (const [step, findings] of parseMakeOutput(made.lines)) side.findings.set(step, findings);
  const all = [...side.findings.values()].flat();
  return [...all, ...failureOf(made, all)];
}

/**
 * Lets sparse read the files that a patch touches, all that the series touches when it changes what others include, a
 * header or a file without an object of its own, or there is no patch; as far as this configuration builds them.
 * Compiles nothing.
 */
async function sparse(
  $: Shell,
  steps: BuildSteps,
  state: State,
  { tree }: Side,
  patch: PatchFile | undefined,
): Promise<Finding[]> {
  const paths = patch?.files.flatMap(({ newPath }) => newPath ?? []);
  const objectOf = (source: string) => source.replace(/c$/, "o");
  const isBuilt = (source: string) => $.files.exists(join(tree, BUILD_DIR, objectOf(source)));
  const { sources } = steps.touched;
  const own = sources.filter((source) => paths?.includes(source));
  const isWide = !paths || paths.some((path) => path.endsWith(".h")) || !own.every(isBuilt);
  const objects = (isWide ? sources : own).filter(isBuilt).map(objectOf);
  if (steps.hasSparse && objects.length > 0) {
    // W=1 again, because another command line would compile them again.
    const { lines } = await make($, { ...steps, tree }, ["--keep-going", "W=1", "C=2", ...objects]);
    for (const [step, findings] of parseMakeOutput(lines)) if (step.endsWith(".c")) state.sparse.set(step, findings);
  }
  return [...state.sparse.values()].flat();
}
