import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { Shell } from "../../harness/base/shell.ts";
import { baseRepository } from "../../harness/patches/base-repository.ts";
import { editPatches } from "../../harness/patches/edit.ts";
import { exportSeries } from "../../harness/patches/export/export.ts";
import { startPort } from "../../harness/patches/port/port.ts";
import { refreshPatches } from "../../harness/patches/refresh.ts";
import { readSeries } from "../../harness/series/series.ts";
import { announcedBy, toldBy } from "../fakes/announced.ts";
import { FakeKernel } from "./fake-base.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Every file below a directory with its size; what git's own upkeep touches keeps its size. */
function filesIn(root: string): string[] {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  return names.map((name) => `${name} ${statSync(join(root, name)).size}`).sort();
}

/** What git chooses in the real run, or differs in each: where it keeps what is a worktree's own, and temporary files. */
const comparable = (lines: string[]) =>
  lines.map((line) =>
    line
      .replace(/\/tmp\/prezero-(index|mail|\d+)-\w+/g, "TMP")
      .replace(/[^ =']*\.partial-\w+/g, "PARTIAL")
      .replace(/\S+\/(prezero(-port)?\.json)/, "GIT/$1"),
  );

const silent = () => {};

/** A dry run changes nothing, and tells what the real run after it runs. @returns what it told */
async function tellsWhatRuns(kernel: FakeKernel, work: ($: Shell) => Promise<unknown>): Promise<string[]> {
  const before = filesIn(kernel.root);
  const told = comparable(await toldBy(work));
  expect(filesIn(kernel.root)).toEqual(before);
  expect(told).toEqual(comparable(await announcedBy(work)));
  return told;
}

describe("a dry run of patches", () => {
  test("edit: the commits have their real ids, and no object of them is in the repository", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const second = join(kernel.root, "second");
    const told = await tellsWhatRuns(kernel, async ($) =>
      editPatches($, {
        base: await baseRepository($, kernel.source, silent),
        dir: second,
        patchesDir: kernel.patchesDir,
        say: silent,
      }),
    );
    expect(told.join("\n")).toContain(
      `worktree add --quiet --detach ${second}.partial ${kernel.git("rev-parse", "HEAD").trim()}`,
    );
  });

  test("edit of a patch that does not apply is refused as a real run refuses it", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.writePatch(
      "0002-page-prezero.patch",
      kernel.patch("0002-page-prezero.patch").replace(" alloc 10\n", " alloc ten\n"),
    );
    const edit = toldBy(async ($) =>
      editPatches($, {
        base: await baseRepository($, kernel.source, silent),
        dir: join(kernel.root, "second"),
        patchesDir: kernel.patchesDir,
        say: silent,
      }),
    );
    await expect(edit).rejects.toMatchObject({ code: "PATCH_DOES_NOT_APPLY" });
  });

  test("edit where the repository is not there yet: what makes it, with names for ids", async () => {
    using kernel = new FakeKernel();
    mkdirSync(kernel.patchesDir);
    kernel.writePatch("series", "");
    const work = async ($: Shell) =>
      editPatches($, {
        base: await baseRepository($, kernel.source, silent),
        dir: kernel.worktree,
        patchesDir: kernel.patchesDir,
        say: silent,
      });
    const before = filesIn(kernel.root);
    const told = await toldBy(work);
    expect(filesIn(kernel.root)).toEqual(before);
    const verbs = (lines: string[]) =>
      lines
        .map((line) => /git -C .* (init|add|write-tree|commit-tree|tag|worktree \w+) /.exec(`${line} `)?.[1])
        .filter(Boolean);
    expect(verbs(told)).toEqual(verbs(await announcedBy(work)));
    expect(told.join("\n")).toContain("tag base COMMIT");
  });

  test("refresh: which files would be written", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    kernel.change("mm/Kconfig", "config 4\n", "config four\n");
    kernel.commit("mm: one more");
    const told = await tellsWhatRuns(kernel, async ($) =>
      refreshPatches($, {
        base: await baseRepository($, kernel.source, silent),
        dir: kernel.worktree,
        patchesDir: kernel.patchesDir,
      }),
    );
    expect(told.filter((line) => line.startsWith(`# writes ${kernel.patchesDir}`))).toEqual([
      `# writes ${kernel.patchesDir}/0004-one-more.patch`,
      `# writes ${kernel.patchesDir}/series`,
    ]);
  });

  test("export: the mails are made, and proved, and put nowhere", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const told = await tellsWhatRuns(kernel, async ($) =>
      exportSeries($, {
        base: await baseRepository($, kernel.source, silent),
        series: await readSeries(kernel.patchesDir),
        outDir: join(kernel.root, "out"),
        version: 1,
        who: "Emile Exporter <emile@example.org>",
        recipients: { to: [], cc: [] },
        letter: { subject: "mm: clear free memory early", body: "Why." },
        tables: [],
      }),
    );
    expect(told.at(-1)).toBe(`mv -T PARTIAL/series.mbox ${kernel.root}/out/series.mbox`);
    expect(readFileSync(join(kernel.root, "out/series.mbox"), "utf8")).toContain("Signed-off-by: Emile Exporter");
  });

  test("port: all up to the rebase, where it depends on git what comes next", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const base = await kernel.otherBase("0.2", {});
    const target = { base, dir: join(kernel.root, "port"), patchesDir: join(kernel.root, "patches-0.2") };
    const work = async ($: Shell) => {
      const source = {
        base: await baseRepository($, kernel.source, silent),
        series: await readSeries(kernel.patchesDir),
      };
      return startPort($, target, { from: "0.1", to: "0.2" }, source, silent);
    };
    const before = filesIn(kernel.root);
    const told = comparable(await toldBy(work));
    expect(filesIn(kernel.root)).toEqual(before);
    expect(told.at(-1)).toBe("# what comes next depends on where the rebase stops");
    const ran = comparable(await announcedBy(work));
    expect(told.slice(0, -1)).toEqual(ran.slice(0, told.length - 1));
    expect(told.at(-2)).toMatch(/ rebase --onto [0-9a-f]{40} [0-9a-f]{40} [0-9a-f]{40}$/);
  });
});
