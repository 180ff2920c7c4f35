import { expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { readSeries } from "../../harness/series/series.ts";

/**
 * What code outside mm/ may see of the series: how to clear a page, to be a consumer of free pages, to trace, and the
 * names of what the allocator keeps and counts.
 */
const VISIBLE = [
  "arch/x86/include/asm/clear_page_uncached.h",
  "include/linux/gfp_types.h",
  "include/linux/mmzone.h",
  "include/linux/page_reporting.h",
  "include/linux/vm_event_item.h",
  "include/trace/events/mmflags.h",
  "include/trace/events/page_prezero.h",
];

test("the mark of zeroed memory is private to mm/: no other header changes", async () => {
  const { patches } = await readSeries(projectPath("kernel-patches"));
  const paths = patches.flatMap(({ files }) => files.map(({ newPath }) => newPath ?? ""));
  const headers = new Set(paths.filter((path) => /^(include|arch)\/.*\.h$/.test(path)));
  expect([...headers].sort()).toEqual(VISIBLE);
});

test("no code outside mm/ names the mark or what is carried", async () => {
  const { patches } = await readSeries(projectPath("kernel-patches"));
  const added = patches.flatMap(({ files }) =>
    files.filter(({ newPath }) => !/^(mm|Documentation)\//.test(newPath ?? "")).flatMap(({ hunks }) => hunks),
  );
  expect(JSON.stringify(added)).not.toMatch(/PG_zero|PREZERO_CARRIED|PREZERO_ANSWER/);
});
