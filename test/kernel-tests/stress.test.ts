import { describe, expect, test } from "vitest";
import { findComplaints } from "../../harness/host/complaints.ts";
import { quiet } from "../../harness/kernel-tests/boot/test-host.ts";
import { stress } from "../../harness/kernel-tests/stress.ts";

const LOAD = { seconds: 60, mibPerProcess: 96, processes: 4 };
const OUTPUT = "TAP version 13\n1..2\nok 1 64K: 0 of 6144 pages are not zero\nok 2 the verifier found 0 bad pages\n";

const VMSTAT = "nr_free_pages 1000\nprezero_hit 570\nprezero_miss 430\n";
/** What adds up to what was cleared, read with the feature off. */
const SUM = "nr_prezeroed 0\nprezero_cleared 1000\nprezero_hit 570\nprezero_wasted 20\nprezero_lost_isolated 410\n";

/** A host whose kselftest prints that, in pieces, and whose kernel has that in its counters. */
function host(output: string, exitCode = 0, vmstat = VMSTAT, sum = SUM) {
  const commands: string[] = [];
  return {
    commands,
    exec: async (command: string) => {
      commands.push(command);
      return {
        stdout: command === "cat /proc/vmstat" ? vmstat : /stat_refresh/.test(command) ? sum : "",
        stderr: "",
        exitCode: 0,
      };
    },
    stream: async (command: string, onOutput: (chunk: Buffer, isError: boolean) => void) => {
      commands.push(command);
      for (let at = 0; at < output.length; at += 7) onOutput(Buffer.from(output.slice(at, at + 7)), false);
      return exitCode;
    },
  };
}
const failed = async (...given: Parameters<typeof host>) =>
  (await stress(host(...given), LOAD)).filter(({ status }) => status === "failed").map(({ name }) => name);

describe("the stress in the guest", () => {
  test("is the series' kselftest with the load that was asked for, and every one of its cases", async () => {
    const guest = host(OUTPUT);
    const results = await stress(guest, LOAD);
    expect(guest.commands).toEqual([
      expect.stringContaining("nice"),
      "page_prezero 60 96 4",
      "cat /proc/vmstat",
      expect.stringContaining("stat_refresh"),
    ]);
    expect(results.map(({ name, found, status }) => [status, name, found ?? ""].join(" | "))).toEqual([
      "passed | the worker comes first for the test | ",
      "passed | 64K: all pages are zero | 0 of 6144 pages are not zero",
      "passed | the verifier found no bad page | 0 bad pages",
      "passed | pages came from the pool | 57.0 % of those that needed zeroes",
      "passed | all that was cleared is accounted for | 1000 pages: 570 hits, 20 wasted, 410 lost, 0 left",
      "passed | all of the kselftest was heard, and it ended well | ",
    ]);
  });

  test("fails with a page that is not zero", async () => {
    const bad = OUTPUT.replace("ok 1 64K: 0 of", "not ok 1 64K: 3 of");
    const found = (await stress(host(bad, 1), LOAD)).find(({ name }) => name === "64K: all pages are zero");
    expect(found).toMatchObject({ status: "failed", found: "3 of 6144 pages are not zero" });
  });

  test.each([
    ["ends in the middle", OUTPUT.slice(0, OUTPUT.indexOf("ok 2")), 0],
    ["is not found", "sh: page_prezero: not found\n", 127],
    ["ends badly after good results", OUTPUT, 139],
  ])("fails when the program %s", async (_, output, exitCode) => {
    expect(await failed(output, exitCode)).toEqual(["all of the kselftest was heard, and it ended well"]);
  });

  test.each([
    ["hardly any page came from the pool", "prezero_hit 1\nprezero_miss 999\n"],
    ["no page was asked for", "prezero_hit 0\nprezero_miss 0\n"],
    ["the counters are not there", "nr_free_pages 1000\n"],
  ])("fails when %s, because then it has tested nothing", async (_, vmstat) => {
    expect(await failed(OUTPUT, 0, vmstat)).toEqual([expect.stringMatching(/came from the pool$/)]);
  });
});

test("the stress fails when cleared pages are counted nowhere", async () => {
  const sum = SUM.replace("cleared 1000", "cleared 9000");
  expect(await failed(OUTPUT, 0, VMSTAT, sum)).toEqual(["all that was cleared is accounted for"]);
});

test("a kernel that warns is not quiet, whatever its programs say", async () => {
  const warning = "[   71.2] WARNING: CPU: 1 PID: 90 at mm/page_prezero.c:208 __page_prezero_verify+0x152/0x190\n";
  const quietWith = async (console: string) =>
    (await quiet({ complaints: async () => findComplaints(console) })).status;
  expect(await quietWith(warning)).toBe("failed");
  expect(await quietWith("Linux version 6.12.0\n")).toBe("passed");
});
