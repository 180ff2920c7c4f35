import { z } from "zod";

/** What can be compared; `base` is what every effect is relative to. */
export const armKinds = [
  "base",
  "base-again",
  "prezero",
  "prezero-disabled",
  "init-on-free",
  "prealloc",
  "hugetlb",
  "limit",
] as const;
export type ArmKind = (typeof armKinds)[number];

/**
 * Controls of the series that an arm may set to something else than their defaults, by the names of their files, and
 * the largest value of each: an order of the buddy allocator, LONG_MAX bytes, INT_MAX milliseconds, a switch.
 */
const KNOBS = { min_order: 10n, batch_size: 2n ** 63n - 1n, delay_millisecs: 2n ** 31n - 1n, verify: 1n } as const;
export type ArmKnob = keyof typeof KNOBS;
const armKnobs = Object.keys(KNOBS) as ArmKnob[];

/** What may be set, in one line. */
export const ALLOWED_KNOBS = armKnobs.map((knob) => `+${knob}=0 to ${KNOBS[knob]}`).join(", ");

/**
 * Name of an arm: a kind, before it the kernel line where a run compares several, behind it what is set:
 * `prezero`, `7.3:base`, `prezero+min_order=9+delay_millisecs=500`.
 */
export type ArmName = string;

/** An arm's name, taken apart. */
export type ArmParts = {
  /** Kernel line, a key of configs/kernels.yaml; null for the run's own. */
  kernel: string | null;
  kind: ArmKind;
  /** In the order given. */
  knobs: { knob: ArmKnob; value: string }[];
};

/** What a name may look like, in one line; ends the sentence "allowed: ...". */
export const ALLOWED_ARM =
  `${armKinds.join(", ")}; before one of them a kernel line, such as 6.12:base; behind prezero one or more of ` +
  ALLOWED_KNOBS;

const KERNEL = /^\d+\.\d+$/;
const KNOB = new RegExp(`^(${armKnobs.join("|")})=(\\d+)$`);

/** Takes a name apart; undefined when it is none. */
export function parseArmName(name: ArmName): ArmParts | undefined {
  const colon = name.indexOf(":");
  const kernel = colon < 0 ? null : name.slice(0, colon);
  const [kind, ...settings] = name.slice(colon + 1).split("+");
  const knobs = settings
    .map((setting) => KNOB.exec(setting))
    .filter((match) => match !== null)
    .filter(inRange);
  const isKind = armKinds.some((known) => known === kind);
  // Fewer than were given: one is no knob, or is set twice.
  const areKnobs = new Set(knobs.map(([, knob]) => knob)).size === settings.length;
  if (!isKind || !areKnobs || (kernel !== null && !KERNEL.test(kernel))) return undefined;
  if (settings.length > 0 && kind !== "prezero") return undefined;
  return {
    kernel,
    kind: kind as ArmKind,
    knobs: knobs.map(([, knob, value]) => ({ knob: knob as ArmKnob, value: value as string })),
  };
}

function inRange([, knob, value]: RegExpExecArray): boolean {
  return BigInt(value as string) <= KNOBS[knob as ArmKnob];
}

export const armSchema = z.string().refine((name) => parseArmName(name) !== undefined, `allowed: ${ALLOWED_ARM}`);

/** {@link parseArmName} for a name that was checked. */
export function armParts(name: ArmName): ArmParts {
  const parts = parseArmName(name);
  if (parts === undefined) throw new RangeError(`not the name of an arm: ${name}`);
  return parts;
}

/** Kernel lines that the arms are of, each once; `own` is that of arms that name none. */
export function kernelsOf(names: readonly ArmName[], own: string): string[] {
  return [...new Set(names.map((name) => armParts(name).kernel ?? own))];
}

/** The arm of another kind on the same kernel, such as what an effect is relative to. */
export function onSameKernel(name: ArmName, kind: ArmKind): ArmName {
  const { kernel } = armParts(name);
  return kernel === null ? kind : `${kernel}:${kind}`;
}

/** Arms in the order of tables: kernel after kernel, in each base first; what is of one kind stays as it was given. */
export function inTableOrder(names: readonly ArmName[]): ArmName[] {
  const kernels = [...new Set(names.map((name) => armParts(name).kernel))];
  const rank = (name: ArmName) => {
    const { kernel, kind } = armParts(name);
    return kernels.indexOf(kernel) * armKinds.length + armKinds.indexOf(kind);
  };
  return names.toSorted((a, b) => rank(a) - rank(b));
}
