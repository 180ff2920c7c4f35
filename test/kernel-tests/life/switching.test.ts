import { describe, expect, test } from "vitest";
import { offAndOn } from "../../../harness/kernel-tests/life/switching.ts";
import { fakeHost, LOOKED } from "./fake-host.ts";

const OFF = "nr_prezeroed 0\nprezero_cleared 9000\nprezero_lost_disabled 700\n";
const SUM = "nr_prezeroed 0\nprezero_cleared 1000\nprezero_hit 570\nprezero_wasted 20\nprezero_lost_disabled 410\n";

/** What is not as it should be after all that switching; `off` is /proc/vmstat then. */
async function notPassed(load: string, off = OFF): Promise<string[]> {
  const vmstats = ["prezero_cleared 2000\n", off];
  const host = fakeHost([
    [/stat_refresh/, SUM],
    [/zerocheck/, load],
    [/nr_prezeroed/, "93\n"],
  ]);
  const exec = async (command: string) =>
    /stat_refresh && cat \/proc\/vmstat$/.test(command)
      ? { stdout: vmstats.shift() ?? "", stderr: "", exitCode: 0 }
      : host.exec(command);
  const cases = (await offAndOn({ ...host, exec })).filter(({ status }) => status !== "passed");
  return cases.map(({ name, status, found }) => [status, name, ...(found === undefined ? [] : [found])].join(": "));
}

/** A host on which the figures cannot be read is not one with the older form of the series. */
test("fails when the figures cannot be read", async () => {
  const notThere = "failed: off, no memory is marked: NaN pages, NaN were forgotten";
  expect(await notPassed(`${LOOKED}1000\n`, "")).toEqual([expect.stringMatching(/^failed: something/), notThere]);
});

describe("a feature that is switched off and on", () => {
  test("forgets all of it, and nobody notices", async () => {
    expect(await notPassed(`${LOOKED}1000\n`)).toEqual([]);
  });

  test.each([
    ["a page is not zero", '{"pages":9,"dirty":1,"lost":0}\n1000\n', OFF, /^failed: what others have of memory/],
    ["a switch is refused", `${LOOKED}612\n`, OFF, /^failed: it went off and on: 612 times/],
    ["the worker never had its turn", `${LOOKED}1000\n`, OFF.replace("9000", "2000"), /^failed: something was cleared/],
    ["a mark is left", `${LOOKED}1000\n`, OFF.replace("nr_prezeroed 0", "nr_prezeroed 512"), /marked: 512 pages/],
    ["nothing is counted as forgotten", `${LOOKED}1000\n`, OFF.replace(/prezero_lost.*\n/, ""), /marked: 0 pages, NaN/],
    ["there never was one", `${LOOKED}1000\n`, OFF.replace("disabled 700", "disabled 0"), /0 were forgotten/],
  ])("fails when %s", async (_, load, off, name) => {
    expect(await notPassed(load, off)).toEqual([expect.stringMatching(name)]);
  });

  test("may keep what it has cleared, as the older form of the series does", async () => {
    const kept = "nr_prezeroed 4000\nprezero_cleared 9000\nprezero_cpu_usecs 5000\n";
    expect(await notPassed(`${LOOKED}1000\n`, kept)).toEqual(["skipped: off, no memory is marked"]);
  });
});
