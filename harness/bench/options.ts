import { Command, Option } from "commander";
import { UsageError } from "../base/errors.ts";
import {
  count,
  junitOption,
  kernelOption,
  ktapOption,
  listOf,
  matching,
  oneOf,
  option,
  type Reader,
  refuseBadValues,
  repeatable,
  runName,
  share,
  wordOr,
} from "../base/option.ts";
import { MAX_HOST_CPUS } from "../hosts.ts";
import { type AccelChoice, accelOption } from "../qemu.ts";
import { ALLOWED_ARM, ALLOWED_KNOBS, type ArmName, armKinds, parseArmName } from "../run/arm-name.ts";
import { ALLOWED_REQUIREMENT, parseRequirement, REQUIREMENT_HELP, type Requirement } from "../run/requirement.ts";
import { clockSchema, type HostClock, type Thp, thpSchema } from "../run/sample.ts";
import { MAX_BOOTS, MAX_ROUNDS, parseVmSize, scenarioNames } from "./scenario.ts";

/** The options of `npm run bench`; what the scenario decides is undefined when it is left out. */
export type BenchOptions = {
  thp?: Thp[];
  /** Bytes, or `default` to choose. */
  memory: number | "default";
  sweep: "auto" | "none" | number[];
  boots?: number;
  rounds?: number;
  device: string;
  accel: AccelChoice;
  clock: HostClock;
  cpu?: string;
  cpus?: number;
  host: string;
  scenario: string;
  arms?: ArmName[];
  kernel?: string;
  name?: string;
  traces: boolean;
  /** Smallest difference that matters, a share of the ratio. */
  matters: number;
  /** A run that goes on: its name, or true for the newest. */
  resume?: true | string;
  require: Requirement[];
  ktap?: string;
  junit?: string;
  dryRun: boolean;
  json: boolean;
};

const OF_SCENARIO = "(default: the scenario's)";

/** A model and its features as QEMU's -cpu takes them; nothing that would reach another option. */
const CPU_MODEL = /^[\w.-]+(?:,[+-]?[\w.-]+(?:=[\w.-]+)?)*$/;
const PCI_ADDRESS = /^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]$/i;

const thpList = listOf(oneOf(thpSchema.options));
const thp: Reader<Thp[]> = {
  allowed: `${thpSchema.options.join(", ")}, both, or a list such as off,on,mthp-64k; each once`,
  read: (text) => thpList.read(text === "both" ? "off,on" : text),
};
const vmSize: Reader<number> = { allowed: "a size in steps of 2M, such as 64G", read: parseVmSize };
/** A size that is named twice is measured once. */
const sweep: Reader<number[]> = {
  allowed: "a list of sizes such as 1G,2G, in steps of 2M",
  read(text) {
    const sizes = text.split(",").map((item) => parseVmSize(item.trim()));
    return sizes.every((bytes) => bytes !== undefined) ? sizes : undefined;
  },
};
const arms: Reader<ArmName[]> = {
  ...listOf({ allowed: "", read: (text) => (parseArmName(text) === undefined ? undefined : text) }),
  allowed: `${ALLOWED_ARM}; several with commas, each once`,
};
const device = wordOr(["emulated"], matching(PCI_ADDRESS, "a PCI address such as 0000:65:00.0"));
const cpuModel = matching(CPU_MODEL, "a CPU model of QEMU and its features, such as max,-erms,-fsrm");
const scenario = matching(/./, `${scenarioNames().join(", ")}, or the path of a .yaml file`);
const requirement: Reader<Requirement> = { allowed: ALLOWED_REQUIREMENT, read: parseRequirement };

const ARM_HELP = `
An arm of --arms may name its kernel line, and prezero what is set in
/sys/kernel/mm/page_prezero before it is enabled, or for verify in debugfs:
  6.12:base,6.12:prezero            each arm beside the base of its line
  base,prezero,prezero+min_order=9  allowed:
    ${ALLOWED_KNOBS.replaceAll(", ", "\n    ")}
`;

/** Adds the options of `npm run bench` to its command. */
export function addBenchOptions(command: Command): Command {
  const options = [
    option(
      "--thp <setting>",
      `transparent huge pages of the host: ${thpSchema.options.join(", ")}, several of them, or both: off,on ${OF_SCENARIO}`,
      thp,
    ),
    option("--memory <size>", "of the headline, such as 64G", wordOr(["default"], vmSize)).default(
      "default",
      "the scenario's, or the largest VM that fits the machine and the time",
    ),
    option(
      "--sweep <sizes>",
      "smaller sizes for the fit over size: auto, none, or a list such as 1G,2G",
      wordOr(["auto", "none"], sweep),
      "auto",
    ),
    option("--boots <n>", `boots of each arm, the unit of replication ${OF_SCENARIO}`, count(MAX_BOOTS)),
    option(
      "--rounds <n>",
      `rounds of the headline's size in each boot and huge page setting ${OF_SCENARIO}`,
      count(MAX_ROUNDS),
    ),
    option(
      "--device <device>",
      "device to assign: emulated, or a PCI address on the host under test",
      device,
      "emulated",
    ),
    accelOption(),
    option(
      "--clock <clock>",
      "of the nested host: time, or instructions (TCG only, 1 ns each: no times, but alike on any machine and day)",
      oneOf(clockSchema.options),
      "time",
    ),
    option(
      "--cpu <model>",
      "CPU of the nested host, such as max,-erms,-fsrm (default: host with KVM, max under TCG)",
      cpuModel,
    ),
    option(
      "--cpus <n>",
      `CPUs of the nested host (default: this machine's, up to ${MAX_HOST_CPUS})`,
      count(MAX_HOST_CPUS),
    ),
    new Option("--host <host>", "machine under test: nested, a VM made here").default("nested", "nested"),
    option("--scenario <name>", `what is measured: ${scenario.allowed}`, scenario, "vm-create"),
    option("--arms <list>", `kernels and settings compared: ${armKinds.join(", ")}; see below ${OF_SCENARIO}`, arms),
    kernelOption(),
    option("--name <name>", `added to the name of the run ${OF_SCENARIO}`, runName),
    new Option("--traces", "write the phases of each creation into the run's traces/, for Perfetto (ui.perfetto.dev)"),
    new Option("--resume [run]", "go on with an interrupted run: the newest that has samples, or the one named"),
    repeatable(
      "--require <condition>",
      "fail unless an effect meets it, such as 'thp-on >= 8'; repeatable, see below",
      requirement,
    ),
    option("--matters <percent>", "smallest difference that matters", share, 0.02),
    ktapOption(),
    junitOption(),
    new Option("--dry-run", "print the plan, its estimate and the real commands, and run nothing"),
    new Option("--json", "print the result as JSON"),
  ];
  for (const one of options) command.addOption(one);
  return command.addHelpText("after", ARM_HELP + REQUIREMENT_HELP);
}

/** Options that mean something together with --resume; everything else is in the run that goes on. */
const WITH_RESUME = new Set(["resume", "require", "ktap", "junit", "dryRun", "json"]);

/** What an option is that only says yes, or may be repeated, when it is left out. */
const LEFT_OUT: Pick<BenchOptions, "require" | "traces" | "dryRun" | "json"> = {
  require: [],
  traces: false,
  dryRun: false,
  json: false,
};

/**
 * The options as they were given to the command; bad values have been refused before.
 * @throws UsageError OPTION_INVALID naming what cannot stand beside --resume
 */
export function benchOptionsOf(command: Command): BenchOptions {
  const options: BenchOptions = { ...LEFT_OUT, ...command.opts<BenchOptions>() };
  const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === "cli");
  const extra = options.resume === undefined ? [] : given.filter((name) => !WITH_RESUME.has(name));
  if (extra.length > 0) {
    throw new UsageError({
      code: "OPTION_INVALID",
      message: `--resume goes on with a run's own settings: ${extra.map((name) => `--${name}`).join(", ")} cannot change them`,
      remedy:
        "Allowed beside --resume: --require, --ktap, --junit, --dry-run, --json. Start a new run for other settings.",
    });
  }
  return options;
}

/** The options as they would be typed behind `npm run bench --`. @throws as {@link refuseBadValues}, {@link benchOptionsOf} */
export function parseBenchOptions(...typed: string[]): BenchOptions {
  const command = addBenchOptions(new Command().exitOverride()).parse(typed, { from: "user" });
  refuseBadValues(command.opts());
  return benchOptionsOf(command);
}
