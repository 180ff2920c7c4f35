import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parsePatchFile } from "../../harness/series/patch-file.ts";
import { readSeries } from "../../harness/series/series.ts";

const PATCH = `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: Dev <dev@example.org>
Date: Wed, 4 Mar 2026 05:06:07 +0100
Subject: [PATCH] mm: a subject that is so long that the mail header continues on
 the next line

Why.
---
base-package: linux-source-0.1

 mm/a.c | 3 ++-
 mm/b.c | 1 +
 2 files changed, 3 insertions(+), 1 deletion(-)
 create mode 100644 mm/b.c

diff --git a/mm/a.c b/mm/a.c
index 1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644
--- a/mm/a.c
+++ b/mm/a.c
@@ -7,3 +7,4 @@ int f(void)
 one
-two
+2
+two and a half
 three
diff --git a/mm/b.c b/mm/b.c
new file mode 100644
index 0000000000000000000000000000000000000000..3333333333333333333333333333333333333333
--- /dev/null
+++ b/mm/b.c
@@ -0,0 +1 @@
+int b;
`;

describe("a patch file", () => {
  test("is read: files, hunks", () => {
    const patch = parsePatchFile("0001-a.patch", PATCH);
    expect(patch.files.map(({ oldPath, newPath }) => [oldPath, newPath])).toEqual([
      ["mm/a.c", "mm/a.c"],
      [null, "mm/b.c"],
    ]);
    expect(patch.files[0]?.hunks).toEqual([
      { header: "@@ -7,3 +7,4 @@ int f(void)", oldStart: 7, firstLine: 20, lastLine: 25 },
    ]);
  });

  const lines = PATCH.split("\n");
  test.each([
    ["is empty", "", /:1: .*does not start like a mail/],
    ["is a bare diff", lines.slice(15).join("\n"), /:1: .*does not start like a mail/],
    [
      "is cut inside a hunk",
      lines.slice(0, 22).join("\n"),
      /ends inside the hunk "@@ -7,3 \+7,4 @@ int f\(void\)" of mm\/a.c/,
    ],
    ["is cut in the middle of the last line", PATCH.slice(0, -3), /ends inside the hunk/],
    [
      "is cut between two files",
      lines.slice(0, 25).concat("").join("\n"),
      /diffstat says .* 2 3 1, its diff has 1 2 1/,
    ],
    ["is cut before the diff", lines.slice(0, 14).join("\n"), /changes no file/],
    ["is cut in the changelog", lines.slice(0, 7).join("\n"), /`---` that ends the changelog is missing/],
    ["has a line added by hand", PATCH.replace("+2\n", "+2\n+2\n"), /damaged/],
    ["has a line taken out by hand", PATCH.replace("+2\n", ""), /hunk "@@ -7,3 .* is shorter than it says/],
    ["holds two mails", PATCH + PATCH, /:33: .*second mail/],
  ])("that %s is refused, with the place", (_, text, why) => {
    expect(() => parsePatchFile("6.1/0001-a.patch", text)).toThrowError(
      expect.objectContaining({ code: "PATCH_DAMAGED", exitCode: 2, message: expect.stringMatching(why) }),
    );
  });
});

describe("a series", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "prezero-series-test-"));
    for (const name of ["0001-a.patch", "0002-b.patch"]) writeFileSync(join(dir, name), PATCH);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const series = (text: string) => writeFileSync(join(dir, "series"), text);

  test("is read in the order of its lines; comments and empty lines do not count", async () => {
    series("# the order\n\n0002-b.patch\n0001-a.patch # depends on b\n");
    const { patches } = await readSeries(dir);
    expect(patches.map((patch) => [patch.name, patch.path])).toEqual([
      ["0002-b.patch", join(dir, "0002-b.patch")],
      ["0001-a.patch", join(dir, "0001-a.patch")],
    ]);
  });

  test.each([
    ["names a patch that is not there", "0001-a.patch\n0002-b.patch\n0003-c.patch\n", "PATCH_MISSING", "0003-c.patch"],
    ["leaves out a patch that is there", "0001-a.patch\n", "PATCH_UNLISTED", "0002-b.patch"],
    ["names a patch twice", "0001-a.patch\n0001-a.patch\n", "SERIES_INVALID", "series:2"],
    ["leaves the directory", "../0001-a.patch\n", "SERIES_INVALID", "../0001-a.patch"],
    ["names something else", "README\n", "SERIES_INVALID", "README"],
  ])("that %s is refused", async (_, text, code, names) => {
    series(text);
    await expect(readSeries(dir)).rejects.toMatchObject({ code, exitCode: 2, message: expect.stringContaining(names) });
  });

  test("that is missing is refused", async () => {
    await expect(readSeries(dir)).rejects.toMatchObject({ code: "SERIES_MISSING", exitCode: 2 });
  });
});
