import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fetchSource } from "../../harness/kernel/source.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel } from "./fake-kernel.ts";

const PINNED = "6.12.117-1~deb12u1";
const NEWER = "6.12.120-1~deb12u1";

/**
 * An archive in a directory, and the two apt tools as far as they are used: what the machine's lists know, what the
 * archive has (asked for with options of a private state), and a record of every call.
 */
class FakeArchive extends FakeKernel {
  readonly archive = join(this.root, "archive");

  constructor(knows: { machine: string[]; archive: string[]; downloadable: string[] }) {
    super();
    const tree = join(this.root, "tree");
    cpSync(this.source, join(tree, "linux-source-6.12"), { recursive: true });
    rmSync(this.source, { recursive: true });
    mkdirSync(this.archive);
    for (const version of knows.downloadable) this.#addDeb(tree, version);
    writeFileSync(join(this.root, "machine"), knows.machine.map(madison).join(""));
    writeFileSync(join(this.root, "private"), knows.archive.map(madison).join(""));
    this.stub("apt-cache", `case "$1" in -o) cat ${this.root}/private;; *) cat ${this.root}/machine;; esac`);
    this.stub(
      "apt-get",
      `echo "$*" >> ${this.root}/calls
for word; do last=$word; done
case "$*" in
*update*) test ! -e ${this.root}/offline || { echo "E: Temporary failure resolving"; exit 100; } ;;
*) cp "${this.archive}/$last.deb" . || { echo "E: Failed to fetch $last 404 Not Found"; exit 100; } ;;
esac`,
    );
  }

  /** Calls of apt-get so far, without its options. */
  get calls(): string[] {
    const file = join(this.root, "calls");
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    return lines.map((line) => line.replaceAll(/-o \S+ /g, ""));
  }

  #addDeb(tree: string, version: string): void {
    const deb = join(this.root, "deb");
    mkdirSync(join(deb, "DEBIAN"), { recursive: true });
    mkdirSync(join(deb, "usr/src"), { recursive: true });
    const control = ["Package: linux-source-6.12", `Version: ${version}`, "Architecture: all"];
    const rest = ["Maintainer: Devi Eloper <devi@example.org>", "Description: a kernel in miniature", ""];
    writeFileSync(join(deb, "DEBIAN/control"), [...control, ...rest].join("\n"));
    execFileSync("tar", ["-cJf", join(deb, "usr/src/linux-source-6.12.tar.xz"), "-C", tree, "linux-source-6.12"]);
    const target = join(this.archive, `linux-source-6.12=${version}.deb`);
    execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", deb, target], { stdio: "ignore" });
  }

  fetch() {
    return fetchSource($, this.base, (line) => void this.said.push(line));
  }
}

function madison(version: string): string {
  return `linux-source-6.12 | ${version} | http://deb.debian.org/debian-security bookworm-security/main amd64 Packages\n`;
}

describe("fetching a base's source", () => {
  test("takes the pinned version from what the machine's apt knows", async () => {
    using fake = new FakeArchive({ machine: [NEWER, PINNED], archive: [], downloadable: [PINNED, NEWER] });
    const source = await fake.fetch();
    expect(source).toMatchObject({ packageName: "linux-source-6.12", version: PINNED, pinned: true });
    expect(existsSync(join(source.dir, "mm/page_alloc.c"))).toBe(true);
    expect(fake.calls).toEqual([`download linux-source-6.12=${PINNED}`]);
  });

  test("needs no apt at all the second time", async () => {
    using fake = new FakeArchive({ machine: [PINNED], archive: [], downloadable: [PINNED] });
    const first = await fake.fetch();
    fake.stub("apt-get", "exit 1");
    fake.stub("apt-cache", "exit 1");
    expect(await fake.fetch()).toEqual(first);
  });

  test("keeps the package, so a tree that was deleted comes back without network", async () => {
    using fake = new FakeArchive({ machine: [PINNED], archive: [], downloadable: [PINNED] });
    const first = await fake.fetch();
    rmSync(first.dir, { recursive: true });
    fake.stub("apt-get", "exit 1");
    expect(await fake.fetch()).toEqual(first);
    expect(existsSync(join(first.dir, "mm/page_alloc.c"))).toBe(true);
  });

  test("asks the archive through a private state when the machine's apt does not know the version", async () => {
    using fake = new FakeArchive({ machine: [], archive: [NEWER, PINNED], downloadable: [PINNED, NEWER] });
    expect(await fake.fetch()).toMatchObject({ version: PINNED, pinned: true });
    expect(fake.calls).toEqual(["update --error-on=any", `download linux-source-6.12=${PINNED}`]);
    const list = readFileSync(join(fake.cache, "apt/bookworm-security/sources.list"), "utf8");
    expect(list).toMatch(/^deb \[signed-by=\S+\] http:\/\/deb\.debian\.org\/debian-security bookworm-security main$/m);
  });

  test("takes the newest of the line when the pinned version is gone, and says so", async () => {
    using fake = new FakeArchive({ machine: [], archive: [NEWER], downloadable: [NEWER] });
    expect(await fake.fetch()).toMatchObject({ version: NEWER, pinned: false });
    const note = fake.said.find((line) => line.startsWith("NOTE:"));
    expect(note).toContain(`${PINNED} is gone from bookworm-security; using ${NEWER}`);
  });

  test("says so every time that it is used, from the cache too", async () => {
    using fake = new FakeArchive({ machine: [], archive: [NEWER], downloadable: [NEWER] });
    await fake.fetch();
    fake.said.length = 0;
    expect(await fake.fetch()).toMatchObject({ version: NEWER, pinned: false });
    expect(fake.said.join()).toContain("is gone");
    expect(fake.calls.filter((call) => call.startsWith("download"))).toHaveLength(1);
  });

  test("asks the archive when the machine's lists are older than the archive", async () => {
    using fake = new FakeArchive({ machine: [PINNED], archive: [NEWER], downloadable: [NEWER] });
    expect(await fake.fetch()).toMatchObject({ version: NEWER, pinned: false });
  });

  test("uses the newest that is here when the pinned version is not and there is no network", async () => {
    using fake = new FakeArchive({ machine: [], archive: [NEWER], downloadable: [NEWER] });
    await fake.fetch();
    fake.said.length = 0;
    fake.write("offline", "");
    expect(await fake.fetch()).toMatchObject({ version: NEWER, pinned: false });
    expect(fake.said.join()).toContain("cannot be reached");
  });

  test("without network and without a cache is an error that names the archive", async () => {
    using fake = new FakeArchive({ machine: [], archive: [], downloadable: [] });
    fake.write("offline", "");
    await expect(fake.fetch()).rejects.toMatchObject({
      code: "APT_UPDATE_FAILED",
      exitCode: 3,
      detail: expect.stringContaining("Temporary failure resolving"),
      remedy: expect.stringContaining("http://deb.debian.org/debian-security"),
    });
  });

  test("a package that no archive has any more is an error that names the base", async () => {
    using fake = new FakeArchive({ machine: [], archive: [], downloadable: [] });
    await expect(fake.fetch()).rejects.toMatchObject({ code: "SOURCE_GONE", remedy: expect.stringContaining("6.12") });
  });

  test("a run that was killed while unpacking leaves nothing that the next one takes for a tree", async () => {
    using fake = new FakeArchive({ machine: [PINNED], archive: [], downloadable: [PINNED] });
    fake.stub("tar", "mkdir -p mm; exit 1");
    await fake.fetch().catch(() => {});
    expect(existsSync(fake.source)).toBe(false);
    rmSync(join(fake.root, "bin/tar"));
    expect(existsSync(join((await fake.fetch()).dir, "mm/page_alloc.c"))).toBe(true);
  });
});
