import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import { UsageError } from "../base/errors.ts";
import { projectPath } from "../base/paths.ts";
import { MIB_BYTES, parseSize } from "../base/size.ts";
import { readYaml } from "../base/yaml.ts";
import { armSchema } from "../run/arm-name.ts";
import { conditionsSchema } from "../run/conditions.ts";
import { measureSchema } from "../run/measure.ts";
import { thpSchema } from "../run/sample.ts";

export const MAX_BOOTS = 100;
export const MAX_ROUNDS = 100;
/** Sizes are whole multiples of this, which is a huge page. */
const SIZE_STEP_BYTES = 2 * MIB_BYTES;

const unique = <T>(items: T[]) => new Set(items).size === items.length;

/** Bytes of a size that a VM or a program can have; undefined for any other text. */
export function parseVmSize(text: string): number | undefined {
  const bytes = parseSize(text);
  return bytes !== undefined && bytes > 0 && bytes % SIZE_STEP_BYTES === 0 ? bytes : undefined;
}

const size = z.string().transform((text, context) => {
  const bytes = parseVmSize(text);
  if (bytes !== undefined) return bytes;
  context.addIssue("allowed: a size such as 64G or 512M, in steps of 2M");
  return z.NEVER;
});

const scenarioFileSchema = z
  .strictObject({
    description: z.string().min(1),
    measure: measureSchema,
    fragments: z.array(z.string()).default([]),
    arms: z.array(armSchema).min(1).refine(unique, "allowed: each arm once"),
    thp: z.array(thpSchema).min(1).refine(unique, "allowed: each setting once"),
    boots: z.int().min(1).max(MAX_BOOTS),
    rounds: z.int().min(1).max(MAX_ROUNDS),
    memory: size.nullable().default(null),
    sweep: z.array(size).nullable().default(null),
    sweepRounds: z.int().min(1).max(MAX_ROUNDS).default(1),
    projection: size.nullable().default(null),
    poolLevel: z.number().min(0).max(1),
    ...conditionsSchema.shape,
  })
  // How large a VM may be is found out from what its creation is known to take.
  .refine(({ measure, memory }) => measure === null || memory !== null, {
    path: ["memory"],
    message: "a program needs a size, such as 512M",
  })
  .refine(({ measure, pool, until, vms }) => measure === null || (pool === "wait" && until === "ready" && vms === 1), {
    path: ["measure"],
    message: "a program creates no VMs: leave out pool: none, until and vms",
  });

/** What is measured, and the defaults for measuring it; a file of configs/scenarios. */
export type Scenario = z.output<typeof scenarioFileSchema> & {
  /** Name of the file without its ending. */
  name: string;
};

/** Names of the scenarios in a directory, those of the project by default. */
export function scenarioNames(dir = projectPath("configs/scenarios")): string[] {
  return readdirSync(dir)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"))
    .sort();
}

/**
 * Loads a scenario by its name in configs/scenarios, or by the path of a .yaml file.
 * @throws UsageError SCENARIO_UNKNOWN naming those there are, or what readYaml throws
 */
export async function loadScenario(wanted: string, dir = projectPath("configs/scenarios")): Promise<Scenario> {
  const names = scenarioNames(dir);
  const isPath = wanted.endsWith(".yaml");
  if (!isPath && !names.includes(wanted)) {
    throw new UsageError({
      code: "SCENARIO_UNKNOWN",
      message: `There is no scenario "${wanted}".`,
      remedy: `Allowed: ${names.join(", ")} (configs/scenarios), or the path of a .yaml file.`,
    });
  }
  const path = isPath ? wanted : `${dir}/${wanted}.yaml`;
  return { name: basename(path, ".yaml"), ...(await readYaml(path, scenarioFileSchema)) };
}
