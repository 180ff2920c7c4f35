import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Answer = { stdout: string; stderr?: string; exitCode?: number };

/** PCI devices as harness/vfio/devices.ts lists them: address, vendor, device, class, group, driver. */
const DEVICES = [
  "0000:00:00.0 0x8086 0x29c0 0x060000 0 .",
  "0000:00:01.0 0x1af4 0x1000 0x020000 1 virtio-pci.",
  "0000:00:10.0 0x8086 0x10d3 0x020000 2 .",
  "0000:00:1f.2 0x8086 0x2922 0x010601 3 ahci.",
  "0000:00:1f.3 0x8086 0x2930 0x0c0500 3 .",
  "0000:00:1e.0 0x8086 0x244e 0x060401  .",
];
const SMAPS_ROLLUP = "Rss: 1071848 kB\nAnonymous:       1062772 kB\nAnonHugePages:   1050624 kB\n";
/** What QEMU wrote while a VM was created, and a time in which that was. */
const TRACE = join(import.meta.dirname, "../golden/trace/vm-create.log");
const TIMING =
  '{"seconds":3.230538,"execSeconds":0.004655,"startedAt":1795555681.822860,"endedAt":1795555685.053398,' +
  '"cpuSeconds":3.162624,"pid":81,"exitCode":0}\n';
const startedMs = Date.now();
const uptime = () => ((Date.now() - startedMs) / 1000 + 2).toFixed(2);

/** What the fake host knows to answer; the first pattern that the command contains decides. */
const ANSWERS: [RegExp, (command: string) => Answer][] = [
  [/^cd \/sys\/bus\/pci\/devices/, () => ({ stdout: `${DEVICES.join("\n")}\n` })],
  [/drivers_probe/, () => ({ stdout: "vfio-pci\n" })],
  [/^grep MemAvailable/, () => ({ stdout: "MemAvailable:    3870000 kB\n" })],
  [/^echo "uptime/, () => ({ stdout: `uptime ${uptime()} 1.00\ncpu0 1 2 3 100 0 0 0 0\nnr_free_pages 900000\n` })],
  [/^cat \/proc\/uptime/, () => ({ stdout: `${uptime()} 1.00\n` })],
  [/^cd \/sys\/kernel\/mm\/transparent_hugepage/, setThp],
  [/^test -e \/usr\/local\/bin\/bzImage && /, () => ({ stdout: "" })],
  [/^cat .*\.trace$/, () => ({ stdout: readFileSync(TRACE, "utf8") })],
  [/vmtime/, () => ({ stdout: TIMING })],
  [/^populate map/, () => ({ stdout: '{"seconds":1.618034,"values":{"unmapSeconds":0.125},"hugeShare":0.75}\n' })],
  [/smaps_rollup/, () => ({ stdout: SMAPS_ROLLUP })],
  [/^kill -KILL/, () => ({ stdout: "" })],
  [/<>\/dev\/vfio/, () => ({ stdout: "31.00 31.20\n" })],
  [/^exit (\d+)/, (command) => ({ stdout: "", exitCode: Number(command.slice(5)) })],
  [/^echo /, (command) => ({ stdout: `${command.slice(5)}\n` })],
  [/^true/, () => ({ stdout: "" })],
];

export function answerTo(command: string): Answer {
  const found = ANSWERS.find(([pattern]) => pattern.test(command));
  return found ? found[1](command) : { stdout: "", stderr: `fake host: ${command}: not found\n`, exitCode: 127 };
}

function setThp(command: string): Answer {
  const enabled = /echo (\w+) > enabled/.exec(command)?.[1];
  const thp = "always madvise never".replace(enabled ?? "", (word) => `[${word}]`);
  const small = /echo (\w+) > hugepages-64kB/.exec(command)?.[1];
  return { stdout: `${thp}\n${"always inherit madvise never".replace(small ?? "", (word) => `[${word}]`)}\n` };
}
