import { expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { readSeries } from "../../harness/series/series.ts";

/** What code outside mm/ may see of the series: how to clear a page, to be a consumer of free pages, and to trace. */
const VISIBLE = [
  "arch/x86/include/asm/clear_page_uncached.h",
  "include/linux/page_reporting.h",
  "include/trace/events/page_prezero.h",
];

test("the mark of zeroed memory is private to mm/: no other header changes", async () => {
  const { patches } = await readSeries(projectPath("kernel-patches"));
  const paths = patches.flatMap(({ files }) => files.map(({ newPath }) => newPath ?? ""));
  const headers = new Set(paths.filter((path) => /^(include|arch)\/.*\.h$/.test(path)));
  expect([...headers].sort()).toEqual(VISIBLE);
});
