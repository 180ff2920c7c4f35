import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Option } from "commander";
import { UsageError } from "./errors.ts";
import { formatSize, parseSize } from "./size.ts";

/** How the text behind an option becomes a value. */
export type Reader<T> = {
  /** Ends the sentence "allowed: ...". */
  allowed: string;
  /** @returns undefined for a text that is not allowed */
  read(text: string): T | undefined;
  /** The value as it would be typed; its own words when absent. */
  show?(value: T): string;
};

/** What stands for a value that is not allowed until every option is read, so that all bad ones are named at once. */
class Refused {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

/** An option with a value; the default stands in the help as it would be typed. See {@link refuseBadValues}. */
export function option<T>(flags: string, description: string, reader: Reader<T>, initial?: T): Option {
  const made = new Option(flags, description);
  made.argParser((text: string) => read(made, reader, text));
  return initial === undefined ? made : made.default(initial, reader.show?.(initial) ?? String(initial));
}

/** An option that may be given several times; its value is a list, absent when it is not given. */
export function repeatable<T>(flags: string, description: string, reader: Reader<T>): Option {
  const made = new Option(flags, description);
  return made.argParser((text: string, before: (T | Refused)[] = []) => [...before, read(made, reader, text)]);
}

function read<T>({ long }: Option, reader: Reader<T>, text: string): T | Refused {
  const value = reader.read(text);
  return value === undefined ? new Refused(`${long} ${text === "" ? "''" : text}: allowed: ${reader.allowed}`) : value;
}

/** Checks the options of a command before it acts. @throws UsageError OPTION_INVALID naming each bad value and what is allowed */
export function refuseBadValues(values: object): void {
  const refused = Object.values(values)
    .flat()
    .filter((value) => value instanceof Refused);
  if (refused.length === 0) return;
  throw new UsageError({
    code: "OPTION_INVALID",
    message: refused.map(({ problem }) => problem).join("\n"),
    remedy: "See --help of the command.",
  });
}

/** Bytes, typed as 64G or 512M. */
export const size: Reader<number> = {
  allowed: "a size such as 64G or 512M",
  read: parseSize,
  show: formatSize,
};

/** A whole number from 1. */
export function count(max = Number.MAX_SAFE_INTEGER, unit = ""): Reader<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? "from 1" : `from 1 to ${max}`;
  return {
    allowed: `a whole number ${range}${unit && `, in ${unit}`}`,
    read: (text) => (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= max ? Number(text) : undefined),
  };
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): Reader<T> {
  return { allowed: words.join(", "), read: (text) => words.find((word) => word === text) };
}

/** A part of the whole, 0 to 1, typed as 2% or 0.02. */
export const share: Reader<number> = {
  allowed: "a share such as 2% or 0.02",
  read(text) {
    const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
    const value = digits === undefined ? Number.NaN : Number(digits) / (percent ? 100 : 1);
    return value >= 0 && value <= 1 ? value : undefined;
  },
  show: (value) => `${Number((value * 100).toPrecision(12))}%`,
};

/** One of a few words, or what another reader reads. */
export function wordOr<const W extends string, T>(words: readonly W[], other: Reader<T>): Reader<W | T> {
  return {
    allowed: `${words.join(", ")}, or ${other.allowed}`,
    read: (text) => words.find((word) => word === text) ?? other.read(text),
  };
}

/** Several values with commas between them, each once. */
export function listOf<T>(one: Reader<T>): Reader<T[]> {
  return {
    allowed: `a list with commas of ${one.allowed}; each once`,
    read(text) {
      const values = text.split(",").map((item) => one.read(item.trim()));
      if (values.includes(undefined) || new Set(values).size < values.length) return undefined;
      return values as T[];
    },
    show: (values) => values.map((value) => one.show?.(value) ?? String(value)).join(","),
  };
}

/** A text of a certain form. */
export function matching(form: RegExp, allowed: string): Reader<string> {
  return { allowed, read: (text) => (form.test(text) ? text : undefined) };
}

/** What a run may be called. */
export const runName = matching(/^[\w.-]{1,60}$/, "up to 60 letters, digits, dots, dashes and underscores");

/** The path of a file that is written hours later, so it is tried now; nothing of the trial stays. */
export const outputFile: Reader<string> = {
  allowed: "a file in a directory that exists and that this user may write to",
  read(text) {
    if (text === "") return undefined;
    const path = resolve(text);
    const trial = `${path}.${process.pid}.tmp`;
    try {
      if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) return undefined;
      // The file is replaced by another one of that name. Asking for permissions is not enough: /proc grants them.
      closeSync(openSync(trial, "wx"));
      rmSync(trial);
      return path;
    } catch {
      return undefined;
    }
  },
};

/** What several commands have in common, by the names that commander gives to options. */
export type KernelOption = { kernel?: string };
export type TestFileOptions = { ktap?: string; junit?: string };

export const kernelOption = (): Option =>
  option(
    "--kernel <base>",
    "kernel line of configs/kernels.yaml (default: the one it names)",
    matching(/^/, "a kernel line of configs/kernels.yaml"),
  );

export const ktapOption = (): Option => option("--ktap <file>", "also write the results as KTAP", outputFile);
export const junitOption = (): Option => option("--junit <file>", "also write the results as JUnit XML", outputFile);

/** Text below the options of a command: how it is called. */
export function examples(...lines: [command: string, does: string][]): string {
  return ["", "Examples:", ...lines.flatMap(([command, does]) => [`  ${command}`, `      ${does}`])].join("\n");
}
