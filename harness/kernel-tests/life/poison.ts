import { z } from "zod";
import { check, type TestResult } from "../../ktap/result.ts";
import { ended, number, objectsIn } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { fillPool } from "../boot/worker.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const COUNT = 40;
const SYSFS = "/sys/devices/system/memory";
const WAYS = [
  { name: "injected", file: "/sys/kernel/debug/hwpoison/corrupt-pfn", as: "pfn" },
  { name: "hard offlined", file: `${SYSFS}/hard_offline_page`, as: "address" },
  { name: "soft offlined", file: `${SYSFS}/soft_offline_page`, as: "address" },
] as const;
const PAGE_KB = 4;
/** Nearly all that is free, so that each page that could be handed out is. */
const LOAD_SHARE_PERCENT = 85;
const fate = z.object({ asked: z.int(), poisoned: z.int(), free: z.int(), handedOut: z.int() });
const CORRUPTED = "awk '/^HardwareCorrupted/{print $2}' /proc/meminfo";
const UNPOISON =
  "while read pfn; do echo $pfn > /sys/kernel/debug/hwpoison/unpoison-pfn || exit 1; done < /run/broken-injected";

export const poison: Scenario = {
  name: "memory errors",
  about: `${COUNT} pages that are free and zero break, in each of three ways`,
  run: (plan) => onLiveHost(plan, "poison", {}, breakPages),
};

/** @throws what the host's exec throws */
export async function breakPages(host: LifeHost): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const { name, file, as } of WAYS) {
    const broken = await host.exec(`poison ${COUNT} ${file} ${as} > /run/broken-${name.split(" ")[0]}`, SCENARIO_MS);
    results.push(ended(`${COUNT} pages are ${name}`, broken), await fillPool(host), await fateOf(host, name));
  }
  const corruptedKb = number((await host.exec(CORRUPTED)).stdout);
  const expectedKb = WAYS.length * COUNT * PAGE_KB;
  const unpoisoned = await host.exec(UNPOISON);
  const leftKb = number((await host.exec(CORRUPTED)).stdout);
  return [
    ...results,
    check(`the kernel counts ${corruptedKb} kB of broken memory`, corruptedKb === expectedKb),
    ended("injected errors can be taken back", unpoisoned),
    check(`${leftKb} kB are left`, leftKb === expectedKb - COUNT * PAGE_KB),
  ];
}

/** Takes nearly all memory and looks where the broken pages are meanwhile. */
async function fateOf(host: LifeHost, name: string): Promise<TestResult> {
  const command = `mib=$(awk '/^MemAvailable/{print int($2 * ${LOAD_SHARE_PERCENT} / 100 / 1024)}' /proc/meminfo)
poison check $mib < /run/broken-${name.split(" ")[0]}`;
  const { stdout, stderr } = await host.exec(command, SCENARIO_MS);
  const found = objectsIn(stdout, fate)[0];
  const well = found?.asked === COUNT && found.poisoned === COUNT && found.free === 0 && found.handedOut === 0;
  return check(
    `${name}: ${found?.poisoned} stay broken, ${found?.handedOut} are handed out`,
    well,
    `${stdout}${stderr}`,
  );
}
