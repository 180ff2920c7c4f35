import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { projectPath } from "../harness/base/paths.ts";

const README = readFileSync(projectPath("README.md"), "utf8");

/** Rows of the first table in a text whose head begins with these cells, each by the names of the columns. */
function tableOf(text: string, ...head: string[]): string[][] {
  const lines = text.split("\n");
  const cells = (line: string) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
  const start = lines.findIndex((line) => head.every((name, i) => cells(line)[i] === name));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  expect(start, `a table that begins with ${head.join(", ")}`).toBeGreaterThanOrEqual(0);
  return lines.slice(start + 2, end).map(cells);
}

/** What a run found for an arm: its own time and that of base, their ratio and its interval, p, and the verdict. */
function resultOf(run: string, thp: string, arm: string) {
  const table = readFileSync(projectPath("results", run, "table.md"), "utf8");
  const rows = tableOf(table, "THP", "arm", "base/arm");
  const row = rows.find((cells) => cells[0] === thp && cells[1] === arm);
  if (row === undefined) throw new Error(`${run} has no ${arm} with THP ${thp}`);
  const [, , ratio = "", interval = "", verdict = "", base = "", own = ""] = row;
  const [head = ""] = table.match(/^\| THP \| arm \| base\/arm .*$/m) ?? [];
  const p = row[head.slice(2, -2).split(" | ").indexOf("p")] ?? "";
  return { base, own, ratio, interval, p, verdict };
}

const runsIn = (text: string) =>
  [...text.matchAll(/results\/((?:native\/)?20[\w.-]+)\/table\.md/g)].map(([, run]) => run);

describe("README.md", () => {
  test("names runs that are there", () => {
    expect(runsIn(README).length).toBeGreaterThan(0);
    for (const run of runsIn(README)) expect(existsSync(projectPath("results", run ?? "", "table.md")), run).toBe(true);
  });

  test("says of the VM of 8G what its run says", () => {
    const [run = ""] = runsIn(README);
    for (const [thp = "", , , ...found] of tableOf(README, "THP", "without, by boot")) {
      const { ratio, interval, p } = resultOf(run, thp, "prezero");
      expect(found, `THP ${thp}`).toEqual([ratio, interval, p]);
    }
  });

  test("says of each scenario what its run says: a ratio where the series is faster, bold where it is slower", () => {
    const rows = tableOf(README, "scenario", "THP off", "64K", "THP on");
    expect(rows.length).toBeGreaterThan(0);
    for (const [link = "", off, mthp, on] of rows) {
      const [run = ""] = runsIn(link);
      for (const [thp, said] of [
        ["off", off],
        ["64K", mthp],
        ["on", on],
      ] as const) {
        if (said === "") continue;
        const { ratio, verdict } = resultOf(run, thp, "prezero");
        const words: Record<string, string> = { "fewer instructions": ratio, "more instructions": `**${ratio}**` };
        expect(said, `${link}, THP ${thp}`).toBe(words[verdict] ?? verdict);
      }
    }
  });

  test("says of the four kernels what their run says", () => {
    const run = runsIn(README).find((name) => name?.endsWith("four-kernels")) ?? "";
    const rows = tableOf(README, "kernel", "THP off, without");
    expect(rows.map(([kernel]) => kernel)).toEqual(["5.10", "6.1", "6.12", "7.3"]);
    for (const [kernel, ...said] of rows) {
      const found = ["off", "on"].flatMap((thp) => {
        const { base, own, ratio, interval } = resultOf(run, thp, `${kernel}:prezero`);
        return [base, own, ratio, interval];
      });
      expect(said, `${kernel}`).toEqual(found);
    }
  });
});
