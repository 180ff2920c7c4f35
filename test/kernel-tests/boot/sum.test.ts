import { describe, expect, test } from "vitest";
import { judgeSum, nothingIsMissing } from "../../../harness/kernel-tests/boot/sum.ts";
import { fakeHost } from "../life/fake-host.ts";

/** 46,000 of 100,000 pages are lost, for two reasons. */
const VMSTAT = `nr_free_pages 900000
nr_prezeroed 0
prezero_cleared 100000
prezero_hit 50000
prezero_miss 7000
prezero_wasted 4000
prezero_lost_isolated 2000
prezero_lost_disabled 44000
`;

const answered = (stdout: string, exitCode = 0) => judgeSum({ stdout, stderr: "", exitCode });

describe("what was cleared", () => {
  test("adds up, to the page", () => {
    expect(answered(VMSTAT)).toMatchObject({
      status: "passed",
      found: "100000 pages: 50000 hits, 4000 wasted, 46000 lost, 0 left",
    });
  });

  test.each([
    ["a page is missing", VMSTAT.replace("prezero_hit 50000", "prezero_hit 49999")],
    ["a page is counted twice", VMSTAT.replace("prezero_wasted 4000", "prezero_wasted 4001")],
    ["a page is left, with the feature off", VMSTAT.replace("nr_prezeroed 0", "nr_prezeroed 1")],
    ["nothing was cleared", VMSTAT.replaceAll(/^(prezero_\w+) \d+/gm, "$1 0")],
    ["no reason is given for a loss", VMSTAT.replaceAll(/prezero_lost.*\n/g, "")],
    ["nothing was read", ""],
    ["a counter is not there", VMSTAT.replace(/prezero_wasted.*\n/, "")],
  ])("does not when %s", (_, text) => {
    expect(answered(text).status).toBe("failed");
  });

  test("does not when the feature could not be switched off and on", () => {
    expect(answered(VMSTAT, 1)).toMatchObject({ status: "failed", log: expect.arrayContaining(["exit code 1"]) });
  });

  test("cannot on a kernel that does not count what it loses", () => {
    const older = `${VMSTAT.replaceAll(/prezero_lost.*\n/g, "")}prezero_cpu_usecs 5000\n`;
    expect(answered(older).status).toBe("skipped");
    expect(answered(older, 1).status).toBe("failed");
  });
});

test("the figures are read with the feature off, and it is on afterwards", async () => {
  const host = fakeHost([[/stat_refresh/, VMSTAT]]);
  expect((await nothingIsMissing(host.exec)).status).toBe("passed");
  expect(host.commands).toEqual([
    expect.stringMatching(/echo 0 > .*enabled && .*vmstat &&\necho 1 > .*enabled && .*nice/s),
  ]);
});
