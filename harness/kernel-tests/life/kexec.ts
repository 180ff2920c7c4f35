import { basename } from "node:path";
import type { Shell } from "../../base/shell.ts";
import type { TestResult } from "../../ktap/result.ts";
import { checked, ended } from "../boot/answers.ts";
import { quiet, richKernel, type Scenario, type TestPlan } from "../boot/test-host.ts";
import { fillPool } from "../boot/worker.ts";
import { ConsoleReport, judgeReport } from "./console-report.ts";
import { bootLife, SCENARIO_MS } from "./host.ts";

const LOOK_MIB = 256;
const DIRTY_MIB = 512;
const PROGRAMS = "/usr/local/bin";
const INITRD = "/run/next.cpio";
/** Quiet, as the first kernel; a machine that does not come up again must end. */
const CMDLINE = `console=ttyS0 panic=-1 oops=panic loglevel=5 rdinit=/nextlife -- ${LOOK_MIB}`;
/** The first and the last line of what the next kernel's only process prints. */
const BEGIN = /^nextlife: begin/m;
const END = /^nextlife: end/m;

export const kexec: Scenario = {
  name: "kexec",
  about: "a kernel follows on memory that the first one left dirty and marked",
  run: followed,
};

async function followed($: Shell, plan: TestPlan): Promise<TestResult[]> {
  const report = new ConsoleReport($);
  const image = (await richKernel($, plan.base, "prezero")).imagePath;
  await using host = await bootLife($, plan, "kexec", { programs: [image], onConsole: report.take });
  const full = await fillPool(host);
  const dirty = await host.exec(`zerocheck ${DIRTY_MIB} 1 small`, SCENARIO_MS);
  const packed = await host.exec(`cd ${PROGRAMS} && printf 'nextlife\\nzerocheck\\n' | cpio -o -H newc > ${INITRD}`);
  // In a session of its own: the connection ends with the kernel.
  const load = `kexecload ${PROGRAMS}/${basename(image)} ${INITRD} "${CMDLINE}"`;
  const loaded = await host.exec(`setsid sh -c 'sleep 1; ${load}' < /dev/null > /dev/console 2>&1 &`);
  const text = await report.until(END, host, SCENARIO_MS);
  return [
    full,
    checked("memory before", dirty),
    ended("the next root is packed", packed),
    ended("the kernel is told to go", loaded),
    ...judgeNextLife(text),
    await quiet(host),
  ];
}

/** What the next kernel has to say. What the first one printed before it is on the same console and does not count. */
export function judgeNextLife(text: string): TestResult[] {
  return judgeReport("memory of the next kernel", text.slice(text.search(BEGIN)));
}
