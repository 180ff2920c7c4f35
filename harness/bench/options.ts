import type { Command } from "commander";
import { z } from "zod";
import { UsageError } from "../base/errors.ts";
import { count, outputFile, type Reader, runName, share } from "../base/option.ts";
import { parseSize } from "../base/size.ts";
import { MAX_HOST_CPUS } from "../hosts.ts";
import { ALLOWED_KNOBS, armKinds, armSchema } from "../run/arm-name.ts";
import { ALLOWED_REQUIREMENT, parseRequirement, REQUIREMENT_HELP } from "../run/requirement.ts";
import { clockSchema, type Thp, thpSchema } from "../run/sample.ts";
import { MAX_BOOTS, MAX_ROUNDS, SIZE_STEP_BYTES, scenarioNames } from "./scenario.ts";

/** Settings of huge pages that `--thp` names; `both` is short for two. */
const THP_BOTH: Thp[] = ["off", "on"];
const THP_ALLOWED = `allowed: ${[...thpSchema.options, "both"].join(", ")}, or a list such as off,on,mthp-64k`;
const PCI_ADDRESS = /^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]$/i;
/** A model and its features as QEMU's -cpu takes them; nothing that would reach another option. */
const CPU_MODEL = /^[\w.-]+(?:,[+-]?[\w.-]+(?:=[\w.-]+)?)*$/;
/** What an option is when it is left out, as it would be typed. */
const DEFAULTS = {
  sweep: "auto",
  device: "emulated",
  accel: "auto",
  clock: "time",
  host: "nested",
  scenario: "vm-create",
  // Less is seldom worth a patch.
  matters: "2%",
} as const;

const ARM_HELP = `
An arm of --arms may name its kernel line, and prezero what is set in
/sys/kernel/mm/page_prezero before it is enabled:
  6.12:base,6.12:prezero            each arm beside the base of its line
  base,prezero,prezero+min_order=9  allowed:
    ${ALLOWED_KNOBS.replaceAll(", ", "\n    ")}
`;

/** Adds the options of `npm run bench` to its command. */
export function addBenchOptions(command: Command): Command {
  return command
    .option(
      "--thp <setting>",
      `transparent huge pages of the host: ${thpSchema.options.join(", ")}, several of them, or both (off,on); default: the scenario's`,
    )
    .option(
      "--memory <size>",
      "of the headline, e.g. 64G; default: the scenario's, or the largest VM that fits the machine and the time",
    )
    .option(
      "--sweep <sizes>",
      `smaller sizes for the fit over size: auto, none, or a list such as 1G,2G; default: ${DEFAULTS.sweep}`,
    )
    .option("--boots <n>", "boots of each arm, the unit of replication; default: the scenario's")
    .option("--rounds <n>", "rounds of the headline's size in each boot and huge page setting; default: the scenario's")
    .option(
      "--device <device>",
      `assigned device: emulated, or a PCI address on the host under test; default: ${DEFAULTS.device}`,
    )
    .option(
      "--accel <accelerator>",
      `of the nested host: auto (KVM if it really works), kvm, tcg; default: ${DEFAULTS.accel}`,
    )
    .option(
      "--clock <clock>",
      `of the nested host: time, or instructions (TCG only: 1 ns each; no times, but alike on any machine and day); default: ${DEFAULTS.clock}`,
    )
    .option(
      "--cpu <model>",
      "CPU model of the nested host, e.g. max,-erms,-fsrm; default: host with KVM, max under TCG",
    )
    .option("--cpus <n>", `CPUs of the nested host; default: this machine's, ${MAX_HOST_CPUS} at most`)
    .option("--host <host>", `machine under test: nested (a VM made here); default: ${DEFAULTS.host}`)
    .option(
      "--scenario <name>",
      `what is measured: ${scenarioNames().join(", ")}; or the path of a .yaml file; default: ${DEFAULTS.scenario}`,
    )
    .option(
      "--arms <list>",
      `kernels and settings compared: ${armKinds.join(", ")} (see below); default: the scenario's`,
    )
    .option("--kernel <base>", "kernel line, a name in configs/kernels.yaml; default: the one named there")
    .option("--name <name>", "added to the name of the run; default: the scenario's")
    .option("--traces", "write the phases of each creation into the run's traces/, for Perfetto (ui.perfetto.dev)")
    .option("--resume [run]", "go on with an interrupted run: the newest that has samples, or the one named")
    .option(
      "--require <condition>",
      "fail unless an effect meets it, e.g. 'thp-on >= 8' (repeatable; see below)",
      (condition: string, earlier: string[] = []) => [...earlier, condition],
    )
    .option("--matters <percent>", `smallest difference that matters, such as 2%; default: ${DEFAULTS.matters}`)
    .option("--ktap <file>", "also write effects and requirements as KTAP")
    .option("--junit <file>", "also write them as JUnit XML")
    .option("--dry-run", "print the plan, its estimate and the real commands, and run nothing")
    .option("--json", "print the result as JSON")
    .addHelpText("after", ARM_HELP + REQUIREMENT_HELP);
}

const allowed = (names: readonly string[]) => `allowed: ${names.join(", ")}`;
const list = z.string().transform((text) => text.split(",").map((item) => item.trim()));
const size: Reader<number> = {
  allowed: "a size in steps of 2M, such as 64G",
  read(text) {
    const bytes = parseSize(text);
    return bytes !== undefined && bytes > 0 && bytes % SIZE_STEP_BYTES === 0 ? bytes : undefined;
  },
};

/** A text that a reader makes a value of. */
function readBy<T>(reader: Reader<T>) {
  return z.string().transform((text, context) => {
    const value = reader.read(text);
    if (value !== undefined) return value;
    context.addIssue(`allowed: ${reader.allowed}`);
    return z.NEVER;
  });
}

const optionsSchema = z.object({
  thp: z
    .union([z.literal("both").transform(() => THP_BOTH), list.pipe(z.array(thpSchema))], THP_ALLOWED)
    .refine((settings) => new Set(settings).size === settings.length, "allowed: each setting once")
    .optional(),
  memory: z.union([z.literal("default"), readBy(size)], `allowed: ${size.allowed}; or default`).default("default"),
  sweep: z
    .union(
      [z.enum(["auto", "none"]), list.pipe(z.array(readBy(size)))],
      "allowed: auto, none, or a list of sizes such as 1G,2G",
    )
    .prefault(DEFAULTS.sweep),
  boots: readBy(count(MAX_BOOTS)).optional(),
  rounds: readBy(count(MAX_ROUNDS)).optional(),
  device: z
    .string()
    .refine(
      (text) => text === "emulated" || PCI_ADDRESS.test(text),
      "allowed: emulated, or a PCI address such as 0000:65:00.0",
    )
    .default(DEFAULTS.device),
  accel: z.enum(["auto", "kvm", "tcg"], allowed(["auto", "kvm", "tcg"])).default(DEFAULTS.accel),
  clock: z.enum(clockSchema.options, allowed(clockSchema.options)).default(DEFAULTS.clock),
  cpu: z.string().regex(CPU_MODEL, "allowed: a CPU model of QEMU and its features, such as max,-erms,-fsrm").optional(),
  cpus: readBy(count(MAX_HOST_CPUS)).optional(),
  host: z.string().default(DEFAULTS.host),
  scenario: z
    .string()
    .min(1, `${allowed(scenarioNames())}; or the path of a .yaml file`)
    .default(DEFAULTS.scenario),
  arms: list
    .pipe(z.array(armSchema))
    .refine((names) => new Set(names).size === names.length, "allowed: each arm once")
    .optional(),
  kernel: z.string().min(1, "allowed: a name in configs/kernels.yaml").optional(),
  name: readBy(runName).optional(),
  traces: z.boolean().default(false),
  matters: readBy(share).prefault(DEFAULTS.matters),
  resume: z.union([z.literal(true), z.string()]).optional(),
  require: z.array(readBy({ allowed: ALLOWED_REQUIREMENT, read: parseRequirement })).default([]),
  ktap: readBy(outputFile).optional(),
  junit: readBy(outputFile).optional(),
  dryRun: z.boolean().default(false),
  json: z.boolean().default(false),
});
export type BenchOptions = z.output<typeof optionsSchema>;

/** Options that mean something together with --resume; everything else is in the run that goes on. */
const WITH_RESUME = new Set(["resume", "require", "ktap", "junit", "dryRun", "json"]);

/**
 * Checks the options as commander read them.
 * @throws UsageError OPTION_INVALID naming each bad option and what is allowed
 */
export function parseBenchOptions(raw: Readonly<Record<string, unknown>>): BenchOptions {
  if (raw.resume !== undefined) rejectWithResume(Object.keys(raw));
  const parsed = optionsSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const given = raw[name];
    const value = name === "require" && Array.isArray(given) ? given[Number(issue.path[1])] : given;
    return `--${name} ${value === "" ? "''" : value}: ${issue.message}`;
  });
  throw new UsageError({
    code: "OPTION_INVALID",
    message: [...new Set(problems)].join("; "),
    remedy: "See `npm run bench -- --help`.",
  });
}

function rejectWithResume(given: string[]): void {
  const extra = given.filter((name) => !WITH_RESUME.has(name));
  if (extra.length === 0) return;
  throw new UsageError({
    code: "OPTION_INVALID",
    message: `--resume goes on with a run's own settings: ${extra.map((name) => `--${name}`).join(", ")} cannot change them`,
    remedy:
      "Allowed beside --resume: --require, --ktap, --junit, --dry-run, --json. Start a new run for other settings.",
  });
}
