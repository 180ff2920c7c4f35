import { GIB_BYTES } from "../../harness/base/size.ts";
import { parseBenchOptions } from "../../harness/bench/options.ts";
import { loadScenario } from "../../harness/bench/scenario.ts";
import { resolveSettings } from "../../harness/bench/settings.ts";
import type { HostOffer } from "../../harness/host/host.ts";
import { NestedRoom } from "../../harness/hosts.ts";
import type { Settings } from "../../harness/run/record.ts";

/** Settings as options and scenario have them, on a small host that is emulated; `different` is what another one has. */
export async function resolve(
  scenario: string,
  options: Record<string, unknown> = {},
  different: Partial<HostOffer["setting"]> & { isThrowaway?: boolean } = {},
): Promise<Settings> {
  const { isThrowaway = true, ...other } = different;
  const setting: HostOffer["setting"] = {
    host: "nested",
    device: "emulated",
    accelerator: "tcg",
    clock: "time",
    cpuModel: "max",
    hostCpus: 2,
    ...other,
  };
  const offer = { setting, room: new NestedRoom(23 * GIB_BYTES), isThrowaway };
  return resolveSettings(parseBenchOptions(options), await loadScenario(scenario), "6.12", offer);
}
