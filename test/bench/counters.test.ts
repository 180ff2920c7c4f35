import { describe, expect, test } from "vitest";
import { parseCounters } from "../../harness/bench/counters.ts";

const plain = [
  "uptime 500.25 950.00",
  "cpu  1000 20 300 95000 300 11 13 200 500 0",
  "cpu0 500 10 150 47000 200 5 7 100 250 0",
  "cpu1 500 10 150 48000 100 6 6 100 250 0",
  "nr_free_pages 1048576",
  "nr_zone_inactive_anon 0",
  "",
].join("\n");
const patched = `${plain}nr_prezeroed 1000000\nprezero_cleared 2000000\nprezero_hit 70\nprezero_miss 3\nprezero_wasted 1\nprezero_cpu_usecs 2500000\n`;

describe("the counters of a host", () => {
  test("on a plain kernel: free pages, and the time that CPUs were neither idle nor taken away", () => {
    const counters = parseCounters(plain);
    expect(counters).toEqual({ freePages: 1048576, hostCpuSeconds: expect.closeTo(2 * 500.25 - 955), prezero: null });
  });

  test("with the series: its level, its hits and misses, its worker's time", () => {
    expect(parseCounters(patched).prezero).toEqual({
      zeroedPages: 1000000,
      clearedPages: 2000000,
      hitPages: 70,
      missPages: 3,
      workerCpuSeconds: 2.5,
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
