import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { projectPath } from "../../harness/base/paths.ts";
import type { Base } from "../../harness/kernel/bases.ts";
import type { KernelRequest } from "../../harness/kernel/build.ts";
import { parseSymbols } from "../../harness/kernel/fragment.ts";
import type { BuildVariant } from "../../harness/kernel/variant.ts";

const TREE = resolve(import.meta.dirname, "../fakes/kernel-tree");

/** Fragments of the miniature kernel; the real ones name thousands of things that it has not. */
const FRAGMENTS: Record<string, string> = {
  "lean.config": "CONFIG_SMP=y\nCONFIG_PAGE_REPORTING=n\n",
  "prezero.config": "CONFIG_PAGE_PREZERO=y\n",
};

/** A patch as git format-patch writes it, that adds the option and uses it. */
export const SERIES_PATCH = `From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001
From: Devi Eloper <devi@example.org>
Date: Wed, 4 Mar 2026 05:06:07 +0100
Subject: [PATCH] mm: clear pages ahead of time

Because it saves time later.
---
 Kconfig         | 3 +++
 mm/page_alloc.c | 2 +-
 2 files changed, 4 insertions(+), 1 deletion(-)

diff --git a/Kconfig b/Kconfig
--- a/Kconfig
+++ b/Kconfig
@@ -3,3 +3,6 @@ config SMP
 
 config PAGE_REPORTING
 	bool "Free page reporting"
+
+config PAGE_PREZERO
+	bool "Clear free pages"
diff --git a/mm/page_alloc.c b/mm/page_alloc.c
--- a/mm/page_alloc.c
+++ b/mm/page_alloc.c
@@ -2,5 +2,5 @@
 
 void free_page(struct page *page)
 {
-	page->flags = 0;
+	page->flags = 1;
 }
-- 
2.39.5

`;

/** A patch that is no part of the series: the plain source with another line in one file. */
const LIMIT_PATCH = `From 2222222222222222222222222222222222222222 Mon Sep 17 00:00:00 2001
From: Devi Eloper <devi@example.org>
Date: Wed, 4 Mar 2026 05:06:07 +0100
Subject: [PATCH] mm: clear nothing

For measurement.
---
 mm/page_alloc.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/mm/page_alloc.c b/mm/page_alloc.c
--- a/mm/page_alloc.c
+++ b/mm/page_alloc.c
@@ -2,5 +2,5 @@
 
 void free_page(struct page *page)
 {
-	page->flags = 0;
+	page->flags = 3;
 }
-- 
2.39.5

`;

/** A cache of its own that has the miniature kernel as the unpacked source of 6.12, and a series of one patch. */
export class FakeKernel implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "prezero-kernel-test-"));
  readonly cache: string;
  readonly patches = join(this.root, "kernel-patches");
  readonly source: string;
  readonly said: string[] = [];
  readonly shares: (number | undefined)[] = [];
  readonly base: Base;
  readonly #environment = { ...process.env };

  /** @param cache an empty directory; one below the root when absent */
  constructor(cache?: string) {
    this.cache = cache ?? join(this.root, "cache");
    this.source = join(this.cache, "sources/linux-source-6.12_6.12.117-1-deb12u1");
    process.env.PREZERO_CACHE = this.cache;
    mkdirSync(this.cache, { recursive: true });
    cpSync(TREE, this.source, { recursive: true });
    for (const [name, text] of Object.entries(FRAGMENTS)) writeFileSync(join(this.root, name), text);
    mkdirSync(this.patches);
    this.write("kernel-patches/series", "0001-clear.patch\n");
    this.write("kernel-patches/0001-clear.patch", SERIES_PATCH);
    this.base = {
      name: "6.12",
      source: {
        package: "linux-source-6.12",
        suite: "bookworm-security",
        archive: "http://deb.debian.org/debian-security",
        version: "6.12.117-1~deb12u1",
      },
      patches: this.patches,
      fragments: [join(this.root, "lean.config")],
    };
  }

  [Symbol.dispose](): void {
    for (const name of Object.keys(process.env)) if (!(name in this.#environment)) delete process.env[name];
    Object.assign(process.env, this.#environment);
    rmSync(this.root, { recursive: true, force: true });
  }

  request(variant: BuildVariant, ...fragments: string[]): KernelRequest {
    return {
      base: this.base,
      variant,
      fragments: fragments.map((name) => join(this.root, name)),
      progress: {
        log: (line) => void this.said.push(line),
        update: (share) => void this.shares.push(share),
        done: (note = "done") => void this.said.push(note),
      },
    };
  }

  /** Gives the base a patch of the kernel that never clears; it is not one of the series. */
  addLimitPatch(): void {
    const dir = join(this.root, "limit-patches");
    mkdirSync(dir);
    this.write("limit-patches/series", "never-clear.patch\n");
    this.write("limit-patches/never-clear.patch", LIMIT_PATCH);
    this.base.limitPatches = dir;
  }

  /** Makes every symbol that shipped fragments name the miniature's own configuration language. */
  addSymbolsOf(...fragments: string[]): void {
    const files = fragments.map((fragment) => projectPath("configs/kconfig", fragment));
    const names = files.flatMap((file) => [...parseSymbols(readFileSync(file, "utf8"), file).keys()]);
    const entries = names.map((name) => `config ${name.replace("CONFIG_", "")}\n\tbool "${name}"\n`);
    writeFileSync(join(this.source, "Kconfig"), entries.join("\n"));
  }

  /** Writes a file below the root: a patch, a fragment, a file of the source. */
  write(path: string, text: string): string {
    const file = join(this.root, path);
    writeFileSync(file, text);
    return file;
  }

  /** Changes a file of the pristine source. */
  changeSource(path: string, from: string | RegExp, to: string): void {
    const file = join(this.source, path);
    const before = readFileSync(file, "utf8");
    const after = before.replace(from, to);
    if (before === after) throw new Error(`${path} has no ${from}`);
    writeFileSync(file, after);
  }

  /** Puts a script in front of the machine's tool of that name. */
  stub(tool: string, script: string): void {
    const bin = join(this.root, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, tool), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, tool), 0o755);
    if (!process.env.PATH?.startsWith(bin)) process.env.PATH = `${bin}:${process.env.PATH}`;
  }
}
