import { z } from "zod";
import { GIB_BYTES, MIB_BYTES } from "../../base/size.ts";
import { check, type TestResult } from "../../ktap/result.ts";
import type { NestedHost } from "../../nested/nested-host.ts";
import { checked, ended, number } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { onLiveHost, SCENARIO_MS } from "./host.ts";

const DIMM_BYTES = GIB_BYTES / 2;
const CYCLES = 3;
/** Node of its own, which has no memory before. */
const NODE = 1;
const NODE_FILE = `/sys/devices/system/node/node${NODE}/nr_prezeroed`;
const LOAD_MIB = 256;
const UNPLUG_MS = 60_000;
const anything = z.unknown();
/** Blocks of the DIMM: they are there, and offline, some time after it was plugged in. */
const ONLINE = `for try in $(seq 50); do grep -q offline /sys/devices/system/memory/memory*/state && break; sleep 0.1; done
for block in $(grep -l '^offline' /sys/devices/system/memory/memory*/state); do echo online_movable > $block || exit 1; done`;
const OFFLINE = `for block in $(ls -d /sys/devices/system/node/node${NODE}/memory[0-9]*); do
  for try in $(seq 20); do echo offline > $block/state && break; sleep 0.2; done
  grep -q offline $block/state || exit 1
done`;
const FILLED = `for try in $(seq 150); do [ $(cat ${NODE_FILE}) -gt ${DIMM_BYTES / 4096 / 2} ] && break; sleep 0.2; done; cat ${NODE_FILE}`;

export const hotplug: Scenario = {
  name: "memory hotplug",
  about: `a DIMM on a node of its own is plugged in, goes on and off ${CYCLES} times, and is unplugged`,
  run: (plan) => onLiveHost(plan, "hotplug", { hardware: { emptyNode: true, hotplugBytes: GIB_BYTES } }, dimm),
};

/** @throws what the host's exec throws; QmpError when QEMU refuses the DIMM */
export async function dimm(host: Pick<NestedHost, "exec" | "qemu">): Promise<TestResult[]> {
  const { qmp } = host.qemu;
  const backend = { "qom-type": "memory-backend-ram", id: "later", size: DIMM_BYTES };
  await qmp.execute("object-add", backend, anything);
  await qmp.execute("device_add", { driver: "pc-dimm", id: "dimm", memdev: "later", node: NODE }, anything);
  const results: TestResult[] = [];
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    results.push(ended(`online, time ${cycle}`, await host.exec(ONLINE, SCENARIO_MS)));
    const pages = number((await host.exec(FILLED, SCENARIO_MS)).stdout);
    results.push(check(`the worker clears the new node: ${pages} pages`, pages * 4096 > DIMM_BYTES / 2));
    results.push(checked("memory of the node", await host.exec(`zerocheck ${LOAD_MIB} 1 small ${NODE}`, SCENARIO_MS)));
    results.push(ended(`offline, time ${cycle}`, await host.exec(OFFLINE, SCENARIO_MS)));
    results.push(ended("its file goes with its memory", await host.exec(`[ ! -e ${NODE_FILE} ]`)));
  }
  const gone = qmp.nextEvent("DEVICE_DELETED", UNPLUG_MS);
  gone.catch(() => {});
  await qmp.execute("device_del", { id: "dimm" }, anything);
  const { data } = await gone;
  return [...results, check(`${DIMM_BYTES / MIB_BYTES} MiB were unplugged`, data?.device === "dimm")];
}
