import { describe, expect, test } from "vitest";
import { parseCounters } from "../../harness/bench/counters.ts";

const plain = "cpu  1000 20 300 90000 7 11 13 0 500 0\nnr_free_pages 1048576\nnr_zone_inactive_anon 0\n";
const patched = `${plain}nr_prezeroed 1000000\nprezero_cleared 2000000\nprezero_hit 70\nprezero_miss 3\nprezero_wasted 1\nprezero_cpu_usecs 2500000\n`;

describe("the counters of a host", () => {
  test("on a plain kernel: free pages and the CPU time of everything but idling", () => {
    const counters = parseCounters(plain);
    expect(counters).toEqual({ freePages: 1048576, hostCpuSeconds: expect.closeTo(13.44), prezero: null });
  });

  test("with the series: its level, its hits and misses, its worker's time", () => {
    expect(parseCounters(patched).prezero).toEqual({
      zeroedPages: 1000000,
      hitPages: 70,
      missPages: 3,
      workerCpuSeconds: 2.5,
    });
  });

  test.each([
    ["nothing at all", ""],
    ["no CPU line", plain.replace("cpu ", "gpu ")],
    ["no free pages", plain.replace("nr_free_pages", "nr_pages")],
    ["half of the series", patched.replace("prezero_miss", "prezero_mess")],
    ["a count that is no number", patched.replace("prezero_hit 70", "prezero_hit many")],
  ])("are refused with %s", (_what, text) => {
    expect(() => parseCounters(text)).toThrow(expect.objectContaining({ code: "COUNTERS_UNREADABLE", exitCode: 3 }));
  });
});
