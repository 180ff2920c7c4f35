import type { Shell } from "../../base/shell.ts";
import { type BuildArch, makeEnvironment, type Toolchain } from "../../kernel/toolchain.ts";
import { BUILD_DIR } from "../../kernel/tree.ts";
import type { Finding } from "./finding.ts";

/** What make printed, stdout and stderr in their order, and how it ended. */
export type Made = { lines: string[]; exitCode: number };

/** Runs make in a configured tree; a build that fails is the caller's to judge. */
export async function make(
  $: Shell,
  where: { tree: string; toolchain: Toolchain; arch?: BuildArch },
  args: string[],
): Promise<Made> {
  const lines: string[] = [];
  // One pipe: a warning belongs to the step that was announced before it, and two pipes do not keep that order.
  const { cc, jobs } = where.toolchain;
  const all = [`O=${BUILD_DIR}`, `-j${jobs}`, "--output-sync=target", `CC=${cc}`, `HOSTCC=${cc}`, ...args];
  const { exitCode } = await $({
    cwd: where.tree,
    env: makeEnvironment(where.arch),
    okExitCodes: [0, 1, 2],
    onLine: (line) => lines.push(line),
  })`make ${all} 2>&1`;
  return { lines, exitCode };
}

/** A make that failed without an error that could be read is a finding all the same. */
export function failureOf(made: Made, found: Finding[]): Finding[] {
  if (made.exitCode === 0 || found.some((finding) => finding.text.includes("error:"))) return [];
  return [{ file: "make", line: undefined, text: `error: ${made.lines.slice(-3).join(" / ")}` }];
}

/** A line that begins one step: `  CC      mm/page_alloc.o`, `  CHECK   ../mm/page_alloc.c`. */
const STEP = /^ {2}[A-Z][A-Z0-9_-]* +(?:\[M\] +)?(\S+)/;
const WITH_LINE = /^((?:\.\.\/)*[\w./+-]+):(\d+)(?::\d+)?: ((?:fatal )?error|warning): (.*)$/;
/** objtool and the linker name an object, and offsets that every change moves. */
const OBJECT = /^([\w./+-]+\.o): ((?:error|warning): .*)$/;
const MAKE_ERROR = /^make(?:\[\d+\])?: \*\*\* (.*(?:No rule|Error 127).*)$/;

/** Findings by the step (object or source file) that they came from; steps without any have an empty list. */
export type StepFindings = Map<string, Finding[]>;

/**
 * Reads what `make --output-sync=target` printed: each step's lines follow the line that begins it. Paths lose the
 * `../` that an output directory puts before them.
 */
export function parseMakeOutput(lines: string[]): StepFindings {
  const steps: StepFindings = new Map();
  let step = "make";
  for (const line of lines) {
    const begins = STEP.exec(line)?.[1];
    if (begins !== undefined) {
      step = begins.replace(/^(\.\.\/)+/, "");
      steps.set(step, steps.get(step) ?? []);
      continue;
    }
    const finding = parseLine(line);
    if (finding) steps.set(step, [...(steps.get(step) ?? []), finding]);
  }
  return steps;
}

function parseLine(line: string): Finding | undefined {
  const source = WITH_LINE.exec(line);
  if (source) {
    const file = (source[1] ?? "").replace(/^(\.\.\/)+/, "");
    return { file, line: Number(source[2]), text: `${source[3]}: ${source[4]}` };
  }
  const object = OBJECT.exec(line);
  if (object) {
    return { file: object[1] ?? "", line: undefined, text: (object[2] ?? "").replaceAll(/\+0x[0-9a-f]+/g, "") };
  }
  const make = MAKE_ERROR.exec(line);
  return make ? { file: "make", line: undefined, text: `error: ${make[1]}` } : undefined;
}
