import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { projectPath } from "../../../harness/base/paths.ts";
import { type ExportOptions, exportSeries } from "../../../harness/patches/export/export.ts";
import { readLetter } from "../../../harness/patches/export/letter.ts";
import { previousExport } from "../../../harness/patches/export/previous.ts";
import { projectIdentity } from "../../../harness/patches/export/sign-off.ts";
import { readSeries } from "../../../harness/series/series.ts";
import { $ } from "../../fakes/shell.ts";
import { FakeKernel } from "../fake-base.ts";

vi.setConfig({ testTimeout: 60_000 });

const WHO = "Émile Exporter With A Name That Makes Git Fold The Header <emile.exporter@mail.example.org>";
const LETTER = { subject: "mm: clear free memory early", body: "Why.\n\n@TABLES@\n\nHow." };
const COVER = "0000-cover-letter.patch";

async function exported(kernel: FakeKernel, more: Partial<ExportOptions> = {}): Promise<string[]> {
  return exportSeries($, {
    base: await kernel.base(),
    series: await readSeries(kernel.patchesDir),
    outDir: join(kernel.root, "out"),
    version: 1,
    who: WHO,
    recipients: { to: ["Andrew Example <andrew@example.org>"], cc: ["linux-mm@example.org"] },
    letter: LETTER,
    tables: ["THP is off\nw/o 4.1s\nw/  2.0s\n"],
    ...more,
  });
}

/** A tree of the base as somebody else has it: unpacked, in a repository of its own. */
function freshTree(kernel: FakeKernel): { dir: string; git: (...args: string[]) => string } {
  const dir = join(kernel.root, "fresh");
  execFileSync("cp", ["-r", kernel.source.dir, dir]);
  const env = { ...process.env, HOME: dir, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const git = (...args: string[]) => execFileSync("git", ["-C", dir, ...args], { encoding: "utf8", env });
  git("init", "--quiet");
  git("config", "user.name", "Some Body");
  git("config", "user.email", "some@example.org");
  git("add", "--all", "--force");
  git("commit", "--quiet", "--message", "the package");
  return { dir, git };
}

const read = (paths: string[], name: string) => readFileSync(paths.find((path) => path.endsWith(name)) ?? "", "utf8");

describe("patches export", () => {
  test("a letter, a mail for each patch, and all of them in an mbox", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const paths = await exported(kernel);
    expect(paths.map((path) => path.slice(join(kernel.root, "out/").length))).toEqual([
      COVER,
      expect.stringMatching(/^0001-.*\.patch$/),
      expect.stringMatching(/^0002-.*\.patch$/),
      expect.stringMatching(/^0003-.*\.patch$/),
      "series.mbox",
    ]);
    expect(read(paths, "series.mbox").match(/^From [0-9a-f]{40} /gm)).toHaveLength(4);
  });

  test("the letter has subject, text, tables, diffstat, and what the series was made against", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const cover = read(await exported(kernel), COVER);
    expect(cover).toMatch(/^Subject: \[PATCH 0\/3\] mm: clear free memory early$/m);
    expect(cover).toMatch(/^To: Andrew Example <andrew@example\.org>$/m);
    expect(cover).toMatch(/^Cc: linux-mm@example\.org$/m);
    expect(cover).toMatch(/Why\.\n\nTHP is off\nw\/o 4\.1s\nw\/ {2}2\.0s\n\nHow\./);
    expect(cover).toMatch(/\d files changed, \d+ insertions/);
    expect(cover).toMatch(
      /\n---\nbase-commit: [0-9a-f]{40}\nbase-package: linux-source-0\.1\nbase-version: 0\.1\.2-3~deb0u1\nbase-tree: [0-9a-f]{40}\n\n-- \n/,
    );
    expect(cover).toContain(`base-commit: ${(await kernel.base()).root}\n`);
  });

  test("what introduces the tables stands above them", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const letter = { ...LETTER, body: "Why.\n\nIn the tables below,\nless is better.\n@TABLES@\n\nHow." };
    const cover = read(await exported(kernel, { letter, tables: ["one\n", "two\n"] }), COVER);
    expect(cover).toContain("Why.\n\nIn the tables below,\nless is better.\n\none\n\ntwo\n\nHow.\n");
  });

  test("without a run the letter has no table, no place for one and no word about any", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const introduced = { ...LETTER, body: "Why.\n\nIn the tables below,\nless is better.\n@TABLES@\n\nHow." };
    for (const letter of [LETTER, introduced]) {
      const cover = read(await exported(kernel, { letter, tables: [], force: true }), COVER);
      expect(cover).toContain("\n\nWhy.\n\nHow.\n");
      expect(cover).not.toMatch(/@TABLES@|tables/);
    }
  });

  test("the project's own letter without a run speaks of no table and of nothing below", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const letter = await readLetter([projectPath("kernel-patches")]);
    const cover = read(await exported(kernel, { letter, tables: [] }), COVER);
    expect(cover).not.toMatch(/\btables?\b|\bbelow\b/i);
    const withOne = read(await exported(kernel, { letter, tables: ["THP is on\n"], force: true }), COVER);
    expect(withOne).toMatch(/CPU time below[^@]*\n\nTHP is on\n\nPatch 1/);
  });

  test("--rfc is in every subject, where b4 has it, before the version", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const paths = await exported(kernel, { rfc: true, version: 2 });
    const subjects = paths.slice(0, 4).map((path) => /^Subject: (\[.*?\])/m.exec(readFileSync(path, "utf8"))?.[1]);
    expect(subjects).toEqual([0, 1, 2, 3].map((number) => `[PATCH RFC v2 ${number}/3]`));
  });

  test("the project's patches are those of who exports them: in the short log and in each mail", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const paths = await exported(kernel, { project: "Dévi Eloper <devi@example.org>" });
    expect(read(paths, COVER)).toMatch(/^Émile Exporter[^\n]* \(3\):$/m);
    for (const path of paths) expect(readFileSync(path, "utf8")).not.toContain("Dévi");
  });

  test("the short log names another author who wrote a patch", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    expect(read(await exported(kernel), COVER)).toMatch(/^Dévi Eloper \(3\):$/m);
  });

  test("every patch of the repository is by the project, which package.json names", async () => {
    for (const dir of ["", "5.10", "6.1", "7.3"]) {
      for (const { text } of (await readSeries(projectPath("kernel-patches", dir))).patches) {
        const from = /^From: ([^\n]*(?:\n [^\n]*)*)/m.exec(text)?.[1]?.replace(/\n /g, " ");
        expect(from).toBe(await projectIdentity());
      }
    }
  });

  test("every patch is signed off by who exports it, last, and keeps its author", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const paths = await exported(kernel);
    for (const path of paths.slice(1, 4)) {
      const changelog = readFileSync(path, "utf8").split("\n---\n")[0] ?? "";
      expect(changelog.trimEnd().split("\n").at(-1)).toBe(`Signed-off-by: ${WHO}`);
      expect(changelog).toMatch(/^From: Dévi Eloper <devi@example\.org>$/m);
    }
  });

  test("git am takes them on a fresh tree, and the tree is that of the series", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const paths = await exported(kernel);
    const { git } = freshTree(kernel);
    git("am", "--quiet", ...paths.slice(1, 4));
    expect(git("rev-parse", "HEAD^{tree}")).toBe(kernel.git("rev-parse", "HEAD^{tree}"));
    expect(git("log", "-1", "--format=%an")).toBe("Dévi Eloper\n");
  });

  test("b4 am takes the mbox, and what it makes of it applies", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const paths = await exported(kernel);
    const { dir, git } = freshTree(kernel);
    mkdirSync(join(kernel.root, "b4"));
    const b4 = spawnSync("b4", ["--offline-mode", "am", "-o", join(kernel.root, "b4"), "-m", paths.at(-1) ?? ""], {
      cwd: dir,
      encoding: "utf8",
      env: { ...process.env, HOME: kernel.root },
    });
    expect(b4.stderr).toContain("Total patches: 3");
    expect(b4.status).toBe(0);
    const made = readdirSync(join(kernel.root, "b4")).find((name) => name.endsWith(".mbx"));
    git("am", "--quiet", join(kernel.root, "b4", made ?? ""));
    expect(git("rev-parse", "HEAD^{tree}")).toBe(kernel.git("rev-parse", "HEAD^{tree}"));
  });

  test("git send-email would send them to the maintainers, and sends nothing here", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const paths = await exported(kernel);
    const { git } = freshTree(kernel);
    const said = git("send-email", "--dry-run", "--confirm=never", "--from=emile@example.org", ...paths.slice(0, -1));
    expect(said.match(/^Result: OK$/gm)).toHaveLength(4);
    expect(said).toContain("RCPT TO:<andrew@example.org>");
    expect(said).toContain("RCPT TO:<linux-mm@example.org>");
  });

  test("a second version has its number and, in the letter, what changed since the first", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const outDir = join(kernel.root, "out");
    await exported(kernel);
    kernel.change("Documentation/mm/index.rst", "page_prezero\n", "page_prezero\npage_prezero_more\n");
    kernel.git("commit", "--quiet", "--all", "--amend", "--no-edit");
    await kernel.refresh();
    const previous = await previousExport($, await kernel.base(), outDir, 1);
    const paths = await exported(kernel, { version: 2, previous });
    const cover = read(paths, `v2-${COVER}`);
    expect(cover).toMatch(/^Subject: \[PATCH v2 0\/3\]/m);
    expect(cover).toMatch(/Range-diff against v1:\n1: .* = 1: .*\n2: .* = 2: .*\n3: .* ! 3: /);
    expect(cover).toMatch(/page_prezero_more[\s\S]*base-package: /);
  });

  test("a version that is there is not overwritten unseen, and one before that is missing is named", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const outDir = join(kernel.root, "out");
    await exported(kernel);
    await expect(exported(kernel)).rejects.toMatchObject({ code: "EXPORT_EXISTS", exitCode: 2 });
    await exported(kernel, { force: true });
    await expect(previousExport($, await kernel.base(), outDir, 2)).rejects.toMatchObject({ code: "PREVIOUS_MISSING" });
    expect(readdirSync(outDir).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("the directory of a base's patches is no place for mails, not even with --force", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const before = kernel.files();
    await expect(exported(kernel, { outDir: kernel.patchesDir, force: true })).rejects.toMatchObject({
      code: "EXPORT_INTO_SERIES",
    });
    expect(kernel.files()).toEqual(before);
  });

  test("a series without patches cannot be exported, and one that does not apply leaves no mail", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const name = "0002-page-prezero.patch";
    kernel.writePatch(name, kernel.patch(name).replace(/^ alloc 11$/m, " alloc eleven"));
    await expect(exported(kernel)).rejects.toMatchObject({ code: "PATCH_DOES_NOT_APPLY" });
    const empty = join(kernel.root, "empty");
    mkdirSync(empty);
    writeFileSync(join(empty, "series"), "# nothing yet\n");
    await expect(exported(kernel, { series: await readSeries(empty) })).rejects.toMatchObject({ code: "SERIES_EMPTY" });
  });
});
