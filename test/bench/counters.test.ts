import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { pagesSince, parseCounters, readCounters } from "../../harness/bench/counters.ts";

const plain = [
  "uptime 500.25 950.00",
  "cpu  1000 20 300 95000 300 11 13 200 500 0",
  "cpu0 500 10 150 47000 200 5 7 100 250 0",
  "cpu1 500 10 150 48000 100 6 6 100 250 0",
  "nr_free_pages 1048576",
  "nr_zone_inactive_anon 0",
  "",
].join("\n");
const series = `${plain}nr_prezeroed 1000000\nprezero_cleared 2000000\nprezero_hit 70\nprezero_miss 3\nprezero_wasted 1\n`;
const patched = `${series}prezero_cpu_usecs 2500000\n`;
/** What a node's worker is seen to have run: nanoseconds, and ticks in user space and in the kernel. */
const worker = (node: number, ranNs: number, user: number, system: number) =>
  `worker ${ranNs} ${60 + node} (page_prezero/${node}) S 2 0 0 0 -1 2129984 0 0 0 0 ${user} ${system} 0 0 39 19 1 0 41 0 0\n`;

describe("the counters of a host", () => {
  test("on a plain kernel: free pages, and the time that CPUs were neither idle nor taken away", () => {
    const counters = parseCounters(plain);
    expect(counters).toEqual({ freePages: 1048576, hostCpuSeconds: expect.closeTo(2 * 500.25 - 955), prezero: null });
  });

  test("with the series: its level, its hits and misses, its worker's time", () => {
    expect(parseCounters(patched).prezero).toEqual({
      zeroedPages: 1000000,
      pages: { cleared: 2000000, hit: 70, miss: 3, wasted: 1, lost: null },
      workerCpuSeconds: 2.5,
    });
  });

  describe("of pages that were lost", () => {
    const lossy = `${patched}prezero_lost_isolated 40\nprezero_lost_by_chance 0\n`;
    const lostIn = (text: string) => parseCounters(text).prezero?.pages.lost;

    test("are kept by cause, whatever causes the kernel names", () => {
      expect(lostIn(lossy)).toEqual({ isolated: 40, by_chance: 0 });
    });

    test("are unknown where it names none, which is not the same as none lost", () => {
      expect(lostIn(patched)).toBeNull();
    });

    test("are refused where they are no number", () => {
      expect(() => lostIn(lossy.replace("isolated 40", "isolated forty"))).toThrow(/could not be read/);
    });
  });

  describe("between two readings", () => {
    const first = parseCounters(`${patched}prezero_lost_isolated 40\n`);
    const later = `${patched}prezero_lost_isolated 45\nprezero_lost_poisoned 1\n`
      .replace("prezero_hit 70", "prezero_hit 90")
      .replace("prezero_miss 3", "prezero_miss 4")
      .replace("prezero_wasted 1", "prezero_wasted 11")
      .replace("prezero_cleared 2000000", "prezero_cleared 2000100");

    test("tell what became of pages meanwhile", () => {
      const lost = { isolated: 5, poisoned: 1 };
      expect(pagesSince(first, parseCounters(later))).toEqual({ cleared: 100, hit: 20, miss: 1, wasted: 10, lost });
    });

    test("tell all since the boot when there is no earlier one", () => {
      expect(pagesSince(null, first)).toEqual(first.prezero?.pages);
    });

    test("tell nothing on a plain kernel", () => {
      expect(pagesSince(parseCounters(plain), parseCounters(plain))).toBeNull();
    });
  });

  describe("of a series with a thread for each node", () => {
    const secondsOf = (workers: string, text = series) => parseCounters(text + workers).prezero?.workerCpuSeconds;

    test("are the time that these ran, in nanoseconds where the kernel tells them", () => {
      expect(secondsOf(worker(0, 1_500_000_000, 0, 149) + worker(1, 250_000_000, 0, 24))).toBe(1.75);
    });

    test("or in ticks", () => {
      expect(secondsOf(worker(0, 0, 3, 147) + worker(1, 0, 0, 25))).toBe(1.75);
    });

    test("are none before it is enabled: there is no thread, and nothing was cleared", () => {
      expect(secondsOf("", series.replace("prezero_cleared 2000000", "prezero_cleared 0"))).toBe(0);
    });

    test("are the series' own where it counts itself", () => {
      expect(secondsOf(worker(0, 1_500_000_000, 0, 149), patched)).toBe(2.5);
    });

    test.each([
      ["nobody that has cleared what is clear", "", "no thread page_prezero/N"],
      ["half a line", worker(0, 5, 0, 0).slice(0, 40), "not the CPU time of a thread"],
      [
        "another thread's line",
        worker(0, 5, 0, 0).replace("page_prezero/0", "page_zero"),
        "not the CPU time of a thread",
      ],
    ])("are refused with %s", (_what, workers, detail) => {
      expect(() => secondsOf(workers)).toThrow(
        expect.objectContaining({ code: "COUNTERS_UNREADABLE", detail: expect.stringContaining(detail) }),
      );
    });
  });

  test.each([
    ["nothing at all", ""],
    ["no CPUs", plain.replace(/cpu\d/g, "gpu")],
    ["no uptime", plain.replace("uptime", "downtime")],
    ["no free pages", plain.replace("nr_free_pages", "nr_pages")],
    ["half of the series", patched.replace("prezero_miss", "prezero_mess")],
    ["a count that is no number", patched.replace("prezero_hit 70", "prezero_hit many")],
  ])("are refused with %s", (_what, text) => {
    expect(() => parseCounters(text)).toThrow(expect.objectContaining({ code: "COUNTERS_UNREADABLE", exitCode: 3 }));
  });
});

describe("the command that reads them", () => {
  /** As the host under test runs it, which has nothing but busybox. */
  const run = async (command: string) => {
    const own = `for name in cat grep; do alias $name="busybox $name"; done\n${command}`;
    const { status, stdout, stderr } = spawnSync("busybox", ["sh", "-c", own], { encoding: "utf8" });
    return { exitCode: status ?? 128, stdout, stderr };
  };

  test("reads those of any Linux, which has no worker", async () => {
    const counters = await readCounters({ exec: run });
    expect(counters.freePages).toBeGreaterThan(0);
    expect(counters.prezero).toBeNull();
  });

  test("reads the time of what is named like a worker", async () => {
    const worker = spawn("sh", ["-c", "printf page_prezero/9 > /proc/$$/comm; echo named; read until_the_end"]);
    await once(worker.stdout, "data");
    let printed = "";
    const exec = async (command: string) => {
      const answer = await run(command);
      printed = answer.stdout;
      return answer;
    };
    await readCounters({ exec });
    worker.kill();
    const line = `^worker \\d+ ${worker.pid} \\(page_prezero/9\\) S(?: -?\\d+){10} \\d+ \\d+ `;
    expect(printed).toMatch(new RegExp(line, "m"));
  });

  test("has failed when a part of it has", async () => {
    const exec = (command: string) => run(command.replace("/proc/vmstat", "/proc/vmstatistics"));
    await expect(readCounters({ exec })).rejects.toMatchObject({ code: "COUNTERS_UNREADABLE" });
  });
});
