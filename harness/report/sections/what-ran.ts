import type { Summary } from "../../analysis/summary.ts";
import { shellQuote } from "../../base/quote.ts";
import { formatSize } from "../../base/size.ts";
import { describeConditions } from "../../run/conditions.ts";
import type { ArmRecord, KernelRecord } from "../../run/record.ts";
import type { HostClock } from "../../run/sample.ts";
import { count } from "../wording/format.ts";
import { programText } from "../wording/words.ts";
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
    ["made", `${run.createdAt} to ${run.finishedAt ?? `(${run.state})`}`],
    ["again with", ["npm run bench", ...(run.arguments.length > 0 ? ["--", shellQuote(run.arguments)] : [])].join(" ")],
  ];
  return { id: "what-ran", heading: "What ran", table: { columns: [{ label: "" }, { label: "" }], rows } };
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
  return [
    machine.cpu,
    ...(setting === null ? [] : [`microcode ${setting.machineMicrocode}`]),
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
