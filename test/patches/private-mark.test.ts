import { describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { type PatchFile, parsePatchFile } from "../../harness/series/patch-file.ts";
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

test("the series changes no header of include/ and arch/ but those that others have to see", async () => {
  const { patches } = await readSeries(projectPath("kernel-patches"));
  const paths = patches.flatMap(({ files }) => files.map(({ newPath }) => newPath ?? ""));
  const headers = new Set(paths.filter((path) => /^(include|arch)\/.*\.h$/.test(path)));
  expect([...headers].sort()).toEqual(VISIBLE);
});

/** What is added outside mm/ and its documentation with a name that is private to mm/: path and line. */
const named = (patches: PatchFile[]) =>
  patches.flatMap(({ text, files }) => {
    const lines = text.split("\n");
    const outside = files.filter(({ newPath }) => !/^(mm|Documentation)\//.test(newPath ?? ""));
    return outside.flatMap(({ newPath, hunks }) =>
      hunks
        .flatMap(({ firstLine, lastLine }) => lines.slice(firstLine, lastLine))
        .filter((line) => /^\+.*(PG_zero|PREZERO_CARRIED|PREZERO_ANSWER)/.test(line))
        .map((line) => `${newPath}: ${line}`),
    );
  });

describe("the mark of zeroed memory and what is carried are private to mm/", () => {
  test("no line that the series adds elsewhere names them", async () => {
    const { patches } = await readSeries(projectPath("kernel-patches"));
    expect(named(patches)).toEqual([]);
  });

  test("a line elsewhere that does is found; one in mm/, or one that goes, is none", () => {
    const change = (path: string, mark: string) =>
      `diff --git a/${path} b/${path}\n@@ -1,${mark === "-" ? 2 : 1} +1,${mark === "+" ? 2 : 1} @@\n int a;\n${mark}int PG_zero;`;
    const diffs = [change("fs/file.c", "+"), change("mm/swap.c", "+"), change("fs/super.c", "-")];
    const mail = `From ${"1".repeat(40)} Mon Sep 17 00:00:00 2001\n---\n${diffs.join("\n")}\n-- \n2.39.5\n`;
    expect(named([parsePatchFile("0001-leak.patch", mail)])).toEqual(["fs/file.c: +int PG_zero;"]);
  });
});
