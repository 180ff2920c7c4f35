import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import { GIB_BYTES } from "../../base/size.ts";
import type { Base } from "../../kernel/bases.ts";
import type { BuiltKernel } from "../../kernel/built-kernel.ts";
import type { Variant } from "../../kernel/variant.ts";
import { bootNestedHost, type NestedHostOptions } from "../../nested/nested.ts";
import type { NestedHost } from "../../nested/nested-host.ts";
import type { AccelChoice } from "../../qemu.ts";

/** What the public tests need to know of the tests that they are part of. */
export type PublicPlan = {
  base: Base;
  accel: AccelChoice;
  /** For the consoles of the boots; kept. */
  logs: string;
  say: (line: string) => void;
};

const HOST_BYTES = 2 * GIB_BYTES;
/** The tests of migration skip below four CPUs. */
const CPUS = 4;
/** Two nodes: migration and KSM across nodes have tests of their own. */
const CMDLINE = "numa=fake=2";
/** Clears several times faster under TCG than a CPU with ERMS; this is about what happens, not how long it takes. */
const CPU_MODEL = "max,-erms,-fsrm";

/**
 * Boots a rich kernel with those programs.
 * @param name of the console's log
 * @throws what {@link bootNestedHost} throws
 */
export function bootPublic(
  $: Shell,
  plan: PublicPlan,
  kernel: BuiltKernel,
  variant: Variant,
  name: string,
  programs: Pick<NestedHostOptions, "programs" | "installed">,
): Promise<NestedHost> {
  return bootNestedHost($, {
    kernel: { ...kernel, variant },
    memoryBytes: HOST_BYTES,
    cpus: CPUS,
    accel: plan.accel,
    cpuModel: CPU_MODEL,
    device: "emulated",
    extraCmdline: CMDLINE,
    consoleLog: join(plan.logs, `public-${name}.log`),
    ...programs,
  });
}
