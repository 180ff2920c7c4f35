import { type CpuPrice, cpuPrice } from "../analysis/cost.ts";
import { besideOf, sameConfiguration } from "../analysis/effects.ts";
import type { Cell, Effect } from "../analysis/figures.ts";
import type { Summary } from "../analysis/summary.ts";
import { UsageError } from "../base/errors.ts";
import { type ArmName, armParts, onSameKernel } from "../run/arm-name.ts";
import { describeConditions } from "../run/conditions.ts";
import type { KernelRecord } from "../run/record.ts";
import { priceText } from "./sections/result.ts";
import { acceleratorText, hostText, machineText } from "./sections/what-ran.ts";
import { wrap } from "./terminal.ts";
import { caveatTexts } from "./wording/caveats.ts";
import { count, formatP, formatRange, formatRatio, formatShort, formatThpCell, NOTHING } from "./wording/format.ts";
import { type Words, wordsOf } from "./wording/words.ts";

/** What mail is read at. */
const COLUMNS = 72;
const RULE = "=".repeat(COLUMNS);
/** Of `w/o patches:` and the facts above the table. */
const LABEL_COLUMNS = 13;

type Pair = { effect: Effect; base: Cell; patched: Cell };

/**
 * The table of a cover letter, in the layout of the RFC of December 2020: rounds across, without and with the patches,
 * THP off and on. Plain text of at most 72 columns that ends in a newline.
 * @throws UsageError RFC_TABLE_EMPTY when base and prezero have no finished boot in common
 */
export function rfcTable(summary: Summary): string {
  const pairs = pairsOf(summary);
  if (pairs.length === 0) {
    throw new UsageError({
      code: "RFC_TABLE_EMPTY",
      message: `${summary.run.id} has no finished boots of both base and prezero`,
      remedy: "Name a run that has, `npm run results` lists them, or make one with `npm run bench`.",
    });
  }
  const price = cpuPrice(
    summary,
    pairs.map(({ effect }) => effect),
  );
  const words = wordsOf(summary.run);
  const lines = [
    ...wrap(words.title, "", "", COLUMNS),
    "",
    ...factsOf(summary, pairs),
    ...caveatTexts(summary).flatMap((caveat) => ["", ...wrap(caveat, "", "", COLUMNS)]),
    "",
    RULE,
    ...pairs.flatMap((pair, i) => [...(i > 0 ? [""] : []), ...blockOf(pair, price, words)]),
    RULE,
    ...methodOf(pairs, price, words),
  ];
  return `${lines.join("\n")}\n`;
}

function pairsOf({ run, effects, cells }: Summary): Pair[] {
  return effects
    .filter((effect) => isPlainPrezero(effect.armName) && effect.memoryBytes === run.settings.memoryBytes)
    .map((effect) => {
      const patched = cells.find((cell) => cell.arm === effect.armName && sameConfiguration(cell, effect)) as Cell;
      return { effect, base: besideOf(cells, patched, "base") as Cell, patched };
    });
}

/** On whatever kernel, with nothing set. */
function isPlainPrezero(arm: ArmName): boolean {
  const { kind, knobs } = armParts(arm);
  return kind === "prezero" && knobs.length === 0;
}

function factsOf(summary: Summary, pairs: readonly Pair[]): string[] {
  const { run, setting } = summary;
  const kernels = [...new Set(pairs.map(({ patched }) => patched.arm))].flatMap((arm) => [
    ["w/o patches:", kernelText(run.kernels[onSameKernel(arm, "base")])],
    ["w/ patches:", kernelText(run.kernels[arm])],
  ]);
  const cpuModel = setting?.cpuModel ?? run.settings.cpuModel;
  const device = run.settings.measure === null ? [setting?.device ?? run.settings.device] : [];
  return [
    ...kernels,
    ["accelerator:", `${acceleratorText(setting ?? run.settings)}; -cpu ${cpuModel}`],
    ["host:", [hostText(summary), `QEMU ${run.tools.qemu}`, ...device].join(", ")],
    ["machine:", machineText(summary)],
    ...describeConditions(run.settings.conditions).map(([name, value]) => ["condition:", `${name}: ${value}`]),
    ["run:", `${run.id}, harness ${run.commit?.slice(0, 12) ?? "not in git"}`],
  ].flatMap(([label, text]) => labelled(label as string, text as string));
}

function kernelText(kernel: KernelRecord | undefined): string {
  return kernel === undefined ? NOTHING : `${kernel.release} (${kernel.source.package} ${kernel.source.version})`;
}

function blockOf({ effect, base, patched }: Pair, price: CpuPrice | null, words: Words): string[] {
  const interval = formatRange(effect.low, effect.high, formatRatio);
  const certainty = effect.p === null ? "too few boots for an interval" : `95 % ${interval}, p ${formatP(effect.p)}`;
  const cpu = price?.ratioOf(effect) ?? null;
  const shown = (value: number): string => `${formatShort(value)}${words.unit.symbol}`;
  const refill = effect.refillSeconds === null ? "a time not measured" : shown(effect.refillSeconds);
  const { kernel } = armParts(effect.armName);
  return [
    `${kernel === null ? "" : `kernel ${kernel}, `}${words.pages}THP is ${formatThpCell(effect.thp)}`,
    ...roundLines(base, patched, shown),
    ...labelled(
      "median:",
      `${shown(effect.base)} -> ${shown(effect.arm)}, ${formatRatio(effect.ratio)} times (${certainty})`,
    ),
    ...labelled(
      "price:",
      `${cpu === null ? NOTHING : formatRatio(cpu)} times the CPU time, pool full again after ${refill}`,
    ),
  ];
}

/** All rounds of a kernel in one row, boot after boot; rows that are too long go on in another pair below. */
function roundLines(base: Cell, patched: Cell, shown: (value: number) => string): string[] {
  const rows = [base, patched].map(({ boots }) =>
    boots.flatMap((boot) => boot.rounds.map((round) => shown(round.seconds))),
  );
  const widest = Math.max(...rows.map((row) => row.length));
  const heads = Array.from({ length: widest }, (_, i) => `round${i + 1}`);
  const width = Math.max(...[heads, ...rows].flat().map((text) => text.length)) + 1;
  const perLine = Math.floor((COLUMNS - LABEL_COLUMNS) / width);
  const lineOf = (label: string, row: readonly string[], from: number): string => {
    const cells = heads.slice(from, from + perLine).map((_, i) => (row[from + i] ?? NOTHING).padStart(width));
    return label.padEnd(LABEL_COLUMNS) + cells.join("");
  };
  const starts = Array.from({ length: Math.ceil(widest / perLine) }, (_, i) => i * perLine);
  return starts.flatMap((from) => [
    lineOf("", heads, from),
    lineOf("w/o patches:", rows[0] as string[], from),
    lineOf("w/ patches:", rows[1] as string[], from),
  ]);
}

function methodOf(pairs: readonly Pair[], price: CpuPrice | null, words: Words): string[] {
  const perBoot = Math.max(...pairs.flatMap(({ base }) => base.boots.map((boot) => boot.rounds.length)));
  const boots = Math.min(...pairs.map(({ effect }) => effect.boots));
  const text =
    `${count(boots, "boot")} of each kernel, taking turns (ABBA), ${count(perBoot, "round")} a boot, in the order they ` +
    "ran. Median of per-boot medians; interval by bootstrap over boots, p by an exact permutation test over boots. " +
    `Price: ${price === null ? "" : `${priceText(price)}; `}median wait until the pool is full again after ${words.gone("is")}.`;
  return wrap(text, "", "", COLUMNS);
}

function labelled(label: string, text: string): string[] {
  return wrap(text, label.padEnd(LABEL_COLUMNS), " ".repeat(LABEL_COLUMNS), COLUMNS);
}
