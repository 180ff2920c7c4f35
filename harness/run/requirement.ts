import { type ArmName, onSameKernel, parseArmName } from "./arm-name.ts";
import type { Settings } from "./record.ts";
import { type Thp, thpSchema } from "./sample.ts";

const OPERATORS = [">=", ">", "<=", "<"] as const;
export type Operator = (typeof OPERATORS)[number];

/** What `--require` asks of the effect of an arm at the headline's size. */
export type Requirement = {
  /** As it is shown: `thp-on:prezero >= 8`. */
  text: string;
  thp: Thp;
  arm: ArmName;
  operator: Operator;
  /** base / arm. */
  ratio: number;
};

const DEFAULT_ARM: ArmName = "prezero";
const GRAMMAR = new RegExp(
  `^thp-(${thpSchema.options.join("|")})(?::([^\\s<>]+))?\\s*(${OPERATORS.join("|")})\\s*(\\d+(?:\\.\\d+)?)$`,
);

/** What a requirement may look like; ends the sentence "allowed: ...". */
export const ALLOWED_REQUIREMENT =
  `thp-on, thp-off or thp-mthp-64k, then :ARM (${DEFAULT_ARM} where it is left out), then ` +
  `${OPERATORS.join(", ")}, then a ratio base/arm, such as "thp-on >= 8" or "thp-off:prezero-disabled > 0.95"`;

/** For `--help`. */
export const REQUIREMENT_HELP = `
A requirement of --require is THP[:ARM] OPERATOR RATIO, quoted for the shell:
--require 'thp-on >= 8'
  THP       thp-on, thp-off, thp-mthp-64k
  ARM       an arm of --arms that is no base; ${DEFAULT_ARM} where it is left out
  OPERATOR  ${OPERATORS.join(" ")}
  RATIO     base/arm at the size of --memory; above 1 the arm is faster
The harder end of the ratio's 95 % interval has to meet it: the low end for >=
and >, the high end for <= and <. Without an interval (fewer than four boots) or
without the arm a requirement is missed. The exit code is 1 when one is.`;

/** A requirement from its text; undefined when it is none. */
export function parseRequirement(text: string): Requirement | undefined {
  const [, thp, arm = DEFAULT_ARM, operator, ratio] = GRAMMAR.exec(text.trim()) ?? [];
  if (thp === undefined || operator === undefined) return undefined;
  if ((parseArmName(arm)?.kind ?? "base") === "base") return undefined;
  return {
    text: `thp-${thp}:${arm} ${operator} ${ratio}`,
    thp: thp as Thp,
    arm,
    operator: operator as Operator,
    ratio: Number(ratio),
  };
}

/** The requirements that a run of these settings cannot meet, because it does not measure what they are about. */
export function unanswered(
  requirements: readonly Requirement[],
  { arms, thp }: Pick<Settings, "arms" | "thp">,
): Requirement[] {
  return requirements.filter(
    (one) => !arms.includes(onSameKernel(one.arm, "base")) || !arms.includes(one.arm) || !thp.includes(one.thp),
  );
}
