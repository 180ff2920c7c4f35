import { GIB_BYTES } from "../../harness/base/size.ts";
import { parseBenchOptions } from "../../harness/bench/options.ts";
import { resolveSettings } from "../../harness/bench/prepare.ts";
import { loadScenario } from "../../harness/bench/scenario.ts";
import type { HostOffer } from "../../harness/host/host.ts";
import { NestedRoom } from "../../harness/nested/room.ts";
import { nestedSetting } from "../../harness/nested/setting.ts";
import type { Settings } from "../../harness/run/record.ts";

/** Settings as options and scenario have them, on a small nested host that is emulated; `different` is another host. */
export async function resolve(
  scenarioName: string,
  given: Record<string, string | true> = {},
  different: Partial<HostOffer["setting"]> & { isThrowaway?: boolean } = {},
): Promise<Settings> {
  const options = parseBenchOptions(
    ...Object.entries(given).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`)),
  );
  const scenario = await loadScenario(scenarioName);
  const { accel, clock, cpu: cpuModel, cpus, device } = options;
  const nested = nestedSetting({ accel, clock, cpuModel, cpus, device, vms: scenario.vms }, "tcg", 2);
  const { isThrowaway = true, ...other } = different;
  const room = new NestedRoom(23 * GIB_BYTES);
  return resolveSettings(options, scenario, "6.12", { setting: { ...nested, ...other }, room, isThrowaway });
}
