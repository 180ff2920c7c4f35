import { GIB_BYTES } from "../../harness/base/size.ts";
import { parseBenchOptions } from "../../harness/bench/options.ts";
import { loadScenario } from "../../harness/bench/scenario.ts";
import { type MachineState, resolveSettings } from "../../harness/bench/settings.ts";
import type { Settings } from "../../harness/run/record.ts";

/** Settings as options and scenario have them, on a small machine that emulates; `different` is what another one has. */
export async function resolve(
  scenario: string,
  options: Record<string, unknown> = {},
  different: Partial<MachineState> = {},
): Promise<Settings> {
  const machine: MachineState = { accelerator: "tcg", availableBytes: 23 * GIB_BYTES, cpus: 2, ...different };
  return resolveSettings(parseBenchOptions(options), await loadScenario(scenario), "6.12", machine);
}
