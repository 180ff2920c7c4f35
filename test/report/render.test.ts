import { describe, expect, it } from "vitest";
import { compareSummaries } from "../../harness/analysis/compare-runs.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import { projectPath } from "../../harness/base/paths.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { renderMarkdown } from "../../harness/report/markdown.ts";
import { reportOf } from "../../harness/report/sections/all.ts";
import { compareSections } from "../../harness/report/sections/compare.ts";
import { planSection } from "../../harness/report/sections/plan.ts";
import { resultSection } from "../../harness/report/sections/result.ts";
import { layOut, renderSections, wrap } from "../../harness/report/terminal.ts";
import { comparisonTexts } from "../../harness/report/wording/caveats.ts";
import { armKinds } from "../../harness/run/arm-name.ts";
import { beforeRefills, syntheticRun, syntheticSamples, terminalText } from "./synthetic-run.ts";

const run = syntheticRun();
const summary = summarize(run, syntheticSamples(run));
const golden = (name: string): string => projectPath("test/golden/report", name);

describe("the terminal's table", () => {
  const text = terminalText(summary);

  it("is as it was read and agreed on", async () => {
    await expect(text).toMatchFileSnapshot(golden("terminal.txt"));
  });

  it.each([40, 60, 80, 100, 140])(
    "is never wider than %i columns, and leaves no blanks at the ends of lines",
    (columns) => {
      const wide = syntheticRun({
        arms: [...armKinds, "prezero+min_order=9+delay_millisecs=5000"],
        rounds: 9,
        boots: 4,
      });
      for (const run of [summary, summarize(wide, syntheticSamples(wide))]) {
        const compared = compareSummaries(run, run);
        const texts = [
          terminalText(run, columns),
          renderSections(compareSections(compared), comparisonTexts(compared.caveats, compared.b), columns),
          renderSections([planSection(run, run.plans)], [], columns),
        ];
        for (const line of texts.join("").split("\n")) {
          expect(line.length, line).toBeLessThanOrEqual(columns);
          expect(line).toBe(line.trimEnd());
        }
      }
    },
  );

  it("folds what is too wide: no figure is lost, and the arm stands beside each", () => {
    const narrow = terminalText(summary, 60);
    for (const cell of resultSection(summary).table?.rows.flat() ?? []) expect(narrow).toContain(cell);
    const result = narrow.slice(narrow.indexOf("Result:"), narrow.indexOf("Each round"));
    expect(result.match(/^ {2}off +prezero /gm)?.length).toBeGreaterThan(1);
  });

  it("is loud about emulation before it shows a time, and about a projection in its heading", () => {
    expect(text.indexOf("EMULATED, NOT HARDWARE TIMES")).toBeLessThan(text.indexOf("Result:"));
    expect(text).toContain("PROJECTION, NOT MEASURED: a VM of 64G");
  });

  it("has no p, no interval and no verdict with two boots", () => {
    const short = syntheticRun({ boots: 2, arms: ["base", "prezero"] });
    const line = terminalText(summarize(short, syntheticSamples(short)))
      .split("\n")
      .find((l) => /^ {2}off +prezero/.test(l));
    expect(line).toMatch(/^ {2}off +prezero +\S+ +- +too few boots .* -$/);
  });

  it("has something to say about a run without a finished boot", () => {
    const empty = { ...run, boots: [], state: "interrupted" as const, finishedAt: null };
    const bare = terminalText(summarize(empty, []));
    expect(bare).toContain("INCOMPLETE: 0 of 12 planned boots finished (interrupted).");
    expect(bare).toContain("Nothing to compare yet");
    expect(bare).toContain("What ran");
  });
});

describe("layout", () => {
  it("aligns numbers to the right and continues a long last column below itself", () => {
    const table = {
      columns: [{ label: "n", numeric: true }, { label: "text" }],
      rows: [
        ["1", "x ".repeat(60).trim()],
        ["10", "y"],
      ],
    };
    const lines = layOut(table, 100);
    expect(lines[0]).toBe("   n  text");
    expect(lines[1]).toMatch(/^ {3}1 {2}x x /);
    expect(lines[2]).toMatch(/^ {6}x/);
    expect(lines[3]).toBe("  10  y");
  });

  it("breaks sentences between words", () => {
    const lines = wrap("word ".repeat(60).trim(), "!! ", "   ", 100);
    expect(lines.join(" ").match(/word/g)).toHaveLength(60);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines[1]).toMatch(/^ {3}word/);
  });
});

describe("table.md", () => {
  it("is as it was read and agreed on", async () => {
    await expect(renderMarkdown(reportOf(summary))).toMatchFileSnapshot(golden("table.md"));
  });

  it("shows names as they are, whatever is in them", () => {
    const odd = { ...run, machine: { ...run.machine, cpu: "a|b <i> *c* `d`" } };
    expect(renderMarkdown(reportOf(summarize(odd, syntheticSamples(odd))))).toContain("a\\|b \\<i\\> \\*c\\* \\`d\\`");
  });
});

describe("report.html", () => {
  const html = renderHtml(summary);

  it("is the same bytes each time, in this process and from data that went through a file", () => {
    expect(renderHtml(summary)).toBe(html);
    const again = JSON.parse(JSON.stringify({ run, samples: syntheticSamples(run) }));
    expect(renderHtml(summarize(again.run, again.samples))).toBe(html);
  });

  it("loads nothing and runs nothing", () => {
    const outside = html.replaceAll(/xmlns(:xlink)?="http:\/\/www\.w3\.org\/[^"]*"/g, "");
    expect(outside.replaceAll(/<a href="(?:samples\.jsonl|run\.json|#caveats)"/g, "<a")).not.toMatch(
      /https?:|\bsrc=|\bhref=|@import|<script|<link|<iframe|\bon\w+=/i,
    );
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it("has a plot for the ratios, each THP setting, the pool, the CPU and each sweep, each told in words too", () => {
    const labels = [...html.matchAll(/<svg role="img" aria-label="([^"]*)"/g)].map((match) => match[1]);
    expect(labels.map((label) => label?.split(/[,.] /)[0])).toEqual([
      "Ratio plot",
      "Dot plot of all rounds",
      "Dot plot of all rounds",
      ...Array.from({ length: 3 }, () => "Line plot of the share of free memory zeroed"),
      expect.stringMatching(/^base: /),
      "Time over VM size",
      "Time over VM size",
      "Plot of a projection",
      "Plot of a projection",
    ]);
    expect(labels[0]).toMatch(/^Ratio plot\. THP off, prezero: 2\.\d\d, interval .* to .*, faster/);
    expect(html.match(/<figcaption>/g)).toHaveLength(labels.length);
  });

  it("shows the waits of a run from before refill curves were recorded as bars", () => {
    const page = renderHtml(summarize(...beforeRefills(run, syntheticSamples(run))));
    expect(page).toContain("Cost of a round outside its time: wait for the pool");
    expect(page).not.toContain("The pool fills after");
  });

  it("calls a projection one wherever it stands", () => {
    const section = /<section id="projection"[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";
    expect(section.match(/PROJECTION, NOT MEASURED/g)).toHaveLength(3);
    // Nothing outside that section speaks of 64G.
    expect(html.replace(section, "")).not.toContain("64G");
  });

  it("draws a mark for every round of the headline's size", () => {
    const section = /<section id="rounds-off"[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";
    // 3 arms of 4 boots of 3 rounds, and each arm's mark in the legend.
    expect(section.match(/fill="var\(--(base|prezero|prezero-disabled)\)"/g)).toHaveLength(36 + 3);
  });

  it("has unique ids, and a heading for each region", () => {
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/aria-labelledby="([^"]*)"/g)) expect(ids).toContain(id);
    for (const [, id] of html.matchAll(/url\(#([^)]*)\)/g)) expect(ids).toContain(id);
  });

  it("is there for a run without a finished boot too, without plots", () => {
    const page = renderHtml(summarize({ ...run, boots: [] }, []));
    expect(page).toContain("Nothing to compare yet");
    expect(page).not.toContain("<svg");
  });

  it("shows hostile names as text", () => {
    const odd = { ...run, machine: { ...run.machine, cpu: `<script>alert("x")</script>` } };
    const page = renderHtml(summarize(odd, syntheticSamples(odd)));
    expect(page).not.toContain("<script");
    expect(page).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
  });
});
