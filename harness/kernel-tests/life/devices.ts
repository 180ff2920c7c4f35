import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Shell } from "../../base/shell.ts";
import { GIB_BYTES, MIB_BYTES } from "../../base/size.ts";
import { CONTROLS } from "../../host/controls.ts";
import type { TestHost } from "../../hosts.ts";
import { check, measured, type TestResult } from "../../ktap/result.ts";
import { checked, ended, number } from "../boot/answers.ts";
import type { Scenario, TestPlan } from "../boot/test-host.ts";
import { WORKER_ON } from "../boot/worker.ts";
import { afterwards, bootLife, onLiveHost, SCENARIO_MS } from "./host.ts";
import { poolOf } from "./numa.ts";

const DIMM_BYTES = GIB_BYTES / 2;
const HOTPLUG_CYCLES = 3;
/** Node of its own, which has no memory before. */
const NODE = 1;
/** What a node has of the series as long as it has memory: a directory or a file. */
const NODE_FILES = `${CONTROLS}/node${NODE} /sys/devices/system/node/node${NODE}/nr_prezeroed`;
const WORKER = `grep -lsx page_prezero/${NODE} /proc/[0-9]*/comm`;
/** Only a series that has a directory for each node has a worker for each. */
const THERE = `[ ! -e ${CONTROLS}/node0 ] || { [ -e ${CONTROLS}/node${NODE}/level ] && ${WORKER}; }`;
const GONE = `[ -z "$(ls -d ${NODE_FILES} 2>/dev/null; ${WORKER})" ]`;
/** They follow the node's memory a moment later. */
const soon = (condition: string) =>
  `for try in $(seq 50); do { ${condition}; } > /dev/null && exit 0; sleep 0.1; done; exit 1`;
const HOTPLUG_LOAD_MIB = 256;
const UNPLUG_MS = 60_000;
const anything = z.unknown();
/** Blocks of the DIMM: they are there, and offline, some time after it was plugged in. */
const ONLINE = `for try in $(seq 50); do grep -q offline /sys/devices/system/memory/memory*/state && break; sleep 0.1; done
for block in $(grep -l '^offline' /sys/devices/system/memory/memory*/state); do echo online_movable > $block || exit 1; done`;
const OFFLINE = `for block in $(ls -d /sys/devices/system/node/node${NODE}/memory[0-9]*); do
  for try in $(seq 20); do echo offline > $block/state && break; sleep 0.2; done
  grep -q offline $block/state || exit 1
done`;
const FILLED = `for try in $(seq 150); do [ $(${poolOf(NODE)}) -gt ${DIMM_BYTES / 4096 / 2} ] && break; sleep 0.2; done; ${poolOf(NODE)}`;

export const hotplug: Scenario = {
  name: "memory hotplug",
  about: `a DIMM on a node of its own is plugged in, goes on and off ${HOTPLUG_CYCLES} times, its worker with it, and is unplugged`,
  run: ($, plan) => onLiveHost($, plan, "hotplug", { hardware: { emptyNode: true, hotplugBytes: GIB_BYTES } }, dimm),
};

/** @throws what the host's exec throws; QmpError when QEMU refuses the DIMM */
export async function dimm(host: Pick<TestHost, "exec" | "qemu">): Promise<TestResult[]> {
  const { qmp } = host.qemu;
  const backend = { "qom-type": "memory-backend-ram", id: "later", size: DIMM_BYTES };
  await qmp.execute("object-add", backend, anything);
  await qmp.execute("device_add", { driver: "pc-dimm", id: "dimm", memdev: "later", node: NODE }, anything);
  const results: TestResult[] = [];
  for (let cycle = 1; cycle <= HOTPLUG_CYCLES; cycle++) {
    results.push(ended(`online, time ${cycle}`, await host.exec(ONLINE, SCENARIO_MS)));
    results.push(ended("the node has its files and its worker", await host.exec(soon(THERE))));
    const pages = number((await host.exec(FILLED, SCENARIO_MS)).stdout);
    results.push(measured("the worker clears the new node", `${pages} pages`, pages * 4096 > DIMM_BYTES / 2));
    results.push(
      checked("memory of the node", await host.exec(`zerocheck ${HOTPLUG_LOAD_MIB} 1 small ${NODE}`, SCENARIO_MS)),
    );
    results.push(ended(`offline, time ${cycle}`, await host.exec(OFFLINE, SCENARIO_MS)));
    results.push(ended("they go with its memory", await host.exec(soon(GONE))));
  }
  const gone = qmp.nextEvent("DEVICE_DELETED", UNPLUG_MS);
  gone.catch(() => {});
  await qmp.execute("device_del", { id: "dimm" }, anything);
  const { data } = await gone;
  return [...results, check(`${DIMM_BYTES / MIB_BYTES} MiB were unplugged`, data?.device === "dimm")];
}

const DEVICE_BYTES = GIB_BYTES / 2;
const VIRTIO_MEM_CYCLES = 3;
const VIRTIO_MEM_LOAD_MIB = 512;
const RESIZE_MS = 60_000;
const VIRTIO_MEM_POLL_MS = 200;
const devices = z.array(z.object({ type: z.string(), data: z.object({ size: z.int().optional() }) }));

export const virtioMem: Scenario = {
  name: "virtio-mem",
  about: `${DEVICE_BYTES / MIB_BYTES} MiB come and go ${VIRTIO_MEM_CYCLES} times, piece by piece`,
  run: ($, plan) =>
    onLiveHost(
      $,
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
export async function growAndShrink(host: Pick<TestHost, "exec" | "qemu">): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (let cycle = 1; cycle <= VIRTIO_MEM_CYCLES; cycle++) {
    const plugged = await resize(host, DEVICE_BYTES);
    results.push(measured(`all of it is there, time ${cycle}`, mib(plugged), plugged === DEVICE_BYTES));
    results.push(checked("memory with it", await host.exec(`zerocheck ${VIRTIO_MEM_LOAD_MIB} 1 huge`, SCENARIO_MS)));
    const left = await resize(host, 0);
    results.push(measured(`nothing is left, time ${cycle}`, mib(left), left === 0));
  }
  return results;
}

/** Asks for that size and waits for it. @returns what is plugged in the end, bytes */
async function resize({ qemu }: Pick<TestHost, "qemu">, bytes: number): Promise<number> {
  const path = { path: "/machine/peripheral/vmem", property: "requested-size", value: bytes };
  await qemu.qmp.execute("qom-set", path, z.unknown());
  const endMs = Date.now() + RESIZE_MS;
  for (;;) {
    const all = await qemu.qmp.execute("query-memory-devices", {}, devices);
    const size = all.find(({ type }) => type === "virtio-mem")?.data.size ?? Number.NaN;
    if (size === bytes || Date.now() > endMs) return size;
    await sleep(VIRTIO_MEM_POLL_MS);
  }
}

const HOST_BYTES = 1.5 * GIB_BYTES;
const BALLOON_LOAD_MIB = 768;
const BALLOON_BYTES = GIB_BYTES / 2;
/** What was used and is free has to go back to this machine, all but pieces that are smaller than a huge page. */
const KEPT_SHARE = 0.25;
const WAIT_MS = 40_000;
const BALLOON_POLL_MS = 500;
const balloonSize = z.object({ actual: z.int() });
/** Long enough for a worker that touches reported memory to fault a good part of it in. */
const WORKER_MS = 10_000;

type BalloonHost = Pick<TestHost, "exec" | "qemu">;

export const balloon: Scenario = {
  name: "balloon",
  about: "free page reporting and a balloon beside the worker, with this machine's view on the memory",
  run: besideBalloon,
};

async function besideBalloon($: Shell, plan: TestPlan): Promise<TestResult[]> {
  const hardware = { preallocate: false, devices: ["virtio-balloon-pci,id=balloon,free-page-reporting=on"] };
  await using host = await bootLife($, plan, "balloon", { memoryBytes: HOST_BYTES, hardware });
  const cases = [...(await reporting(host)), ...(await inflating(host))];
  return [...cases, ...(await afterwards(host))];
}

/** Memory that was reported is gone from QEMU, and stays so when the worker goes over what is free. */
async function reporting(host: BalloonHost): Promise<TestResult[]> {
  const idle = residentBytes(host);
  const load = await host.exec(`zerocheck ${BALLOON_LOAD_MIB} 1 small`, SCENARIO_MS);
  const used = residentBytes(host);
  const goal = idle + BALLOON_LOAD_MIB * MIB_BYTES * KEPT_SHARE;
  const reported = await waitBelow(host, goal);
  await host.exec(WORKER_ON);
  await sleep(WORKER_MS);
  const worked = residentBytes(host);
  const again = await host.exec(`zerocheck ${BALLOON_LOAD_MIB} 1 huge`, SCENARIO_MS);
  const both = await waitBelow(host, goal);
  return [
    checked("a load without the worker", load),
    measured(
      "it made QEMU larger",
      `${mib(idle)}, then ${mib(used)}`,
      used - idle > (BALLOON_LOAD_MIB * MIB_BYTES) / 2,
    ),
    measured("what was free again was reported", mib(reported), reported <= goal),
    measured("the worker left that alone", mib(worked), worked <= goal),
    checked("a load with both", again),
    measured("what both have seen went back too", mib(both), both <= goal),
  ];
}

/** The balloon takes a third of the memory and gives it back. */
async function inflating(host: BalloonHost): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const bytes of [HOST_BYTES - BALLOON_BYTES, HOST_BYTES]) {
    await host.qemu.qmp.execute("balloon", { value: bytes }, z.unknown());
    const endMs = Date.now() + WAIT_MS;
    let actual = Number.NaN;
    while (actual !== bytes && Date.now() < endMs) {
      await sleep(BALLOON_POLL_MS);
      ({ actual } = await host.qemu.qmp.execute("query-balloon", {}, balloonSize));
    }
    results.push(measured(`the balloon leaves ${mib(bytes)} of ${mib(HOST_BYTES)}`, mib(actual), actual === bytes));
    results.push(checked("memory beside it", await host.exec("zerocheck 256 1 small", SCENARIO_MS)));
  }
  return results;
}

async function waitBelow(host: BalloonHost, bytes: number): Promise<number> {
  const endMs = Date.now() + WAIT_MS;
  while (residentBytes(host) > bytes && Date.now() < endMs) await sleep(BALLOON_POLL_MS);
  return residentBytes(host);
}

function residentBytes({ qemu }: BalloonHost): number {
  return parseResident(readFileSync(`/proc/${qemu.pid}/status`, "utf8"));
}

/** Bytes that a process has in memory, from its status file; NaN when that does not say. */
export function parseResident(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB_BYTES)} MiB`;
}
