import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BaseRepository, baseRepository } from "../../harness/patches/base-repository.ts";
import { editPatches } from "../../harness/patches/edit.ts";
import { refreshPatches } from "../../harness/patches/refresh.ts";
import { $ } from "../fakes/shell.ts";

/** A developer as git knows one; the tests must not depend on who runs them. */
const DEVELOPER = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Dévi Eloper",
  GIT_AUTHOR_EMAIL: "devi@example.org",
  GIT_COMMITTER_NAME: "Dévi Eloper",
  GIT_COMMITTER_EMAIL: "devi@example.org",
  GIT_AUTHOR_DATE: "2026-03-04T05:06:07+0100",
  GIT_EDITOR: "true",
};

const FILES: Record<string, string> = {
  Makefile: "obj-y += mm/ drivers/\n",
  ".gitignore": "*.o\nvmlinux\nfirmware.bin\n/*\n!/debian/\n",
  "firmware.bin": "a file of the package that its own .gitignore names\n",
  "mm/Makefile": "obj-y += page_alloc.o\n",
  "mm/page_alloc.c": numbered("alloc", 60),
  "mm/page_reporting.c": numbered("report", 40),
  "mm/Kconfig": numbered("config", 20),
  "include/linux/page_reporting.h": numbered("struct", 12),
  "drivers/virtio/virtio_balloon.c": numbered("balloon", 30),
  "drivers/hv/hv_balloon.c": numbered("hyperv", 30),
  "Documentation/mm/index.rst": "mm\n==\n",
};

/** A stand-in for the kernel: a dozen files, its own cache, its own patch directory. */
export class FakeKernel implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "prezero-patches-test-"));
  readonly source = { dir: join(this.root, "source"), packageName: "linux-source-0.1", version: "0.1.2-3~deb0u1" };
  readonly patchesDir = join(this.root, "kernel-patches");
  readonly worktree = join(this.root, "worktree");
  readonly #cacheBefore = process.env.PREZERO_CACHE;

  constructor(files = FILES) {
    process.env.PREZERO_CACHE = join(this.root, "cache");
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.source.dir, path)), { recursive: true });
      writeFileSync(join(this.source.dir, path), text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
    }
  }

  [Symbol.dispose](): void {
    if (this.#cacheBefore === undefined) delete process.env.PREZERO_CACHE;
    else process.env.PREZERO_CACHE = this.#cacheBefore;
    rmSync(this.root, { recursive: true, force: true });
  }

  base(): Promise<BaseRepository> {
    return baseRepository($, this.source, () => {});
  }

  /**
   * Another kernel line: the same files but for what is replaced, in a directory and repository of its own. A file whose
   * text is "" is not there.
   */
  otherBase(version: string, replaced: Record<string, string>): Promise<BaseRepository> {
    const dir = join(this.root, `source-${version}`);
    cpSync(this.source.dir, dir, { recursive: true });
    for (const [path, text] of Object.entries(replaced)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      if (text === "") rmSync(join(dir, path));
      else writeFileSync(join(dir, path), text);
    }
    return baseRepository($, { dir, packageName: `linux-source-${version}`, version: `${version}.1-1` }, () => {});
  }

  /** Text of a file of the source. */
  sourceText(path: string): string {
    return readFileSync(join(this.source.dir, path), "utf8");
  }

  async edit(dir = this.worktree) {
    return editPatches($, { base: await this.base(), dir, patchesDir: this.patchesDir, say: () => {} });
  }

  async refresh(options: { dir?: string; force?: boolean } = {}) {
    return refreshPatches($, { base: await this.base(), dir: this.worktree, patchesDir: this.patchesDir, ...options });
  }

  /** Runs git as the developer does by hand. */
  git(...args: string[]): string {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
    return execFileSync("git", ["-C", this.worktree, ...args], {
      encoding: "utf8",
      env: { ...env, ...DEVELOPER },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Replaces text in a file of the worktree; a file that is not there is made. */
  change(path: string, from: string, to: string): void {
    const file = join(this.worktree, path);
    mkdirSync(dirname(file), { recursive: true });
    const before = from === "" ? "" : readFileSync(file, "utf8");
    if (!before.includes(from)) throw new Error(`${path} has no "${from}"`);
    writeFileSync(file, from === "" ? to : before.replace(from, to));
  }

  commit(message: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD").trim();
  }

  /** An empty `series` (with planned names, if given), and a worktree of the bare source. */
  async start(planned: string[] = []): Promise<void> {
    mkdirSync(this.patchesDir, { recursive: true });
    const lines = ["# order of the patches", ...planned.map((name) => `# planned: ${name}`)];
    writeFileSync(join(this.patchesDir, "series"), lines.map((line) => `${line}\n`).join(""));
    await this.edit();
  }

  /** A worktree of three patches: options, the feature, its documentation. */
  async startWithThree(): Promise<void> {
    template ??= makeTemplate();
    const made = await template;
    cpSync(join(made.root, "cache"), join(this.root, "cache"), { recursive: true });
    cpSync(made.patchesDir, this.patchesDir, { recursive: true });
    await this.edit();
  }

  /** Every file of the patch directory with its bytes. */
  files(): Record<string, string> {
    const names = readdirSync(this.patchesDir).sort();
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(this.patchesDir, name), "latin1")]));
  }

  patch(name: string): string {
    return readFileSync(join(this.patchesDir, name), "utf8");
  }

  writePatch(name: string, text: string): void {
    writeFileSync(join(this.patchesDir, name), text);
  }
}

/** Made once per test file, as a developer makes patches; each test starts from a copy. */
let template: Promise<FakeKernel> | undefined;

async function makeTemplate(): Promise<FakeKernel> {
  const cache = process.env.PREZERO_CACHE;
  const kernel = new FakeKernel();
  process.once("exit", () => kernel[Symbol.dispose]());
  await kernel.start(["0001-page-reporting-option.patch", "0002-page-prezero.patch"]);
  kernel.change("include/linux/page_reporting.h", "struct 3", "struct 3\nunsigned int min_order;");
  kernel.change("mm/page_reporting.c", "report 20", "report twenty");
  kernel.commit(
    "mm: page_reporting: let each consumer choose\n\nOne for all does not fit.\n\nLink: https://example.org/1",
  );
  kernel.change("mm/page_prezero.c", "", "int prezero;\n");
  kernel.change("mm/Makefile", "page_alloc.o", "page_alloc.o page_prezero.o");
  kernel.change("mm/page_alloc.c", "alloc 10\n", "alloc 10\nzero\n");
  kernel.change("mm/page_alloc.c", "alloc 50\n", "alloc 50\nzero more\n");
  kernel.commit("mm: page_prezero: zero free pages in the background — early\n\nA body with non-ASCII: é.");
  kernel.change("Documentation/mm/index.rst", "==\n", "==\n\npage_prezero\n");
  kernel.commit("Documentation: mm: describe page_prezero");
  await kernel.refresh();
  process.env.PREZERO_CACHE = cache;
  return kernel;
}

function numbered(word: string, count: number): string {
  return Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join("");
}
