import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import { configureTree, mergeConfig } from "../../kernel/config.ts";
import type { Fragment } from "../../kernel/fragment.ts";
import type { BuildArch } from "../../kernel/toolchain.ts";
import { applyPatches, BUILD_DIR, makeTree } from "../../kernel/tree.ts";
import type { Builds } from "./build-steps.ts";
import type { Extremes } from "./extremes.ts";
import { type ConfigurationReport, compareFindings, type Finding } from "./finding.ts";
import { failureOf, make, parseMakeOutput } from "./make.ts";
import { changedObjects, type Objects, readObjects } from "./objects.ts";
import { definedBy } from "./touched.ts";

/** A second tree beside the one of {@link Builds} is made when it is needed. */
type ExtremeSteps = Builds & { extremes: Extremes };

/** Where the series does what depends on the configuration. */
const DIRECTORY = "mm";

/**
 * Builds the directory in every configuration of configs/extremes.yaml.
 * @returns one report per configuration, in the order of {@link extremeNames}, and before them one for each patch but the
 *   last where the file asks for it
 * @throws UsageError CONFIG_NOT_HONOURED when a configuration asks for what Kconfig does not give
 */
export async function buildExtremes($: Shell, steps: ExtremeSteps): Promise<ConfigurationReport[]> {
  const { extremes, series } = steps;
  await makeTree($, steps.sourceDir, [], steps.tree, steps.onto);
  const pristine: Compiled[] = [];
  for (const one of extremes.untouched) pristine.push(await compiled($, steps, one));
  const usual: Finding[][] = [];
  for (const one of extremes.refused) usual.push(await said($, steps, one));
  const early: ConfigurationReport[] = [];
  const pristineTree = once(async () => {
    const tree = `${steps.tree}-pristine`;
    await makeTree($, steps.sourceDir, [], tree, steps.onto);
    return tree;
  });
  let hasOption = false;
  for (const [index, patch] of series.patches.entries()) {
    await applyPatches($, [patch], steps.tree, steps.onto);
    const patches = series.patches.slice(0, index + 1);
    hasOption = (await definedBy($, steps.tree, patches, [...steps.on.wanted.keys()])).length > 0;
    if (!hasOption || index === series.patches.length - 1) continue;
    for (const one of extremes.builds.filter(({ eachPatch }) => eachPatch && steps.eachPatch)) {
      early.push(await build($, steps, pristineTree, { ...one, name: `${one.name}, up to ${patch.name}` }));
    }
  }
  const notYet = (one: { name: string }) =>
    skipped(one.name, `not there yet: ${[...steps.on.wanted.keys()].join(", ")}`);
  const reports = [...early];
  for (const [index, one] of extremes.untouched.entries()) {
    const now = await compiled($, steps, one);
    const before = pristine[index] ?? { objects: new Map(), found: [] };
    const changed = changedObjects(before.objects, now.objects, one);
    const { added } = compareFindings(before.found, now.found);
    reports.push(report(one, [...added, ...changed]));
  }
  for (const [index, one] of extremes.refused.entries()) {
    reports.push(hasOption ? await refusal($, steps, one, usual[index] ?? []) : notYet(one));
  }
  for (const one of extremes.builds) reports.push(hasOption ? await build($, steps, pristineTree, one) : notYet(one));
  return reports;
}

/** A tree takes a while to lay out, and most series need no second one. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function report({ name }: { name: string }, added: Finding[]): ConfigurationReport {
  return { configuration: name, added, skipped: undefined };
}

/** A report that says why there is nothing to report. */
export function skipped(configuration: string, why: string): ConfigurationReport {
  return { configuration, added: [], skipped: why };
}

async function build(
  $: Shell,
  steps: ExtremeSteps,
  pristineTree: () => Promise<string>,
  one: { name: string; fragments: Fragment[] },
): Promise<ConfigurationReport> {
  steps.say(`building ${DIRECTORY} with the option on: ${one.name}`);
  const found = await findings($, steps, [...one.fragments, steps.on]);
  if (found.length === 0) return report(one, []);
  steps.say(`building ${DIRECTORY} of the pristine source, for what it has to say of itself: ${one.name}`);
  const { added } = compareFindings(await findings($, { ...steps, tree: await pristineTree() }, one.fragments), found);
  return report(one, added);
}

async function findings(
  $: Shell,
  steps: ExtremeSteps,
  fragments: Fragment[],
  arch: BuildArch = "x86_64",
): Promise<Finding[]> {
  await configureTree($, steps.tree, fragments, arch);
  // From nothing: an object that is not compiled again says nothing, and one that another configuration left lies.
  await $.files.remove(join(steps.tree, BUILD_DIR, DIRECTORY));
  const made = await make($, { ...steps, arch }, ["--keep-going", "W=1", `${DIRECTORY}/`]);
  const found = [...parseMakeOutput(made.lines).values()].flat();
  return [...found, ...failureOf(made, found)];
}

type Compiled = { objects: Objects; found: Finding[] };

async function compiled($: Shell, steps: ExtremeSteps, one: Extremes["untouched"][number]): Promise<Compiled> {
  steps.say(`building ${DIRECTORY} to compare: ${one.name}`);
  const found = await findings($, steps, one.fragments);
  return { objects: $.dry ? new Map() : readObjects(join(steps.tree, BUILD_DIR), DIRECTORY), found };
}

/** What the compiler says where there is never an option; code is compiled there, too, before it is thrown away. */
async function said($: Shell, steps: ExtremeSteps, one: Extremes["refused"][number]): Promise<Finding[]> {
  steps.say(`building ${DIRECTORY} where the option is refused: ${one.name}`);
  return findings($, steps, one.fragments, one.arch);
}

/** The option, and nothing else that was asked for, must come out as unset, and the rest build as quietly as before. */
async function refusal(
  $: Shell,
  steps: ExtremeSteps,
  one: Extremes["refused"][number],
  usual: Finding[],
): Promise<ConfigurationReport> {
  steps.say(`configuring, to be refused: ${one.name}`);
  const { lost } = await mergeConfig($, steps.tree, [...one.fragments, steps.on], one.arch);
  const option = [...steps.on.wanted.keys()];
  const finding = (file: string, text: string): Finding => ({ file, line: undefined, text });
  // Nothing is configured in a dry run, so nothing is lost.
  const taken = $.dry ? [] : option.filter((symbol) => !lost.some(({ name }) => name === symbol));
  const others = lost.filter(({ name }) => !option.includes(name));
  const added = [
    ...taken.map((symbol) => finding("Kconfig", `${symbol} can be set`)),
    ...others.map(({ name, wanted, got }) =>
      finding("Kconfig", `${name} is ${got} and not ${wanted}: nothing is shown`),
    ),
    ...compareFindings(usual, await said($, steps, one)).added,
  ];
  return report(one, added);
}
