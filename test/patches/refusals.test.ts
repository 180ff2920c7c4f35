import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { findBase } from "../../harness/kernel/bases.ts";
import { git } from "../../harness/patches/git.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel } from "./fake-base.ts";

const OPTIONS = "0001-page-reporting-option.patch";
const PREZERO = "0002-page-prezero.patch";

/** Hundreds of git processes: seconds on an idle machine, more on a busy one. */
vi.setConfig({ testTimeout: 60_000 });

describe("work in a worktree is never lost", () => {
  test("refresh refuses uncommitted changes and new files, names them, and leaves both sides alone", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const before = kernel.files();
    kernel.change("mm/Kconfig", "config 4\n", "config four\n");
    kernel.change("mm/forgotten.c", "", "int forgotten;\n");
    await expect(kernel.refresh()).rejects.toMatchObject({
      code: "WORKTREE_DIRTY",
      exitCode: 2,
      detail: expect.stringMatching(/mm\/Kconfig[\s\S]*mm\/forgotten\.c/),
    });
    expect(kernel.files()).toEqual(before);
    expect(readFileSync(join(kernel.worktree, "mm/Kconfig"), "utf8")).toContain("config four");
    await expect(kernel.edit()).rejects.toMatchObject({ code: "WORKTREE_DIRTY" });
  });

  test("the package's .gitignore, which hides every new file, hides none in the worktree", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    expect(readFileSync(join(kernel.source.dir, ".gitignore"), "utf8")).toContain("/*\n!/debian/\n");
    kernel.change("mm/forgotten.c", "", "int forgotten;\n");
    kernel.change("mm/built.o", "", "object\n");
    expect(kernel.git("status", "--porcelain")).toBe("?? mm/forgotten.c\n");
  });

  test("what a killed edit left half made and locked is not in the way of the next", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const { gitDir, root } = await kernel.base();
    const dir = join(kernel.root, "other");
    await git($, gitDir, ["worktree", "add", "--quiet", "--detach", "--lock", `${dir}.partial`, root]);
    rmSync(`${dir}.partial`, { recursive: true });
    await kernel.edit(dir);
    expect(existsSync(join(dir, "mm/Kconfig"))).toBe(true);
    expect((await git($, gitDir, ["worktree", "list"])).stdout).not.toContain(".partial");
  });

  test("a refresh that was killed after it began to write goes on when it is said again", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const record = resolve(kernel.worktree, kernel.git("rev-parse", "--git-path", "prezero.json").trim());
    const before = JSON.parse(readFileSync(record, "utf8"));
    kernel.change("mm/Kconfig", "config 4\n", "config four\n");
    kernel.commit("mm: one more");
    await kernel.refresh();
    writeFileSync(record, JSON.stringify(before));
    await expect(kernel.refresh()).rejects.toMatchObject({ code: "PATCHES_CHANGED" });
    writeFileSync(record, JSON.stringify({ ...before, writing: true }));
    await expect(kernel.edit()).rejects.toMatchObject({ code: "WORKTREE_AHEAD" });
    expect((await kernel.refresh()).unchanged).toHaveLength(4);
    expect(JSON.parse(readFileSync(record, "utf8"))).not.toHaveProperty("writing");
  });

  test("refresh with --force does not even look at what it overwrites", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const before = kernel.files();
    writeFileSync(join(kernel.patchesDir, "series"), "../elsewhere.patch\n");
    await expect(kernel.refresh()).rejects.toMatchObject({ code: "SERIES_INVALID" });
    await kernel.refresh({ force: true });
    const { series: _, ...patches } = before;
    expect(kernel.files()).toMatchObject(patches);
  });

  test("edit refuses a worktree with commits that no file has", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.change("mm/Kconfig", "config 4\n", "config four\n");
    const head = kernel.commit("mm: one more");
    await expect(kernel.edit()).rejects.toMatchObject({
      code: "WORKTREE_AHEAD",
      remedy: expect.stringContaining("refresh"),
    });
    expect(kernel.git("rev-parse", "HEAD").trim()).toBe(head);
  });

  test("edit again finds the worktree, and follows patch files that changed", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    expect((await kernel.edit()).outcome).toBe("current");
    kernel.writePatch(PREZERO, kernel.patch(PREZERO).replace("+zero more", "+zero even more"));
    expect((await kernel.edit()).outcome).toBe("updated");
    expect(readFileSync(join(kernel.worktree, "mm/page_alloc.c"), "utf8")).toContain("zero even more");
  });

  test("refresh refuses to overwrite patch files that somebody else changed meanwhile, unless forced", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const theirs = kernel.patch(PREZERO).replace("+zero more", "+zero even more");
    kernel.writePatch(PREZERO, theirs);
    await expect(kernel.refresh()).rejects.toMatchObject({ code: "PATCHES_CHANGED" });
    expect(kernel.patch(PREZERO)).toBe(theirs);
    await kernel.refresh({ force: true });
    expect(kernel.patch(PREZERO)).not.toBe(theirs);
  });

  test("refresh in the middle of a rebase is refused, because half the series is not there", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const before = kernel.files();
    expect(() => kernel.git("rebase", "--exec", "false", "HEAD~2")).toThrow();
    await expect(kernel.refresh()).rejects.toMatchObject({
      code: "WORKTREE_BUSY",
      message: expect.stringContaining("rebase"),
    });
    expect(kernel.files()).toEqual(before);
  });

  test("a killed edit leaves a partial worktree beside the place, and the next edit clears it", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const dir = join(kernel.root, "second");
    kernel.git("worktree", "add", "--quiet", "--detach", `${dir}.partial`, "base");
    mkdirSync(dir);
    expect((await kernel.edit(dir)).outcome).toBe("created");
    expect(existsSync(`${dir}.partial`)).toBe(false);
    expect((await kernel.edit(dir)).outcome).toBe("current");
    rmSync(dir, { recursive: true });
    expect((await kernel.edit(dir)).outcome).toBe("created");
  });

  test("a directory that is something else is not touched", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const other = join(kernel.root, "other");
    mkdirSync(other);
    writeFileSync(join(other, "thesis.txt"), "years of work\n");
    await expect(kernel.edit(other)).rejects.toMatchObject({ code: "WORKTREE_FOREIGN" });
    await expect(kernel.refresh({ dir: other })).rejects.toMatchObject({ code: "WORKTREE_MISSING" });
    expect(readFileSync(join(other, "thesis.txt"), "utf8")).toBe("years of work\n");
  });
});

describe("a commit that cannot be a patch is refused", () => {
  test.each([
    ["fixup! mm: page_prezero", "is not squashed yet"],
    ["mm: signed\n\nSigned-off-by: Dévi Eloper <devi@example.org>", "carries a Signed-off-by"],
  ])("%j", async (message, why) => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.change("mm/Kconfig", "config 4\n", "config four\n");
    kernel.commit(message);
    await expect(kernel.refresh()).rejects.toMatchObject({
      code: "COMMIT_UNFIT",
      message: expect.stringContaining(why),
    });
  });

  test("an empty commit, and a merge", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.git("commit", "--quiet", "--allow-empty", "--message", "mm: nothing");
    await expect(kernel.refresh()).rejects.toMatchObject({
      code: "COMMIT_UNFIT",
      message: expect.stringContaining("nothing"),
    });
    kernel.git("reset", "--quiet", "--hard", "HEAD~1");
    kernel.git(
      "merge",
      "--quiet",
      "--no-ff",
      "--strategy=ours",
      "--message",
      "merge",
      kernel.git("commit-tree", "base^{tree}", "-p", "base", "-m", "x").trim(),
    );
    await expect(kernel.refresh()).rejects.toMatchObject({
      code: "COMMIT_UNFIT",
      message: expect.stringContaining("merge"),
    });
  });

  test.each([
    [
      "mm: cut off\n\nAbove the line\n---\nbelow the line",
      'line 4 of its changelog, "---", ends the changelog of a mail',
    ],
    ["mm: x\n\ndiff --git a/x b/x\n", 'line 3 of its changelog, "diff --git a/x b/x", begins a diff'],
    ["mm: x\n\nIndex: the word\n", 'line 3 of its changelog, "Index: the word", begins a diff'],
    [
      `mm: x\n\nfirst\nFrom ${"a".repeat(40)} Mon Sep 17\n`,
      `line 4 of its changelog, "From ${"a".repeat(40)} Mon Sep 17", begins another mail`,
    ],
    [
      "mm: x\n\nFrom: A B <a@example.org>\n\nmore",
      'line 3 of its changelog, "From: A B <a@example.org>", is read as "more"',
    ],
    [
      "mm: a subject\nof two lines",
      'line 1 of its changelog, "mm: a subject", is read as "mm: a subject of two lines"',
    ],
  ])(
    "a changelog that a mail cannot carry, with the line and why, before anything is written: %j",
    async (text, why) => {
      using kernel = new FakeKernel();
      await kernel.startWithThree();
      const before = kernel.files();
      kernel.change("mm/Kconfig", "config 4\n", "config four\n");
      kernel.commit(text);
      await expect(kernel.refresh()).rejects.toMatchObject({
        code: "COMMIT_UNFIT",
        exitCode: 2,
        message: expect.stringContaining(`cannot be a patch: ${why}.`),
      });
      expect(kernel.files()).toEqual(before);
    },
  );

  test("a tree that does not start from this base's files is refused", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const orphan = kernel.git("commit-tree", "HEAD^{tree}", "-m", "another world").trim();
    kernel.git("checkout", "--quiet", "--detach", orphan);
    await expect(kernel.refresh()).rejects.toMatchObject({
      code: "WORKTREE_OTHER_BASE",
      message: expect.stringContaining("0.1.2-3~deb0u1"),
    });
  });
});

describe("a patch that does not apply", () => {
  test("names patch, file and hunk, shows the hunk, and leaves no worktree", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.writePatch(PREZERO, kernel.patch(PREZERO).replace(" alloc 49\n", " alloc forty-nine\n"));
    const dir = join(kernel.root, "second");
    await expect(kernel.edit(dir)).rejects.toMatchObject({
      code: "PATCH_DOES_NOT_APPLY",
      exitCode: 2,
      message: expect.stringMatching(
        /0002-page-prezero\.patch does not apply: mm\/page_alloc\.c, hunk 2 of 2: .*linux-source-0\.1/,
      ),
      detail: expect.stringContaining("alloc forty-nine"),
    });
    expect(existsSync(dir)).toBe(false);
    expect(kernel.git("worktree", "list", "--porcelain")).not.toContain(dir);
  });

  test("a file that is not there, or is there already, is named", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const good = kernel.patch(OPTIONS);
    kernel.writePatch(OPTIONS, good.replaceAll("mm/page_reporting.c", "mm/page_retorting.c"));
    await expect(kernel.edit(join(kernel.root, "second"))).rejects.toMatchObject({
      message: expect.stringMatching(/0001-.*: mm\/page_retorting\.c: does not exist/),
    });
    kernel.writePatch(OPTIONS, good);
    kernel.writePatch(PREZERO, kernel.patch(PREZERO).replaceAll("mm/page_prezero.c", "drivers/hv/hv_balloon.c"));
    await expect(kernel.edit(join(kernel.root, "second"))).rejects.toMatchObject({
      message: expect.stringMatching(/0002-.*: drivers\/hv\/hv_balloon\.c: already exists/),
    });
  });
});

test("an unknown base is answered with the ones that exist", async () => {
  await expect(findBase("2.4")).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining("2.4"),
    remedy: expect.stringContaining("6.12"),
  });
});
