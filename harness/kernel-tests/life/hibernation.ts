import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Shell } from "../../base/shell.ts";
import { GIB_BYTES } from "../../base/size.ts";
import { CONTROLS } from "../../host/controls.ts";
import { check, measured, type TestResult } from "../../ktap/result.ts";
import { checked, counter, ended } from "../boot/answers.ts";
import { quiet, type Scenario, type TestPlan } from "../boot/test-host.ts";
import { fillPool } from "../boot/worker.ts";
import { ConsoleReport, judgeReport } from "./console-report.ts";
import { bootLife, type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const DISK_BYTES = GIB_BYTES;
const LOOK_MIB = 256;
/** Nearly all of the memory of the machine that resumes is written to, so that what was free before is not zero by luck. */
const DIRTY_SHARE_PERCENT = 85;
/** In a shell of its own that is part of the image: it goes on where it was, in another machine. */
const HIBERNATE = `echo shutdown > /sys/power/disk
echo 600000 > ${CONTROLS}/delay_millisecs
grep nr_prezeroed /proc/vmstat | sed s/nr_/before_/
echo disk > /sys/power/state || echo "hibernation: refused"
grep nr_prezeroed /proc/vmstat | sed s/nr_/after_/
zerocheck ${LOOK_MIB} 1 small; zerocheck ${LOOK_MIB} 1 huge
echo 100 > ${CONTROLS}/delay_millisecs; sleep 5
zerocheck ${LOOK_MIB} 1 small; zerocheck ${LOOK_MIB} 1 huge
cat /proc/vmstat; echo "hibernation: end"`;
const HIBERNATE_ALONE = `cat > /run/hibernate << 'END'
${HIBERNATE}
END
mkswap /dev/vda > /dev/null && swapon /dev/vda && { setsid sh /run/hibernate < /dev/null > /dev/console 2>&1 & }`;
const DIRTY = `mib=$(awk '/^MemAvailable/{print int($2 * ${DIRTY_SHARE_PERCENT} / 100 / 1024)}' /proc/meminfo)
zerocheck $mib 1 small`;
const WAKE = "setsid sh -c 'sleep 1; echo /dev/vda > /sys/power/resume' < /dev/null > /dev/console 2>&1 &";

export const hibernation: Scenario = {
  name: "hibernation",
  about: "suspend to disk with a full pool, and resume on a machine whose memory was written to",
  run: sleepAndWake,
};

async function sleepAndWake($: Shell, plan: TestPlan): Promise<TestResult[]> {
  const disk = join(plan.scratch, "hibernation.img");
  await writeFile(disk, "");
  await truncate(disk, DISK_BYTES);
  try {
    return [...(await fallAsleep($, plan, disk)), ...(await wake($, plan, disk))];
  } finally {
    await rm(disk, { force: true });
  }
}

async function fallAsleep($: Shell, plan: TestPlan, disk: string): Promise<TestResult[]> {
  await using host = await bootLife($, plan, "hibernation-sleeps", { hardware: { disk } });
  const full = await fillPool(host);
  const asleep = await host.exec(HIBERNATE_ALONE);
  const exit = await Promise.race([host.qemu.exited, sleep(SCENARIO_MS, undefined, { ref: false })]);
  return [
    full,
    ended("it is told to hibernate", asleep),
    check("it did, and is off", exit?.exitCode === 0),
    await quiet(host),
  ];
}

async function wake($: Shell, plan: TestPlan, disk: string): Promise<TestResult[]> {
  const report = new ConsoleReport($);
  await using host = await bootLife($, plan, "hibernation-wakes", { hardware: { disk }, onConsole: report.take });
  // Its own marks must not be taken for those of the image either.
  const full = await fillPool(host);
  const dirty = await host.exec(DIRTY, SCENARIO_MS);
  const awake = await host.exec(WAKE);
  const text = await report.until(/^hibernation: end/m, host, SCENARIO_MS);
  return [
    full,
    checked("memory of the machine that resumes", dirty),
    ended("it is told to resume", awake),
    ...judgeHibernation(text),
    await quiet(host),
  ];
}

/** @param text console of the machine that resumed */
export function judgeHibernation(text: string): TestResult[] {
  const after = counter(text, "after_prezeroed");
  return [
    measured("no page is marked after the resume", `${after} pages`, after === 0, text),
    ...judgeReport("memory that was slept over", text),
  ];
}

/** How far the machine goes to sleep before it turns back, by /sys/power/pm_test. */
const DEPTHS = ["freezer", "devices"] as const;
const STATES = [
  { state: "freeze", cycles: 3 },
  // Memory for an image is set aside each time, which is slow.
  { state: "disk", cycles: 1 },
] as const;
const DIRTY_MIB = 128;
/** A pass is running when the freezer comes: there is just something to clear. */
const TURN_BACK = (
  depth: string,
  state: string,
  cycles: number,
) => `echo 0 > /sys/module/suspend/parameters/pm_test_delay
echo ${depth} > /sys/power/pm_test
for cycle in $(seq ${cycles}); do zerocheck ${DIRTY_MIB} 1 small && sleep 0.1 && echo ${state} > /sys/power/state || exit 1; done
echo none > /sys/power/pm_test`;

export const freezing: Scenario = {
  name: "freezing",
  about: "the machine begins to sleep and to hibernate, and turns back",
  run: ($, plan) => onLiveHost($, plan, "freezing", {}, freezes),
};

/** @throws what the host's exec throws */
export async function freezes(host: LifeHost): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const { state, cycles } of STATES) {
    for (const depth of DEPTHS) {
      results.push(checked(`${state} until ${depth}`, await host.exec(TURN_BACK(depth, state, cycles), SCENARIO_MS)));
    }
  }
  const before = counter((await host.exec("cat /proc/vmstat")).stdout, "prezero_cleared");
  const full = await fillPool(host);
  const after = counter(
    (await host.exec(`zerocheck ${DIRTY_MIB} 1 small > /dev/null; sleep 3; cat /proc/vmstat`)).stdout,
    "prezero_cleared",
  );
  return [
    ...results,
    ended("it is still enabled", await host.exec(`grep -q 1 ${CONTROLS}/enabled`)),
    full,
    measured("the worker is awake", `${after - before} pages cleared`, after > before),
  ];
}
