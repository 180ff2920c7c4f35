import type { Summary } from "../../analysis/summary.ts";
import { shellQuote } from "../../base/quote.ts";
import { formatSize } from "../../base/size.ts";
import { describeConditions } from "../../run/conditions.ts";
import type { ArmRecord, KernelRecord, Machine, RunRecord } from "../../run/record.ts";
import type { HostClock } from "../../run/sample.ts";
import { count } from "../wording/format.ts";
import { programText, verdictText, wordsOf } from "../wording/words.ts";
import type { Section } from "./section.ts";

/** Enough of a sha256 to recognise it; run.json has all of it. */
const SHA_DIGITS = 12;

/** Everything a reader needs to repeat the run or to doubt it. */
export function whatRanSection(summary: Summary): Section {
  const { run, setting } = summary;
  const { settings } = run;
  const rows: [string, string][] = [
    ...Object.entries(run.kernels).map(([arm, kernel]): [string, string] => [`kernel, ${arm}`, kernelText(kernel)]),
    ...(run.guestKernel === null ? [] : [["kernel, guest", kernelText(run.guestKernel)] satisfies [string, string]]),
    ...Object.entries(run.arms)
      .filter(([, { setup }]) => setup.length > 0)
      .map(([arm, { setup }]): [string, string] => [`setup, ${arm}`, setup.join("; ")]),
    ...Object.entries(run.arms).flatMap(([arm, record]) => armRows(arm, record)),
    ...describeConditions(settings.conditions),
    ["accelerator", acceleratorText(setting ?? settings)],
    ["CPU model", setting?.cpuModel ?? settings.cpuModel],
    settings.measure === null
      ? ["device", setting?.device ?? settings.device]
      : ["program", programText(settings.measure)],
    ...(settings.fragments.length > 0
      ? [["configuration", `with ${settings.fragments.join(", ")}`] satisfies [string, string]]
      : []),
    ["host under test", hostText(summary)],
    ["machine", machineText(summary)],
    ["tools", `QEMU ${run.tools.qemu}, Node.js ${run.tools.node}`],
    ["harness", run.commit ?? "not a git checkout"],
    [
      "boots",
      `${count(run.plan.length, "boot")}, ABBA over ${settings.arms.join(", ")}; ` +
        `${count(settings.rounds, "round")} a boot` +
        (settings.sweepBytes.length > 0
          ? `, ${settings.sweepRounds} at ${settings.sweepBytes.map(formatSize).join(", ")}`
          : ""),
    ],
    ...endRows(run, "bench"),
  ];
  return { id: "what-ran", heading: "What ran", table: { columns: [{ label: "" }, { label: "" }], rows } };
}

/** When a run of any kind was made, and how to make another. @param script of package.json */
export function endRows(
  {
    createdAt,
    finishedAt,
    state,
    arguments: words,
  }: Pick<RunRecord, "createdAt" | "finishedAt" | "state" | "arguments">,
  script: string,
): [string, string][] {
  return [
    ["made", `${createdAt} to ${finishedAt ?? `(${state})`}`],
    ["again with", [`npm run ${script}`, ...(words.length > 0 ? ["--", shellQuote(words)] : [])].join(" ")],
  ];
}

/** What an arm sets beside kernel and setup; nothing for one that sets nothing. */
function armRows(arm: string, { commandLine, vmMemory, remark }: ArmRecord): [string, string][] {
  const rows: [string, string][] = [];
  if (commandLine.length > 0) rows.push([`command line, ${arm}`, commandLine.join(" ")]);
  // -m and the size is what every VM has.
  if (vmMemory.length > 2) rows.push([`VM's memory, ${arm}`, shellQuote(vmMemory)]);
  if (remark !== null) rows.push([`about ${arm}`, remark]);
  return rows;
}

/** Release, source, patches, compiler and hashes of a kernel in one line. */
export function kernelText(kernel: KernelRecord): string {
  const name = kernel.variant === "limit" ? "patched never to clear" : "series";
  const patches = kernel.patchesSha256 === null ? "unpatched" : `${name} ${kernel.patchesSha256.slice(0, SHA_DIGITS)}`;
  return (
    `${kernel.release} (${kernel.source.package} ${kernel.source.version}, ${patches}, ${kernel.compiler}, ` +
    `config ${kernel.configSha256.slice(0, SHA_DIGITS)}, image ${kernel.imageSha256.slice(0, SHA_DIGITS)})`
  );
}

/** Kind, CPUs and memory of the host under test. */
export function hostText({ run: { settings }, setting }: Summary): string {
  const { hostCpus, hostMemoryBytes } = setting ?? settings;
  return `${settings.host}, ${count(hostCpus, "CPU")}, ${formatSize(hostMemoryBytes)}`;
}

/** The machine that everything ran on. */
export function machineText({ run: { machine }, setting }: Summary): string {
  return machineWords(machine, setting?.machineMicrocode);
}

/** A machine in one line. */
export function machineWords(machine: Machine, microcode?: string): string {
  return [
    machine.cpu,
    ...(microcode === undefined ? [] : [`microcode ${microcode}`]),
    count(machine.cpus, "CPU"),
    formatSize(machine.memoryBytes),
    machine.virtualisation === null ? "bare metal" : `itself a VM (${machine.virtualisation})`,
  ].join(", ");
}

/** Accelerator of the host under test; an emulation is called one. */
export function acceleratorText({ accelerator, clock }: { accelerator: string; clock: HostClock }): string {
  if (clock === "instructions") return "TCG: instructions counted, not hardware times";
  if (accelerator === "tcg") return "TCG: emulated, not hardware times";
  if (accelerator === "kvm") return "KVM";
  return "none: the host is the machine itself";
}

/** How the figures came to be, for a reader who would rather check than believe. */
export function methodSection({ run, matters }: Summary): Section {
  const { figure, unit } = wordsOf(run);
  return {
    id: "method",
    heading: "How to read this",
    intro: [
      `${figure} Rounds of a pooled arm begin when the pool is ready; the wait is listed, and is not part of it.`,
      "The boot is the unit: arms take turns as ABBA, the rounds of a boot are reduced to their median, and everything " +
        "else is computed from these per-boot medians, so that differences between boots are in the interval and in p. " +
        "ABBA takes a drift that is linear in time out of the comparison, and no other; the plots of all rounds over the " +
        "boots show what there was.",
      "95 % interval: bootstrap of the ratio of medians over whole boots, its distribution computed rather than drawn, " +
        "percentiles moved out for the small number of boots (Hesterberg 2015).",
      "p: exact two-sided permutation test on the difference of means of the per-boot medians, over all ways to deal the " +
        "boots to two arms. With three boots per arm it cannot go below 0.1, with four 0.029, with five 0.008; where it " +
        "cannot reach 0.05 none is printed.",
      `verdict: ${verdictText("faster", unit)} or ${verdictText("slower", unit)} when p is at most 0.05 and the interval ` +
        "leaves 1 out. no difference that matters when all of the interval is within " +
        `${Number((matters * 100).toFixed(2))} % of 1, on either side (--matters). Otherwise no difference was shown, ` +
        "which is not proof that there is none.",
      "smallest difference that a number of boots shows: simulated runs whose per-boot medians are log-normal, each arm " +
        "with the spread of its own boots, judged by the same test and interval; the figure is what 80 of 100 such runs " +
        "show. A few boots do not know their own spread well; `npm run results -- plan` says how well.",
      "Values far from the rest of their arm are named (more than 3.5 scaled MADs from the median, Iglewicz and Hoaglin " +
        "1993, with the small-sample factors of Croux and Rousseeuw 1992) and stay in every figure.",
      "noise floor, where the arm base-again was measured: it is base once more (A/A), so all that differs between the two " +
        "is noise. The floor is the bound of its ratio's 95 % interval that is further from 1, not the ratio itself, which " +
        "may be near 1 by luck. within noise: shown by p and interval, and yet no further from 1 than the floor.",
    ],
  };
}
