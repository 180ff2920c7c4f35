import { describe, expect, test, vi } from "vitest";
import { readRegions } from "../../../harness/patches/port/conflicts.ts";
import { functionsChanged, hintsFor } from "../../../harness/patches/port/hints.ts";
import { readSeries } from "../../../harness/series/series.ts";
import { $ } from "../../fakes/shell.ts";
import { FakeKernel } from "../fake-base.ts";

vi.setConfig({ testTimeout: 60_000 });

const CONFLICT = `static void prep_new_page(struct page *page)
{
<<<<<<< HEAD
	clear_pages_now(page, 1 << MAX_ORDER);
||||||| parent of 0123 (mm: zero)
	clear_pages_late(page, 1 << MAX_PAGE_ORDER);
=======
	if (!zeroed)
		clear_pages_late(page, 1 << MAX_PAGE_ORDER);
>>>>>>> 0123 (mm: zero)
}
`;

describe("what a conflict says", () => {
  test("is read from git's marks: where it is, in which function, and the three sides", () => {
    expect(readRegions(CONFLICT)).toEqual([
      {
        line: 3,
        inFunction: "prep_new_page",
        ours: ["\tclear_pages_now(page, 1 << MAX_ORDER);"],
        expected: ["\tclear_pages_late(page, 1 << MAX_PAGE_ORDER);"],
        wanted: ["\tif (!zeroed)", "\t\tclear_pages_late(page, 1 << MAX_PAGE_ORDER);"],
      },
    ]);
  });

  test("names that the other kernel has not are told with what stands in their place, others with their files", async () => {
    using kernel = new FakeKernel();
    const other = await kernel.otherBase("0.2", {
      "include/linux/mm.h": "#define MAX_ORDER 10\n",
      "mm/clear.c": "void clear_pages_late(void) {}\n",
    });
    const regions = readRegions(CONFLICT);
    const [hint] = await hintsFor($, [{ file: "mm/page_alloc.c", kind: "content", regions }], other, new Map());
    expect(hint).toEqual({
      file: "mm/page_alloc.c",
      lines: [
        "line 3, prep_new_page: MAX_PAGE_ORDER is not in this kernel; MAX_ORDER stands in its place",
        "line 3, prep_new_page: clear_pages_late is in mm/clear.c",
      ],
    });
  });

  test("of a file that is gone: where the functions are that the series changes in it", async () => {
    using kernel = new FakeKernel();
    const other = await kernel.otherBase("0.2", {
      "mm/page_reporting.c": "",
      "mm/split.c": "int report_cycle(void) { return 0; }\n",
    });
    const functions = new Map([["mm/page_reporting.c", ["report_cycle", "report_drain"]]]);
    const [hint] = await hintsFor($, [{ file: "mm/page_reporting.c", kind: "gone" }], other, functions);
    expect(hint?.lines).toEqual([
      "there is no mm/page_reporting.c here: it has been split, renamed, or is not there yet",
      "report_cycle is in mm/split.c",
      "report_drain is not in this kernel",
    ]);
  });

  test("two sides that both add lines say so", async () => {
    using kernel = new FakeKernel();
    const regions = readRegions("<<<<<<< HEAD\nobj-y += a.o\n||||||| parent\n=======\nobj-y += b.o\n>>>>>>> x\n");
    const [hint] = await hintsFor(
      $,
      [{ file: "mm/Makefile", kind: "content", regions }],
      await kernel.base(),
      new Map(),
    );
    expect(hint?.lines).toEqual(["line 1: both add lines here; keep both"]);
  });

  test("the functions of a series are those in the headers of its hunks", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const series = await readSeries(kernel.patchesDir);
    const [file] = series.patches.flatMap(({ files }) => files);
    if (file?.hunks[0]) file.hunks[0].header = "@@ -1,2 +3,4 @@ static int report_cycle(struct page *page)";
    expect(functionsChanged(series).get(file?.oldPath ?? "")).toEqual(["report_cycle"]);
  });
});
