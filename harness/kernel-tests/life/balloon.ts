import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { GIB_BYTES, MIB_BYTES } from "../../base/size.ts";
import { check, type TestResult } from "../../ktap/result.ts";
import type { NestedHost } from "../../nested/nested-host.ts";
import { checked } from "../boot/answers.ts";
import type { Scenario, TestPlan } from "../boot/test-host.ts";
import { WORKER_ON } from "../boot/worker.ts";
import { afterwards, bootLife, SCENARIO_MS } from "./host.ts";

const HOST_BYTES = 1.5 * GIB_BYTES;
const LOAD_MIB = 768;
const BALLOON_BYTES = GIB_BYTES / 2;
/** What was used and is free has to go back to this machine, all but pieces that are smaller than a huge page. */
const KEPT_SHARE = 0.25;
const WAIT_MS = 40_000;
const POLL_MS = 500;
const balloonSize = z.object({ actual: z.int() });
/** Long enough for a worker that touches reported memory to fault a good part of it in. */
const WORKER_MS = 10_000;

type BalloonHost = Pick<NestedHost, "exec" | "qemu">;

export const balloon: Scenario = {
  name: "balloon",
  about: "free page reporting and a balloon beside the worker, with this machine's view on the memory",
  run: besideBalloon,
};

async function besideBalloon(plan: TestPlan): Promise<TestResult[]> {
  const hardware = { preallocate: false, devices: ["virtio-balloon-pci,id=balloon,free-page-reporting=on"] };
  await using host = await bootLife(plan, "balloon", { memoryBytes: HOST_BYTES, hardware });
  const cases = [...(await reporting(host)), ...(await inflating(host))];
  return [...cases, ...(await afterwards(host))];
}

/** Memory that was reported is gone from QEMU, and stays so when the worker goes over what is free. */
async function reporting(host: BalloonHost): Promise<TestResult[]> {
  const idle = residentBytes(host);
  const load = await host.exec(`zerocheck ${LOAD_MIB} 1 small`, SCENARIO_MS);
  const used = residentBytes(host);
  const goal = idle + LOAD_MIB * MIB_BYTES * KEPT_SHARE;
  const reported = await waitBelow(host, goal);
  await host.exec(WORKER_ON);
  await sleep(WORKER_MS);
  const worked = residentBytes(host);
  const again = await host.exec(`zerocheck ${LOAD_MIB} 1 huge`, SCENARIO_MS);
  const both = await waitBelow(host, goal);
  return [
    checked("a load without the worker", load),
    check(`it made QEMU larger: ${mib(idle)}, then ${mib(used)}`, used - idle > (LOAD_MIB * MIB_BYTES) / 2),
    check(`what was free again was reported: ${mib(reported)}`, reported <= goal),
    check(`the worker left that alone: ${mib(worked)}`, worked <= goal),
    checked("a load with both", again),
    check(`what both have seen went back too: ${mib(both)}`, both <= goal),
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
      await sleep(POLL_MS);
      ({ actual } = await host.qemu.qmp.execute("query-balloon", {}, balloonSize));
    }
    results.push(check(`the balloon leaves ${mib(actual)} of ${mib(HOST_BYTES)}`, actual === bytes));
    results.push(checked("memory beside it", await host.exec("zerocheck 256 1 small", SCENARIO_MS)));
  }
  return results;
}

async function waitBelow(host: BalloonHost, bytes: number): Promise<number> {
  const endMs = Date.now() + WAIT_MS;
  while (residentBytes(host) > bytes && Date.now() < endMs) await sleep(POLL_MS);
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
