import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { GIB_BYTES } from "../base/size.ts";
import { bootTestHost, type TestHost, type TestHostOptions } from "../hosts.ts";
import type { AccelChoice } from "../qemu.ts";

/** What a boot has to know of the tests that it is part of. */
export type BootPlan = {
  accel: AccelChoice;
  /** For the consoles of the boots; kept. */
  logs: string;
};

const MEMORY_BYTES = GIB_BYTES;
const MAX_CPUS = 4;
/** Clears several times faster under TCG than a CPU with ERMS; tests are about what happens, not how long it takes. */
const CPU_MODEL = "max,-erms,-fsrm";

/**
 * Boots a kernel for tests.
 * @param name of the console's log
 * @param more what this host has otherwise
 * @throws what {@link bootTestHost} throws
 */
export function bootForTests(
  $: Shell,
  { accel, logs }: BootPlan,
  kernel: TestHostOptions["kernel"],
  name: string,
  more: Partial<TestHostOptions> = {},
): Promise<TestHost> {
  return bootTestHost($, {
    kernel,
    memoryBytes: MEMORY_BYTES,
    cpus: Math.min(MAX_CPUS, Math.max(2, availableParallelism())),
    accel,
    cpuModel: CPU_MODEL,
    device: "emulated",
    consoleLog: join(logs, `${name}.log`),
    ...more,
  });
}
