import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { GIB_BYTES, MIB_BYTES } from "../../base/size.ts";
import { check, type TestResult } from "../../ktap/result.ts";
import type { NestedHost } from "../../nested/nested-host.ts";
import { checked } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { onLiveHost, SCENARIO_MS } from "./host.ts";

const DEVICE_BYTES = GIB_BYTES / 2;
const CYCLES = 3;
const LOAD_MIB = 512;
const RESIZE_MS = 60_000;
const POLL_MS = 200;
const devices = z.array(z.object({ type: z.string(), data: z.object({ size: z.int().optional() }) }));

export const virtioMem: Scenario = {
  name: "virtio-mem",
  about: `${DEVICE_BYTES / MIB_BYTES} MiB come and go ${CYCLES} times, piece by piece`,
  run: (plan) =>
    onLiveHost(
      plan,
      "virtio-mem",
      {
        // What it plugs in goes online by itself.
        extraCmdline: "memhp_default_state=online_movable",
        hardware: {
          hotplugBytes: GIB_BYTES,
          objects: [`memory-backend-ram,id=later,size=${DEVICE_BYTES / MIB_BYTES}M`],
          devices: ["virtio-mem-pci,id=vmem,memdev=later,requested-size=0"],
        },
      },
      growAndShrink,
    ),
};

/** @throws what the host's exec throws; QmpError */
export async function growAndShrink(host: Pick<NestedHost, "exec" | "qemu">): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    const plugged = await resize(host, DEVICE_BYTES);
    results.push(check(`${plugged / MIB_BYTES} MiB are there, time ${cycle}`, plugged === DEVICE_BYTES));
    results.push(checked("memory with it", await host.exec(`zerocheck ${LOAD_MIB} 1 huge`, SCENARIO_MS)));
    const left = await resize(host, 0);
    results.push(check(`${left / MIB_BYTES} MiB are left, time ${cycle}`, left === 0));
  }
  return results;
}

/** Asks for that size and waits for it. @returns what is plugged in the end, bytes */
async function resize({ qemu }: Pick<NestedHost, "qemu">, bytes: number): Promise<number> {
  const path = { path: "/machine/peripheral/vmem", property: "requested-size", value: bytes };
  await qemu.qmp.execute("qom-set", path, z.unknown());
  const endMs = Date.now() + RESIZE_MS;
  for (;;) {
    const all = await qemu.qmp.execute("query-memory-devices", {}, devices);
    const size = all.find(({ type }) => type === "virtio-mem")?.data.size ?? Number.NaN;
    if (size === bytes || Date.now() > endMs) return size;
    await sleep(POLL_MS);
  }
}
