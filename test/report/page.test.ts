import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadSummary, summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { projectPath } from "../../harness/base/paths.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { sectionsOf } from "../../harness/report/sections/all.ts";
import { armKinds } from "../../harness/run/arm-name.ts";
import { listRunDirs } from "../../harness/run/store.ts";
import { CHROMIUM, launchChromium, show, type View } from "./chromium.ts";
import type { PageFacts } from "./page-facts.ts";
import { beforeRefills, syntheticRun, syntheticSamples } from "./synthetic-run.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PHONE: View = { width: 390, height: 844 };
const DESKTOP: View = { width: 1280, height: 900 };
/** A4 between the margins of the page's style: 210 mm - 2 x 14 mm at 96 CSS pixels an inch. */
const PAPER: View = { width: 687, height: 1016, media: "print" };

const run = syntheticRun({ arms: [...armKinds] });
/** Times split into phases, and one round far from the rest. */
const samples = syntheticSamples(run).map((sample, i) => ({
  ...sample,
  seconds: i === 0 ? 99 : sample.seconds,
  phases: { exec: 0.004, start: 0.3, device: 0.25, map: sample.seconds - 0.554 },
}));
const pages: [name: string, summary: Summary][] = [
  ["with everything in it", summarize(run, samples)],
  ["from before refill curves", summarize(...beforeRefills(run, samples))],
  ["without a finished boot", summarize({ ...run, boots: [] }, [])],
  ...widestRuns().map(({ run, summary }): [string, Summary] => [run, summary]),
];

/** Of the kept runs those that stretch a page most in one way or another; to look at all of them takes minutes. */
function widestRuns() {
  const kept = listRunDirs(projectPath("results")).map((dir) => ({ run: basename(dir), summary: loadSummary(dir) }));
  const measures: ((summary: Summary) => number)[] = [
    ({ effects }) => effects.length,
    ({ run: { settings } }) => Math.max(...settings.arms.map((arm) => arm.length)),
    ({ run: { settings } }) => settings.sweepBytes.length,
    ({ run: { settings } }) => (settings.measure === null ? 0 : settings.thp.length),
    ({ caveats }) => caveats.length,
  ];
  const most = measures.map((measure) => kept.toSorted((a, b) => measure(b.summary) - measure(a.summary))[0]);
  return [...new Set(most.filter((one) => one !== undefined))];
}

/** Rows of the result's table. */
function headlineEffects({ effects, run: { settings } }: Summary): number {
  return effects.filter(({ memoryBytes }) => memoryBytes === settings.memoryBytes).length;
}

const script = readFileSync(projectPath("test/report/in-page.js"), "utf8");
const facts = (page: Page): Promise<PageFacts> => page.evaluate<PageFacts>(`${script}\npageFacts()`);

const directory = mkdtempSync(join(tmpdir(), "prezero-page-"));
let browser: Browser;
beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true });
});

describe.skipIf(CHROMIUM === undefined).each(pages)("report.html %s", (name, summary) => {
  const file = join(directory, `${name}.html`);
  beforeAll(() => writeFileSync(file, renderHtml(summary)));

  test.each([
    ["a telephone", PHONE],
    ["a desktop", DESKTOP],
    ["paper", PAPER],
  ])(
    "on %s loads by itself, fits, and has every section and a plot that can be read in each figure",
    async (_, view) => {
      const { page, problems } = await show(browser, file, view);
      const found = await facts(page);
      expect(problems).toEqual([]);
      expect(found.overflow).toBe(0);
      expect(found.strays, "marks that are not level with their ratio").toEqual([]);
      expect(found.sections.map(({ id }) => id)).toEqual(sectionsOf(summary).map(({ id }) => id));
      for (const section of found.sections) expect(section.height, section.id).toBeGreaterThan(20);
      for (const plot of found.plots) {
        expect(plot.width, plot.label).toBeGreaterThan(250);
        expect(plot.height, plot.label).toBeGreaterThan(60);
        expect(plot.texts, plot.label).toBeGreaterThan(2);
        const { outside, clashing } = plot;
        expect({ outside, clashing }, plot.label).toEqual({ outside: [], clashing: [] });
      }
      if (view === PHONE) {
        // The interval and the verdict of each effect are on the screen.
        expect(found.answers).toHaveLength(2 * headlineEffects(summary));
        for (const right of found.answers) expect(right).toBeLessThanOrEqual(PHONE.width);
      } else {
        expect([found.scrolling, found.tooWide], "what would have to be scrolled sideways").toEqual([0, []]);
      }
      await page.close();
    },
  );

  test("is dark for those who have it so, and never on paper; prints", async () => {
    const screen = await show(browser, file, { ...PHONE, dark: true });
    expect((await facts(screen.page)).ground).toBe("rgb(20, 20, 20)");
    const paper = await show(browser, file, { ...PAPER, dark: true });
    expect((await facts(paper.page)).ground).toBe("rgb(255, 255, 255)");
    const pdf = await paper.page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    await Promise.all([screen.page.close(), paper.page.close()]);
  });
});

test.skipIf(CHROMIUM === undefined)("the browser would tell of a page that is broken", async () => {
  const file = join(directory, "broken.html");
  const plot = (text: string) => `<figure><svg viewBox="0 0 100 50" aria-label="p">${text}</svg></figure>`;
  const outside = '<text x="90" y="20">outside</text>';
  const clashing = '<text x="10" y="20">one</text><text x="12" y="21">two</text>';
  writeFileSync(
    file,
    `<!DOCTYPE html><meta name="viewport" content="width=device-width"><div style="width: 900px">wide</div>
<section id="s"><table style="width: 900px"><tr><td>x</table></section>${plot(outside)}${plot(clashing)}
<img src="missing.png" alt=""><script>console.error("oh")</script>`,
  );
  const { page, problems } = await show(browser, file, PHONE);
  const { overflow, plots, tooWide } = await facts(page);
  expect(overflow).toBeGreaterThan(400);
  expect(tooWide).toContain("TABLE of s");
  expect(plots.map((found) => [found.outside, found.clashing])).toEqual([
    [["outside"], []],
    [[], ["one"]],
  ]);
  expect(problems.join("\n")).toMatch(/asks for file:.*missing\.png/);
  expect(problems.join("\n")).toMatch(/console: oh/);
});
