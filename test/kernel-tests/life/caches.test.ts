import { describe, expect, test } from "vitest";
import { droppedAndCompacted } from "../../../harness/kernel-tests/life/caches.ts";
import { failedOf, fakeHost, LOOKED } from "./fake-host.ts";

const SUM = "nr_prezeroed 0\nprezero_cleared 1000\nprezero_hit 570\nprezero_wasted 20\nprezero_lost_isolated 410\n";

describe("caches that are dropped, and memory that is compacted", () => {
  const WELL = {
    load: `${LOOKED}${LOOKED}12\n`,
    vmstat: "drop_pagecache 12\ncompact_migrate_scanned 5000\n",
    sum: SUM,
  };
  const failed = (change: Partial<typeof WELL>) => {
    const { load, vmstat, sum } = { ...WELL, ...change };
    const host = fakeHost([
      [/drop_caches/, load],
      [/stat_refresh/, sum],
      [/nr_free_pages/, "93\n"],
      [/vmstat/, vmstat],
    ]);
    return failedOf(droppedAndCompacted(host));
  };

  test("change nothing for those who come and go", async () => {
    expect(await failed({})).toEqual([]);
  });

  test.each([
    ["memory is not zero", { load: '{"pages":9,"dirty":1,"lost":0}\n12\n' }, /^what comes and goes/],
    ["they hardly ever happen", { load: `${LOOKED}2\n` }, /^it was done again and again: 2 times/],
    ["no cache was dropped", { vmstat: "drop_pagecache 0\ncompact_migrate_scanned 5000\n" }, /^caches were dropped/],
    ["compaction does nothing", { vmstat: "drop_pagecache 12\ncompact_migrate_scanned 0\n" }, /^caches were dropped/],
    ["pages get lost", { sum: SUM.replace("cleared 1000", "cleared 9000") }, /^all that was cleared/],
  ])("fail when %s", async (_, change, name) => {
    expect(await failed(change)).toEqual([expect.stringMatching(name)]);
  });
});
