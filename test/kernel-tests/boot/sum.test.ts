import { describe, expect, test } from "vitest";
import { judgeSum, nothingIsMissing } from "../../../harness/kernel-tests/boot/sum.ts";
import { fakeHost } from "../life/fake-host.ts";

const LISTS = `Node 0, zone   Normal
  pagesets
    cpu: 0
              count:    700
              high:     900
    cpu: 1
              count:    100
              high:     900
`;
/** 3,000 of 100,000 pages are lost, for two reasons. */
const vmstat = (prezeroed: number) => `nr_free_pages 900000
nr_prezeroed ${prezeroed}
prezero_cleared 100000
prezero_hit 50000
prezero_miss 7000
prezero_wasted 4000
prezero_lost_isolated 2000
prezero_lost_poisoned 1000
`;
const statusOf = (text: string) => judgeSum(text).status;

describe("what was cleared", () => {
  test("adds up, as far as it is not on the lists of CPUs", () => {
    expect(judgeSum(LISTS + vmstat(42_800))).toMatchObject({
      status: "passed",
      found: "100000 pages, 200 of them neither free nor counted, 800 pages on per-CPU lists",
    });
  });

  test.each([
    ["more is missing than CPUs have on their lists", LISTS + vmstat(41_000)],
    ["something is counted twice", LISTS + vmstat(44_000)],
    ["nothing was cleared", LISTS + vmstat(42_800).replace("cleared 100000", "cleared 0")],
    ["a counter is not there", LISTS + vmstat(42_800).replace(/prezero_wasted.*\n/, "")],
  ])("does not when %s", (_, text) => {
    expect(statusOf(text)).toBe("failed");
  });

  test("cannot on a kernel that does not count what it loses", () => {
    expect(statusOf(LISTS + vmstat(42_800).replaceAll(/prezero_lost.*\n/g, ""))).toBe("skipped");
  });
});

test("the figures are read between two visits of the worker", async () => {
  const host = fakeHost([[/zoneinfo \/proc\/vmstat/, LISTS + vmstat(42_800)]]);
  expect((await nothingIsMissing(host.exec)).status).toBe("passed");
  expect(host.commands).toEqual([expect.stringMatching(/echo 600000 > .*stat_refresh.*vmstat; echo 100 > /)]);
});
