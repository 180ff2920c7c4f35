import { z } from "zod";
import { MIB_BYTES } from "../base/size.ts";
import { armParts, armSchema } from "./arm-name.ts";
import { QUIET } from "./conditions.ts";

/** Of a record of version 1, what has to be known to read it; the rest is checked once it is a current one. */
const version1Schema = z.looseObject({
  settings: z.looseObject({
    arms: z.array(armSchema),
    memoryBytes: z.number(),
    measure: z.looseObject({ heading: z.string() }).nullish(),
    conditions: z.looseObject({}).optional(),
  }),
  setup: z.record(z.string(), z.array(z.string())),
  arms: z.record(z.string(), z.looseObject({})).optional(),
  boots: z.array(z.looseObject({})),
});

/**
 * A record of version 1 as one of version 2; any other as it is. What the old one does not tell had only one value when
 * it was written: that is frozen here, so that an old run is never read with what arms are today.
 */
export function fromVersion1(record: unknown, context: z.RefinementCtx): unknown {
  if ((record as { schemaVersion?: unknown } | null)?.schemaVersion !== 1) return record;
  const parsed = version1Schema.safeParse(record);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  }
  const { setup, arms = {}, settings, boots, ...rest } = parsed.data;
  const { measure = null, memoryBytes } = settings;
  return {
    guestKernel: null,
    ...rest,
    schemaVersion: 2,
    settings: {
      fragments: [],
      clock: "time",
      traces: false,
      matters: 0.02,
      ...settings,
      conditions: { ...QUIET, ...settings.conditions },
      measure: measure && { ...measure, heading: measure.heading.replace(/\bseconds\b/, "{unit}") },
    },
    arms: Object.fromEntries(
      settings.arms.map((arm) => {
        const { kind } = armParts(arm);
        const plainVm = { commandLine: [], vmMemory: ["-m", `${memoryBytes / MIB_BYTES}M`], remark: null };
        return [arm, { ...plainVm, ...arms[arm], setup: setup[arm] ?? [], kind, pooled: kind === "prezero" }];
      }),
    ),
    boots: boots.map((boot) => ({ lastRefill: null, ...boot })),
  };
}
