import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { BaseRepository } from "../../../harness/patches/base-repository.ts";
import { git, gitLines } from "../../../harness/patches/git.ts";
import { portDiff, replacedDiff } from "../../../harness/patches/port/diffs.ts";
import { abortPort, continuePort, startPort } from "../../../harness/patches/port/port.ts";
import { requirePort } from "../../../harness/patches/port/state.ts";
import { refreshPatches } from "../../../harness/patches/refresh.ts";
import { readSeries } from "../../../harness/series/series.ts";
import { $ } from "../../fakes/shell.ts";
import { FakeKernel } from "../fake-base.ts";

vi.setConfig({ testTimeout: 120_000 });

const NAMES = { from: "0.1", to: "0.2" };

/** A kernel with three patches, and another line that lacks some of what they were made against. */
async function twoLines(kernel: FakeKernel, alloc: (text: string) => string) {
  await kernel.startWithThree();
  const base = await kernel.otherBase("0.2", { "mm/page_alloc.c": alloc(kernel.sourceText("mm/page_alloc.c")) });
  const target = { base, dir: join(kernel.root, "port"), patchesDir: join(kernel.root, "patches-0.2") };
  const source = { base: await kernel.base(), series: await readSeries(kernel.patchesDir) };
  return { target, begin: () => startPort($, target, NAMES, source, () => {}) };
}

const moved = (text: string) => `new at the top\n${text}`;
const renamed = (text: string) => text.replace("alloc 10\n", "alloc ten\n");

async function worktrees(base: BaseRepository): Promise<string[]> {
  return gitLines($, base.gitDir, ["worktree", "list", "--porcelain"]).then((lines) =>
    lines.filter((line) => line.startsWith("worktree ") && !line.includes(".git")),
  );
}

/** Resolves the conflict of mm/page_alloc.c as a person would. */
function resolve(dir: string): void {
  const file = join(dir, "mm/page_alloc.c");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/<{7}[\s\S]*?>{7}[^\n]*\n/, "alloc ten\nzero\n"));
}

describe("patches port", () => {
  test("where only lines have moved it finishes by itself, with the names and changelogs of the patches", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, moved);
    expect(await begin()).toMatchObject({ state: "finished", commits: 3, dropped: 0 });
    expect(readFileSync(join(target.dir, "mm/page_alloc.c"), "utf8")).toMatch(
      /^new at the top\n[\s\S]*alloc 10\nzero\n/,
    );
    const written = await refreshPatches($, target);
    expect(written.added).toEqual([
      "0001-page-reporting-option.patch",
      "0002-page-prezero.patch",
      expect.stringMatching(/^0003-.*\.patch$/),
    ]);
    expect(readFileSync(join(target.patchesDir, "0001-page-reporting-option.patch"), "utf8")).toMatch(
      /One for all does not fit\.[\s\S]*base-package: linux-source-0\.2/,
    );
  });

  test("the range-diff tells which patch became which", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, moved);
    const { port } = await begin();
    const lines = (await portDiff($, target, port, false)).trim().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^\d: +[0-9a-f]+ = \d: /);
  });

  test("a second port is told against the series that the base has by then", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, moved);
    await begin();
    expect(await replacedDiff($, target, false)).toBeUndefined();
    await refreshPatches($, target);
    expect((await replacedDiff($, target, false))?.trim().split("\n")).toEqual([
      expect.stringMatching(/^1: .* = 1: /),
      expect.stringMatching(/^2: .* = 2: /),
      expect.stringMatching(/^3: .* = 3: /),
    ]);
  });

  test("a conflict is left as an ordinary rebase, and says what each side has", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, renamed);
    expect(await begin()).toMatchObject({
      state: "conflicts",
      patch: expect.stringContaining("page_prezero: zero free pages"),
      conflicts: [{ file: "mm/page_alloc.c", regions: [{ ours: ["alloc ten"], expected: ["alloc 10"] }] }],
    });
    expect((await git($, target.dir, ["status"])).stdout).toContain("rebase in progress");
  });

  test("--continue goes on with what was resolved; --continue too early and a second start are refused", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, renamed);
    await begin();
    await expect(continuePort($, target)).rejects.toMatchObject({
      code: "PORT_CONFLICTS_LEFT",
      message: expect.stringContaining("mm/page_alloc.c"),
    });
    await expect(begin()).rejects.toMatchObject({ code: "PORT_UNFINISHED", exitCode: 2 });
    resolve(target.dir);
    expect(await continuePort($, target)).toMatchObject({ state: "finished", commits: 3 });
    expect(readFileSync(join(target.dir, "mm/page_alloc.c"), "utf8")).toContain("alloc ten\nzero\n");
    await expect(continuePort($, target)).rejects.toMatchObject({ code: "PORT_NOT_RUNNING" });
  });

  test("a file that the other base has not is never taken over unseen", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const base = await kernel.otherBase("0.2", { "drivers/virtio/virtio_balloon.c": "" });
    const target = { base, dir: join(kernel.root, "port"), patchesDir: join(kernel.root, "patches-0.2") };
    kernel.change("drivers/virtio/virtio_balloon.c", "balloon 4\n", "balloon four\n");
    kernel.commit("virtio_balloon: four");
    await kernel.refresh();
    const source = { base: await kernel.base(), series: await readSeries(kernel.patchesDir) };
    expect(await startPort($, target, NAMES, source, () => {})).toMatchObject({
      state: "conflicts",
      conflicts: [{ file: "drivers/virtio/virtio_balloon.c", kind: "gone" }],
    });
    await expect(continuePort($, target)).rejects.toMatchObject({
      code: "PORT_CONFLICTS_LEFT",
      message: expect.stringContaining("drivers/virtio/virtio_balloon.c"),
      remedy: expect.stringContaining("git rm"),
    });
    await git($, target.dir, ["rm", "--quiet", "drivers/virtio/virtio_balloon.c"]);
    expect(await continuePort($, target)).toMatchObject({ state: "finished", dropped: 1 });
    expect(existsSync(join(target.dir, "drivers/virtio/virtio_balloon.c"))).toBe(false);
  });

  test("another port than the one that was named is left alone, and so is one whose record is damaged", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, renamed);
    await begin();
    await requirePort($, target.dir, NAMES);
    await expect(requirePort($, target.dir, { ...NAMES, from: "0.3" })).rejects.toMatchObject({
      code: "PORT_IS_ANOTHER",
      remedy: expect.stringContaining("--from 0.1 --to 0.2"),
    });
    const record = (await git($, target.dir, ["rev-parse", "--git-path", "prezero-port.json"])).stdout.trim();
    writeFileSync(record, "{");
    await expect(abortPort($, target)).rejects.toMatchObject({ code: "RECORD_DAMAGED", exitCode: 2 });
    expect(existsSync(target.dir)).toBe(true);
  });

  test("a rebase that git gave up is no finished port", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, renamed);
    await begin();
    await git($, target.dir, ["rebase", "--abort"]);
    await expect(continuePort($, target)).rejects.toMatchObject({ code: "PORT_ABANDONED", exitCode: 2 });
    await abortPort($, target);
    expect(existsSync(target.dir)).toBe(false);
  });

  test("what stops git is told, and is not taken for a conflict", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, renamed);
    await begin();
    resolve(target.dir);
    await git($, target.dir, ["add", "--all"]);
    const lock = (await git($, target.dir, ["rev-parse", "--git-path", "index.lock"])).stdout.trim();
    writeFileSync(lock, "");
    await expect(continuePort($, target)).rejects.toMatchObject({
      code: "GIT_FAILED",
      detail: expect.stringContaining("index.lock"),
    });
    rmSync(lock);
    expect(await continuePort($, target)).toMatchObject({ state: "finished" });
  });

  test("what was resolved once is resolved by itself when the series is ported again, and told", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, renamed);
    await begin();
    resolve(target.dir);
    expect(await continuePort($, target)).toMatchObject({ state: "finished", remembered: [] });
    await git($, target.base.gitDir, ["worktree", "remove", "--force", target.dir]);
    expect(await begin()).toMatchObject({
      state: "finished",
      commits: 3,
      remembered: [expect.stringContaining("page_prezero: zero free pages")],
    });
    expect(readFileSync(join(target.dir, "mm/page_alloc.c"), "utf8")).toContain("alloc ten\nzero\n");
  });

  test("after what git remembers it stops where a person has to decide, with the files that are left", async () => {
    using kernel = new FakeKernel();
    const both = (text: string) => renamed(text).replace("alloc 30\n", "alloc thirty\n");
    await kernel.startWithThree();
    kernel.change("mm/page_alloc.c", "alloc 30\n", "alloc 30, later\n");
    kernel.commit("mm: page_prezero: later");
    await kernel.refresh();
    const base = await kernel.otherBase("0.2", { "mm/page_alloc.c": both(kernel.sourceText("mm/page_alloc.c")) });
    const target = { base, dir: join(kernel.root, "port"), patchesDir: join(kernel.root, "patches-0.2") };
    const source = { base: await kernel.base(), series: await readSeries(kernel.patchesDir) };
    const later = { state: "conflicts", patch: "mm: page_prezero: later", conflicts: [{ file: "mm/page_alloc.c" }] };
    await startPort($, target, NAMES, source, () => {});
    resolve(target.dir);
    expect(await continuePort($, target)).toMatchObject(later);
    await abortPort($, target);
    expect(await startPort($, target, NAMES, source, () => {})).toMatchObject(later);
  });

  test("a base is not ported to itself", async () => {
    using kernel = new FakeKernel();
    const { target } = await twoLines(kernel, moved);
    const source = { base: await kernel.base(), series: await readSeries(kernel.patchesDir) };
    await expect(startPort($, target, { from: "0.1", to: "0.1" }, source, () => {})).rejects.toMatchObject({
      code: "PORT_TO_ITSELF",
      exitCode: 2,
      remedy: expect.stringContaining("edit 0.1"),
    });
    expect(existsSync(target.dir)).toBe(false);
  });

  test("--abort removes a finished port as well, but not what came to it since", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, moved);
    await begin();
    await expect(continuePort($, target)).rejects.toMatchObject({ code: "PORT_NOT_RUNNING" });
    const file = join(target.dir, "mm/page_alloc.c");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, `${before}more\n`);
    await expect(abortPort($, target)).rejects.toMatchObject({ code: "WORKTREE_DIRTY" });
    await git($, target.dir, ["commit", "--quiet", "--all", "--message", "more"]);
    await expect(abortPort($, target)).rejects.toMatchObject({
      code: "PORT_CHANGED",
      remedy: expect.stringContaining("worktree remove --force"),
    });
    await git($, target.dir, ["reset", "--quiet", "--hard", "HEAD^"]);
    await abortPort($, target);
    expect(existsSync(target.dir)).toBe(false);
    expect(await worktrees(target.base)).toEqual([]);
  });

  test("--abort leaves nothing behind, and without a port it is refused", async () => {
    using kernel = new FakeKernel();
    const { target, begin } = await twoLines(kernel, renamed);
    await expect(abortPort($, target)).rejects.toMatchObject({ code: "PORT_NOT_RUNNING" });
    await begin();
    await abortPort($, target);
    expect(existsSync(target.dir)).toBe(false);
    expect(await worktrees(target.base)).toEqual([]);
  });

  test("a directory with something in it is not touched, and a series that does not fit its own base makes no worktree", async () => {
    using kernel = new FakeKernel();
    const { target } = await twoLines(kernel, moved);
    const broken = { base: target.base, series: await readSeries(kernel.patchesDir) };
    await expect(startPort($, { ...target, dir: kernel.worktree }, NAMES, broken, () => {})).rejects.toMatchObject({
      code: "WORKTREE_IN_THE_WAY",
    });
    kernel.writePatch(
      "0002-page-prezero.patch",
      kernel.patch("0002-page-prezero.patch").replace(/^ alloc 11$/m, " alloc eleven"),
    );
    const unfit = { base: await kernel.base(), series: await readSeries(kernel.patchesDir) };
    await expect(startPort($, target, NAMES, unfit, () => {})).rejects.toMatchObject({ code: "PATCH_DOES_NOT_APPLY" });
    expect(existsSync(target.dir)).toBe(false);
    expect(await worktrees(target.base)).toEqual([]);
  });
});
