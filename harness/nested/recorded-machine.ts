import type { ExecAnswer } from "../base/exec.ts";
import type { Shell } from "../base/shell.ts";
import { hostArgs } from "../qemu.ts";
import type { MachineOrder, RunningMachine } from "./start-machine.ts";

const TIMING = '{"seconds":1,"execSeconds":0.01,"startedAt":1,"endedAt":2,"cpuSeconds":1,"pid":1,"exitCode":0}\n';
const COUNTERS = "uptime 1 1\ncpu0 0 0 0 0 0 0 0 0\nnr_free_pages 1\nnr_prezeroed 1\n";
const PREZERO_COUNTERS = "prezero_cleared 0\nprezero_hit 0\nprezero_miss 0\nprezero_wasted 0\n";
/** Of a program that measures; who does not measure does not read it. */
const MEASURED = '{"seconds":1,"values":{},"hugeShare":null}\n';

/** What stands for the answers that the harness reads; the first pattern that the command has decides. */
const STAND_INS: [RegExp, (command: string, devices: readonly string[]) => string][] = [
  [/^cd \/sys\/bus\/pci\/devices/, (_, devices) => devices.map(device).join("\n")],
  [/drivers_probe/, () => "vfio-pci\n"],
  [/^grep MemAvailable/, () => "MemAvailable: 1073741824 kB\n"],
  [/^icount/, () => "0.001\n"],
  [/^cat \/proc\/uptime/, () => "1 1\n"],
  [/^cd \/sys\/kernel\/mm\/transparent_hugepage/, thp],
  [/^echo "uptime/, () => COUNTERS + PREZERO_COUNTERS],
  [/vmtime/, (command) => TIMING.repeat(command.split("vmtime ").length - 1)],
  [/smaps_rollup/, (command) => "Anonymous: 1 kB\n".repeat(command.split("smaps_rollup").length - 1)],
  [/nr_hugepages/, (command) => `${/echo (\d+)/.exec(command)?.[1]} 1 1\n`],
  [/^setsid/, () => "1\n"],
  [/^kill -KILL/, () => ""],
  [/<>\/dev\/vfio/, () => "1 1\n"],
];

function device(address: string, group: number): string {
  return `${address} 0x8086 0x10d3 0x020000 ${group} .`;
}

function thp(command: string): string {
  const written = (file: string) => new RegExp(`echo (\\S+) > ${file}`).exec(command)?.[1];
  return `[${written("enabled")}]\n[${written("hugepages-64kB/enabled")}]\n`;
}

/**
 * The machine of a dry run: its QEMU is announced and not started, and on the host all goes well, so that the way of a
 * real run is gone to its end.
 * @param devices addresses of the PCI devices that will be asked for
 */
export function recordedMachine($: Shell, order: MachineOrder, devices: readonly string[]): RunningMachine {
  const running = $.start([order.program, ...hostArgs(order.host)]);
  const answer = (command: string): ExecAnswer => {
    const standIn = STAND_INS.find(([pattern]) => pattern.test(command))?.[1];
    return { stdout: standIn?.(command, devices) ?? MEASURED, stderr: "", exitCode: 0 };
  };
  const never = new Promise<never>(() => {});
  return {
    watched: {
      qemu: { exited: running.exited, reproducer: "" },
      console: { fatal: never, complaints: () => [], tail: () => "", silentMs: 0, unlogged: never },
      consoleLog: order.consoleLog,
      signal: $.signal,
    },
    qemu: {
      exited: running.exited,
      get pid(): never {
        throw $.endDryRun("what comes next depends on the machine's process");
      },
      get qmp(): never {
        throw $.endDryRun("what comes next depends on what the machine's monitor answers");
      },
    },
    ssh: {
      exec: (command) => Promise.resolve(answer(command)),
      attachTerminal: () => Promise.reject(new Error("a dry run has no terminal")),
    },
    accelerator: order.host.accel,
    qemuVersion: "not asked",
  };
}
