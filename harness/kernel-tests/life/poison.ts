import { z } from "zod";
import { GIB_BYTES } from "../../base/size.ts";
import { CONTROLS } from "../../host/controls.ts";
import { measured, skipped, type TestResult } from "../../ktap/result.ts";
import { counter, ended, number, objectsIn } from "../boot/answers.ts";
import { nothingIsMissing } from "../boot/sum.ts";
import type { Scenario } from "../boot/test-host.ts";
import { fillPool, PAUSE } from "../boot/worker.ts";
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
const POISON_LOAD_SHARE_PERCENT = 85;
const fate = z.object({ asked: z.int(), poisoned: z.int(), free: z.int(), handedOut: z.int() });
const CORRUPTED = "awk '/^HardwareCorrupted/{print $2}' /proc/meminfo";
const UNPOISON =
  "while read pfn; do echo $pfn > /sys/kernel/debug/hwpoison/unpoison-pfn || exit 1; done < /run/broken-injected";

export const poison: Scenario = {
  name: "memory errors",
  about: `${COUNT} pages that are free and zero break, in each of three ways`,
  run: ($, plan) => onLiveHost($, plan, "poison", {}, breakPages),
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
    measured("the kernel counts all broken memory", `${corruptedKb} kB`, corruptedKb === expectedKb),
    ended("injected errors can be taken back", unpoisoned),
    measured("the others are still broken", `${leftKb} kB`, leftKb === expectedKb - COUNT * PAGE_KB),
  ];
}

/** Takes nearly all memory and looks where the broken pages are meanwhile. */
async function fateOf(host: LifeHost, name: string): Promise<TestResult> {
  const command = `mib=$(awk '/^MemAvailable/{print int($2 * ${POISON_LOAD_SHARE_PERCENT} / 100 / 1024)}' /proc/meminfo)
poison check $mib < /run/broken-${name.split(" ")[0]}`;
  const { stdout, stderr } = await host.exec(command, SCENARIO_MS);
  const found = objectsIn(stdout, fate)[0];
  const well = found?.asked === COUNT && found.poisoned === COUNT && found.free === 0 && found.handedOut === 0;
  return measured(
    `${name}: they stay broken`,
    `${found?.poisoned} of ${COUNT}, ${found?.free} are free, ${found?.handedOut} are handed out`,
    well,
    `${stdout}${stderr}`,
  );
}

const HOST_BYTES = GIB_BYTES;
const BLOCKS = "/sys/kernel/debug/page_prezero/blocks";
const PIECES = "/dev/shm/pieces";
/** Free all the while, for those who look and for what is below the watermarks, which stays as it is. */
const LEAVE_MIB = 256;
/** All that may be zero is, when this ends: who asks for it now need not wait for the worker, and gets what that would leave. */
const ZERO_ALL = `for node in ${CONTROLS}/node*; do
  for try in $(seq 20); do echo ${HOST_BYTES} > $node/zero_now && continue 2; sleep 0.2; done
  exit 1
done`;
/** What is free between pages in use is zero; what is given back beside it is not, and merges with it. */
const APART = `${PAUSE} && mount -o remount,size=100% /dev/shm && fragment ${PIECES} ${LEAVE_MIB} 2 && { ${ZERO_ALL}; }`;
const MERGED = `rm ${PIECES} && cat ${BLOCKS}`;
/** So many of them are zero that a block which is broken into is likely to have some. */
const LEAST_REMEMBERED = 16_384;

export const mixed: Scenario = {
  name: "memory errors in mixed blocks",
  about: `${COUNT} pages of free blocks of which a part is zero break, in each of three ways`,
  run: ($, plan) => onLiveHost($, plan, "mixed", { memoryBytes: HOST_BYTES }, breakMixed),
};

/** @throws what the host's exec throws */
export async function breakMixed(host: LifeHost): Promise<TestResult[]> {
  const { exitCode } = await host.exec(`[ -e ${BLOCKS} ]`);
  if (exitCode !== 0) return [skipped("pages of mixed blocks break", "this kernel remembers nothing of what merges")];
  const results: TestResult[] = [];
  for (const { name, file, as } of WAYS) {
    const apart = await host.exec(APART, SCENARIO_MS);
    const merged = await host.exec(MERGED, SCENARIO_MS);
    const before = await lostToPoison(host);
    const command = `poison ${COUNT} ${file} ${as} mixed > /run/broken-${name.split(" ")[0]}`;
    const broken = await host.exec(command, SCENARIO_MS);
    const lost = (await lostToPoison(host)) - before;
    const pages = remembered(merged.stdout);
    results.push(
      ended("memory is in pieces, and zero between them", apart),
      measured("blocks are zero in part", `${pages} pages`, pages >= LEAST_REMEMBERED, merged.stdout + merged.stderr),
      ended(`${COUNT} pages of such blocks are ${name}`, broken),
      measured("what was zero beside them is counted as lost", `${lost} pages`, lost >= COUNT),
      ended("the rest is zero, too", await host.exec(ZERO_ALL, SCENARIO_MS)),
      await fateOf(host, name),
    );
  }
  // The worker waits for ten minutes until the pool is to be filled again.
  return [...results, await nothingIsMissing(host.exec), await fillPool(host)];
}

async function lostToPoison(host: LifeHost): Promise<number> {
  return counter((await host.exec("cat /proc/vmstat")).stdout, "prezero_lost_poisoned");
}

/** Pages of all zones that are zero in blocks that are not, in the file that has a line for each; NaN without one. */
export function remembered(blocks: string): number {
  const zones = [...blocks.matchAll(/ remembered (\d+)$/gm)].map(([, pages]) => Number(pages));
  return zones.length === 0 ? Number.NaN : zones.reduce((sum, pages) => sum + pages, 0);
}
