import { expect, test, vi } from "vitest";
import { fitSeries } from "../../../harness/patches/status/fit.ts";
import { readSeries } from "../../../harness/series/series.ts";
import { $ } from "../../fakes/shell.ts";
import { FakeKernel } from "../fake-base.ts";

vi.setConfig({ testTimeout: 60_000 });

/** How the series of three patches fits a kernel whose mm/page_alloc.c is changed. */
async function fitAfter(change: (text: string) => string) {
  using kernel = new FakeKernel();
  await kernel.startWithThree();
  const alloc = change(kernel.sourceText("mm/page_alloc.c"));
  const other = await kernel.otherBase("0.2", { "mm/page_alloc.c": alloc });
  return await fitSeries($, other, await readSeries(kernel.patchesDir));
}

test("a series fits the source it was made for cleanly", async () => {
  expect(await fitAfter((text) => text)).toEqual({ fit: "clean", notes: [] });
});

test("lines added far above move it, which git allows and status tells", async () => {
  expect(await fitAfter((text) => `one more line\n${text}`)).toEqual({
    fit: "moved",
    notes: ["0002-page-prezero.patch: lines have moved"],
  });
});

test("other lines at the edge of the context make it fuzzy, with the place", async () => {
  const { fit, notes } = await fitAfter((text) => text.replace("alloc 8\n", "alloc eight\n"));
  expect(fit).toBe("fuzzy");
  expect(notes).toEqual([
    expect.stringMatching(/^0002-page-prezero\.patch does not apply: mm\/page_alloc\.c, hunk 1 of 2/),
  ]);
});

test("where the very lines are gone it does not apply, and what comes after is not tried", async () => {
  const { fit, notes } = await fitAfter((text) => text.replace(/alloc 4[5-9]\nalloc 50\n(alloc 5\d\n)*/g, ""));
  expect(fit).toBe("not");
  expect(notes).toHaveLength(1);
});
