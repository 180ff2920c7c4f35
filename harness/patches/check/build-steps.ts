import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import { configureTree } from "../../kernel/config.ts";
import type { Fragment } from "../../kernel/fragment.ts";
import type { Toolchain } from "../../kernel/toolchain.ts";
import { applyPatches, BUILD_DIR, makeTree } from "../../kernel/tree.ts";
import type { Series } from "../../series/series.ts";
import { type CheckResult, compareFindings, type Finding, result } from "./finding.ts";
import { failureOf, make, parseMakeOutput, type StepFindings } from "./make.ts";
import { definesAll, type Touched } from "./touched.ts";

/** What all builds of a check have in common. */
export type Builds = {
  /** Pristine source, and the tree (removed first) to build in. */
  sourceDir: string;
  tree: string;
  /** What the source is, for errors. */
  onto: string;
  series: Series;
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

type Variant = "off" | "on";
/** What each object had to say when it was compiled last, by setting of the option. */
type State = { off: StepFindings; on: StepFindings };
type Snapshot = { off: Finding[]; on: Finding[] | undefined; sparse: Finding[] };

/**
 * Builds the touched directories of the pristine source and then after each patch, with the option off and on, and
 * tells what each patch brought. One tree and one build directory for all: make compiles again what a patch or the
 * option changes, and a file that is not compiled again has the findings it had.
 * @returns one list of results per patch, in order
 */
export async function buildSteps($: Shell, steps: BuildSteps): Promise<CheckResult[][]> {
  const state: State = { off: new Map(), on: new Map() };
  await makeTree($, steps.sourceDir, [], steps.tree, steps.onto);
  let before = await snapshot($, steps, state, "the pristine source", 0);
  const results: CheckResult[][] = [];
  for (const [index, patch] of steps.series.patches.entries()) {
    await applyPatches($, [patch], steps.tree, steps.onto);
    const after = await snapshot($, steps, state, patch.name, index + 1);
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

async function snapshot($: Shell, steps: BuildSteps, state: State, what: string, applied: number): Promise<Snapshot> {
  const patches = steps.series.patches.slice(0, applied);
  const hasOption = await definesAll($, steps.tree, patches, [...steps.on.wanted.keys()]);
  const off = await build($, steps, state, what, "off");
  const on = hasOption ? await build($, steps, state, what, "on") : undefined;
  return { off, on, sparse: steps.hasSparse ? await sparse($, steps) : [] };
}

/** Compiles with every warning that W=1 knows; a broken file does not hide the next one. */
async function build($: Shell, steps: BuildSteps, state: State, what: string, variant: Variant): Promise<Finding[]> {
  steps.say(`building ${steps.touched.directories.join(" ")} of ${what}, option ${variant}`);
  const fragments = variant === "on" ? [...steps.fragments, steps.on] : steps.fragments;
  await configureTree($, steps.tree, fragments);
  const targets = steps.touched.directories.map((directory) => `${directory}/`);
  const made = await make($, steps, ["--keep-going", "W=1", ...targets]);
  for (const [step, findings] of parseMakeOutput(made.lines)) {
    state[variant].set(step, findings);
    // Whatever depends on the option is compiled again when it is turned on; the rest is the same with it.
    if (variant === "off") state.on.delete(step);
  }
  const all = [...new Map([...state.off, ...(variant === "on" ? state.on : [])]).values()].flat();
  return [...all, ...failureOf(made, all)];
}

/** Lets sparse read the files that the series touches and that this configuration builds; compiles nothing. */
async function sparse($: Shell, steps: BuildSteps): Promise<Finding[]> {
  const objects = steps.touched.sources
    .map((source) => source.replace(/c$/, "o"))
    .filter((object) => $.files.exists(join(steps.tree, BUILD_DIR, object)));
  if (objects.length === 0) return [];
  // W=1 again, because another command line would compile them again.
  const { lines } = await make($, steps, ["--keep-going", "W=1", "C=2", ...objects]);
  return [...parseMakeOutput(lines)].filter(([step]) => step.endsWith(".c")).flatMap(([, findings]) => findings);
}
