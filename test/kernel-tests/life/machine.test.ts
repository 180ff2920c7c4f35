import { describe, expect, test } from "vitest";
import { ConsoleReport, judgeReport } from "../../../harness/kernel-tests/life/console-report.ts";
import { freezes, judgeHibernation } from "../../../harness/kernel-tests/life/hibernation.ts";
import { judgeNextLife } from "../../../harness/kernel-tests/life/kexec.ts";
import { twoNodes } from "../../../harness/kernel-tests/life/numa.ts";
import { edgeMib, judgePressure } from "../../../harness/kernel-tests/life/pressure.ts";
import { LIFE } from "../../../harness/kernel-tests/life/scenarios.ts";
import type { TestResult } from "../../../harness/ktap/result.ts";
import { $ } from "../../fakes/shell.ts";
import { failedOf, fakeHost, LOOKED } from "./fake-host.ts";

const failedIn = (cases: TestResult[]) => failedOf(Promise.resolve(cases));

describe("two nodes", () => {
  const FULL = "90000\n95000\nnr_prezeroed 185000\n";
  /** Figures before and after the load of the first node, then of the second. */
  const failed = (...figures: string[]) => {
    const host = fakeHost([[/zerocheck/, LOOKED]]);
    const exec = async (command: string) =>
      /cat \/proc\/vmstat$/.test(command)
        ? { stdout: figures.shift() ?? "", stderr: "", exitCode: 0 }
        : host.exec(command);
    return failedOf(twoNodes({ ...host, exec }));
  };
  const FIRST_USED = "2000\n94000\nnr_prezeroed 96000\n";
  const SECOND_USED = "89000\n1000\nnr_prezeroed 90000\n";

  test("have a pool each", async () => {
    expect(await failed(FULL, FIRST_USED, FULL, SECOND_USED)).toEqual([]);
  });

  test("fail when memory comes from the other one's pool, or stays marked", async () => {
    expect(await failed(FULL, "45000\n47000\nnr_prezeroed 92000\n", FULL, SECOND_USED)).toEqual([
      "its pool went down, the other's did not: its own to 50 %, the other's to 49 %",
    ]);
    expect(await failed(FULL, FULL, FULL, SECOND_USED)).toHaveLength(1);
  });

  test("fail when they do not add up, or are not told", async () => {
    expect(await failed(FULL, "2000\n94000\nnr_prezeroed 185000\n", FULL, SECOND_USED)).toHaveLength(1);
    expect(await failed("nr_prezeroed 0\n", "nr_prezeroed 0\n", FULL, SECOND_USED)).toHaveLength(2);
  });
});

describe("a machine that begins to sleep", () => {
  const failed = (change: Parameters<typeof fakeHost>[0], cleared: number[]) => {
    const host = fakeHost([...change, [/nr_prezeroed/, "93\n"], [/zerocheck.*pm_test/s, LOOKED], [/pm_test/, LOOKED]]);
    const exec = async (command: string) =>
      /cat \/proc\/vmstat$/.test(command)
        ? { stdout: `prezero_cleared ${cleared.shift()}\n`, stderr: "", exitCode: 0 }
        : host.exec(command);
    return failedOf(freezes({ ...host, exec }));
  };

  test("turns back, and its worker with it", async () => {
    expect(await failed([], [100, 900])).toEqual([]);
  });

  test("fails when it cannot freeze its tasks", async () => {
    expect(await failed([[/pm_test/, { exitCode: 1, stderr: "Device or resource busy" }]], [100, 900])).toHaveLength(4);
  });

  test("fails when the worker sleeps on, or is switched off", async () => {
    expect(await failed([], [100, 100])).toEqual([expect.stringMatching(/0 pages cleared/)]);
    expect(await failed([[/page_prezero\/enabled$/, { exitCode: 1 }]], [100, 900])).toEqual(["it is still enabled"]);
  });
});

describe("a machine that woke up", () => {
  const report = (after: number, more = "") =>
    `after_prezeroed ${after}\r\n${LOOKED}${more}prezero_hit 70\r\nprezero_verify_failed 0\r\n`;

  test("has forgotten its marks and finds zeroes", async () => {
    expect(await failedIn(judgeHibernation(report(0)))).toEqual([]);
  });

  test.each([
    ["marks are left", report(90_000), /^no page is marked after the resume: 90000 pages/],
    ["a page is not zero", report(0, '{"pages":9,"dirty":2,"lost":0}\n'), /^memory that was slept over/],
    ["the verifier found something", report(0).replace("failed 0", "failed 1"), /^the verifier found no bad page: 1/],
    ["it never came back", "PM: Image not found\n", /^no page is marked after the resume: NaN/],
  ])("fails when %s", async (_, text, name) => {
    expect((await failedIn(judgeHibernation(text)))[0]).toMatch(name);
  });

  test("fails when its pool was never used again", async () => {
    expect(await failedIn(judgeReport("memory", report(0).replace("hit 70", "hit 0")))).toEqual([
      "pages came from the pool: 0",
    ]);
  });
});

describe("a report on the console", () => {
  const running = { qemu: { exited: new Promise(() => {}) } as never };

  test("is all that was printed, up to its last line", async () => {
    const report = new ConsoleReport($);
    report.take("prezero_hit 5\nnextl");
    report.take("ife: end\n");
    expect(await report.until(/^nextlife: end/m, running, 1_000)).toBe("prezero_hit 5\nnextlife: end\n");
  });

  test("that does not come is an error with what was printed last", async () => {
    const report = new ConsoleReport($);
    report.take("PM: hibernation: Image mismatch\n");
    await expect(report.until(/end/, running, 1)).rejects.toMatchObject({
      code: "NO_REPORT",
      detail: "PM: hibernation: Image mismatch",
    });
    const over = { qemu: { exited: Promise.resolve({ exitCode: 0 }) } as never };
    await expect(report.until(/end/, over, 60_000)).rejects.toThrow(/ended without/);
  });
});

test("what the first kernel printed is no report of the next one", async () => {
  const said = (hits: number, bad: number) => `${LOOKED}prezero_hit ${hits}\nprezero_verify_failed ${bad}\n`;
  const good = `nextlife: begin\n${said(7, 0)}nextlife: end\n`;
  expect(await failedIn(judgeNextLife(`${said(5, 9)}${good}`))).toEqual([]);
  expect(await failedIn(judgeNextLife(said(5, 0)))).not.toEqual([]);
});

describe("memory pressure", () => {
  test("is a load that ends between the watermarks: above what is available, below what kills", async () => {
    expect(await edgeMib(fakeHost([[/MemAvailable/, "400\n40\n"]]))).toBe(434);
  });

  const vmstat = (killed: number, scanned: number, bad = 0) => ({
    vmstat: `oom_kill ${killed}\npgscan_kswapd ${scanned}\nprezero_verify_failed ${bad}\n`,
  });

  test("kills nobody with the series that lives without", async () => {
    expect(await failedIn(judgePressure(vmstat(0, 500), vmstat(0, 700)))).toEqual([]);
  });

  test.each([
    ["the series has somebody killed", vmstat(0, 500), vmstat(1, 700), /^nobody was killed for want of memory: /],
    ["the load does not fit at all", vmstat(1, 500), vmstat(1, 700), /^nobody was killed for want of memory: /],
    [
      "memory was never short",
      vmstat(0, 0),
      vmstat(0, 700),
      /^memory was short: reclaim counters: 0 without, 700 with the series$/,
    ],
    ["the verifier found something", vmstat(0, 500), vmstat(0, 700, 2), /^the verifier found no bad page: 2/],
  ])("fails when %s", async (_, without, withSeries, name) => {
    expect(await failedIn(judgePressure(without, withSeries))).toEqual([expect.stringMatching(name)]);
  });
});

test("each scenario has a name of its own", () => {
  const names = LIFE.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("hibernation");
});
