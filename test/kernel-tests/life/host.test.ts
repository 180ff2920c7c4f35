import { describe, expect, test } from "vitest";
import { afterwards } from "../../../harness/kernel-tests/life/host.ts";
import { failedOf, fakeHost, LOOKED } from "./fake-host.ts";

/** /proc/vmstat before and after; the hits grow by what the second says. */
function vmstats(hits: number, bad = 0) {
  let reads = 0;
  return {
    get stdout() {
      return `prezero_hit ${reads++ === 0 ? 100 : 100 + hits}\nprezero_verify_failed ${bad}\n`;
    },
  };
}
const seen = (vmstat: { stdout: string }, zerocheck: string, console = "") => {
  const host = fakeHost([[/zerocheck/, zerocheck]], console);
  const exec = async (command: string) =>
    command === "cat /proc/vmstat" ? { stdout: vmstat.stdout, stderr: "", exitCode: 0 } : host.exec(command);
  return failedOf(afterwards({ ...host, exec }));
};

describe("before and after a scenario", () => {
  test("all is well", async () => {
    expect(await seen(vmstats(50), LOOKED)).toEqual([]);
  });

  test.each([
    ["memory is not zero", vmstats(50), '{"pages":10,"dirty":1,"lost":0}', "", /small pages/],
    ["nothing came from the pool", vmstats(0), LOOKED, "", /^some of these came from the pool: 0 pages/],
    ["the verifier found something", vmstats(50, 3), LOOKED, "", /^the verifier found no bad page: 3/],
    [
      "the console complains",
      vmstats(50),
      LOOKED,
      "[    3.1] WARNING: CPU: 0 PID: 1 at mm/page_alloc.c:7 f+0x1/0x2\n",
      /^the console/,
    ],
  ])("fails when %s", async (_, vmstat, zerocheck, console, name) => {
    expect((await seen(vmstat, zerocheck, console))[0]).toMatch(name);
  });
});
