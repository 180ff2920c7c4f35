import type { Shell } from "../../base/shell.ts";
import { GIB_BYTES } from "../../base/size.ts";
import type { TestHost, TestHostOptions } from "../../hosts.ts";
import type { Base } from "../../kernel/bases.ts";
import type { BuiltKernel } from "../../kernel/built-kernel.ts";
import type { Variant } from "../../kernel/variant.ts";
import { type BootPlan, bootForTests } from "../boot.ts";

/** What the public tests need to know of the tests that they are part of. */
export type PublicPlan = BootPlan & { base: Base; say: (line: string) => void };

const HOST_BYTES = 2 * GIB_BYTES;
/** The tests of migration skip below four CPUs. */
const CPUS = 4;
/** Two nodes: migration and KSM across nodes have tests of their own. */
const CMDLINE = "numa=fake=2";

/**
 * Boots a rich kernel with those programs.
 * @param name of the console's log
 * @throws what {@link bootForTests} throws
 */
export function bootPublic(
  $: Shell,
  plan: PublicPlan,
  kernel: BuiltKernel,
  variant: Variant,
  name: string,
  programs: Pick<TestHostOptions, "programs" | "installed">,
): Promise<TestHost> {
  const more = { memoryBytes: HOST_BYTES, cpus: CPUS, extraCmdline: CMDLINE, ...programs };
  return bootForTests($, plan, { ...kernel, variant }, `public-${name}`, more);
}
