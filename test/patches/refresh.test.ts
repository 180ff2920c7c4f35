import { chmodSync, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { FakeKernel } from "./fake-base.ts";

const OPTIONS = "0001-page-reporting-option.patch";
const PREZERO = "0002-page-prezero.patch";
const DOCS = "0003-mm-describe-page-prezero.patch";

/** Hundreds of git processes: seconds on an idle machine, more on a busy one. */
vi.setConfig({ testTimeout: 60_000 });

describe("patches edit and refresh", () => {
  test("refresh right after edit changes no byte and touches no file", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const before = kernel.files();
    const written = statSync(join(kernel.patchesDir, PREZERO)).mtimeMs;
    const edited = await kernel.edit(join(kernel.root, "second"));
    const answer = await kernel.refresh({ dir: join(kernel.root, "second") });
    expect(edited.outcome).toBe("created");
    expect(answer).toEqual({ added: [], changed: [], removed: [], unchanged: [OPTIONS, PREZERO, DOCS] });
    expect(kernel.files()).toEqual(before);
    expect(statSync(join(kernel.patchesDir, PREZERO)).mtimeMs).toBe(written);
  });

  test("the names that `series` plans are taken in order and struck off; further patches are named after their subject", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    expect(kernel.patch("series")).toBe(`# order of the patches\n${OPTIONS}\n${PREZERO}\n${DOCS}\n`);
    expect(readdirSync(kernel.patchesDir).sort()).toEqual([OPTIONS, PREZERO, DOCS, "series"]);
  });

  test("a patch says what it was made against, below the changelog, and carries nothing that changes by itself", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const text = kernel.patch(PREZERO);
    expect(text).toMatch(/^From 0{40} Mon Sep 17 00:00:00 2001\nFrom: /);
    expect(text).toContain("Date: Wed, 4 Mar 2026 05:06:07 +0100\n");
    expect(text).toContain("Subject: [PATCH] mm: page_prezero: zero free pages in the background — early\n");
    const record =
      /^---\nbase-package: linux-source-0\.1\nbase-version: 0\.1\.2-3~deb0u1\nbase-blobs:\n((?: {2}.+\n)+)\n? /m.exec(
        text,
      );
    const page = kernel.git("rev-parse", "base:mm/page_alloc.c").trim();
    expect(record?.[1]).toMatch(new RegExp(`^  mm/Makefile: [0-9a-f]{40}\n  mm/page_alloc.c: ${page}\n$`));
    expect(text).toMatch(/^index [0-9a-f]{12}\.\.[0-9a-f]{12} 100644$/m);
    expect(text).not.toMatch(/^-- $|Signed-off-by/m);
  });

  test("the same series on the same base has the same commit ids everywhere", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const first = await kernel.edit(join(kernel.root, "second"));
    const second = await kernel.edit(join(kernel.root, "third"));
    expect(first.commits).toHaveLength(3);
    expect(second.commits).toEqual(first.commits);
  });

  test("git am gives the commits that edit gives", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const ours = kernel.git("log", "--format=%T %an %ae %aI%n%B", "base..HEAD");
    kernel.git("checkout", "--quiet", "--detach", "base");
    kernel.git("am", "--quiet", ...[OPTIONS, PREZERO, DOCS].map((name) => join(kernel.patchesDir, name)));
    expect(kernel.git("log", "--format=%T %an %ae %aI%n%B", "base..HEAD")).toBe(ours);
  });

  test("an amended commit changes its own file only, also when its subject changes", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.change("Documentation/mm/index.rst", "page_prezero", "page_prezero and more");
    kernel.git("commit", "--quiet", "--all", "--amend", "--message", "Documentation: mm: another subject");
    expect(await kernel.refresh()).toMatchObject({
      changed: [DOCS],
      unchanged: [OPTIONS, PREZERO],
      added: [],
      removed: [],
    });
    expect(kernel.patch(DOCS)).toContain("another subject");
  });

  test("a change deep in the series, made with rebase, keeps every name", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.change("mm/page_reporting.c", "report 30", "report thirty");
    kernel.git("commit", "--quiet", "--all", "--fixup", "HEAD~2");
    kernel.git("rebase", "--quiet", "--interactive", "--autosquash", "base");
    const answer = await kernel.refresh();
    expect(answer).toMatchObject({ added: [], removed: [], changed: [OPTIONS], unchanged: [PREZERO, DOCS] });
    expect(kernel.patch(OPTIONS)).toContain("+report thirty");
  });

  test("a new commit becomes a new file with the next number, in its place of the order", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.change("drivers/hv/hv_balloon.c", "hyperv 7\n", "hyperv seven\n");
    kernel.commit("hv_balloon: say the order");
    const answer = await kernel.refresh();
    expect(answer.added).toEqual(["0004-say-the-order.patch"]);
    expect(kernel.patch("series").trim().split("\n").slice(1)).toEqual([
      OPTIONS,
      PREZERO,
      DOCS,
      "0004-say-the-order.patch",
    ]);
  });

  test("a dropped commit's file and line go, the others stay as they are", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const before = kernel.files();
    kernel.git("rebase", "--quiet", "--onto", "HEAD~2", "HEAD~1");
    const answer = await kernel.refresh();
    expect(answer).toMatchObject({ removed: [PREZERO], unchanged: [OPTIONS, DOCS] });
    expect(existsSync(join(kernel.patchesDir, PREZERO))).toBe(false);
    expect(kernel.patch("series")).toBe(`# order of the patches\n${OPTIONS}\n${DOCS}\n`);
    expect(kernel.files()[DOCS]).toBe(before[DOCS]);
  });

  test("a patch whose last line is a blank one of the context is whole", async () => {
    using kernel = new FakeKernel();
    await kernel.start();
    kernel.change("mm/page_alloc.c", "alloc 5\n", "alloc 5\n\nalloc five and a half\n");
    kernel.commit("mm: a blank line");
    kernel.change("mm/page_alloc.c", "alloc 3\n", "alloc three\n");
    kernel.commit("mm: three");
    await kernel.refresh();
    expect(kernel.patch("0002-three.patch")).toMatch(/\n alloc 5\n \n$/);
    const tree = kernel.git("rev-parse", "HEAD^{tree}");
    const second = await kernel.edit(join(kernel.root, "second"));
    expect(kernel.git("rev-parse", `${second.head}^{tree}`)).toBe(tree);
  });

  test("file modes, deletions, renames, binary files and a missing last newline come through", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.git("mv", "drivers/hv/hv_balloon.c", "drivers/hv/balloon.c");
    kernel.git("rm", "--quiet", "mm/Kconfig");
    kernel.change("tools/run.sh", "", "#!/bin/sh\nexit 0");
    chmodSync(join(kernel.worktree, "tools/run.sh"), 0o755);
    kernel.change("tools/data.bin", "", "\0\x01\x02binary\0");
    kernel.commit("tools: everything at once");
    await kernel.refresh();
    const tree = kernel.git("rev-parse", "HEAD^{tree}");
    const second = await kernel.edit(join(kernel.root, "second"));
    expect(kernel.git("rev-parse", `${second.head}^{tree}`)).toBe(tree);
  });
});
