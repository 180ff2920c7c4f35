import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { ensureKernel } from "../../harness/kernel/build.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel } from "./fake-kernel.ts";

/** Touches mm/ only: the miniature's symbols come from the shipped kunit.config. */
const PATCH = `From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001
From: Devi Eloper <devi@example.org>
Date: Wed, 4 Mar 2026 05:06:07 +0100
Subject: [PATCH] mm: clear pages ahead of time

Because it saves time later.
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
+	page->flags = 1;
 }
-- 
2.39.5

`;

test("the variant kunit is the series on user-mode Linux: a program, with its own configuration", async () => {
  using fake = new FakeKernel();
  fake.addSymbolsOf("kunit.config");
  fake.write("kernel-patches/0001-clear.patch", PATCH);
  const kernel = await ensureKernel($, fake.request("kunit"));
  expect(kernel).toMatchObject({ variant: "kunit", fragments: ["kunit.config"], patches: ["0001-clear.patch"] });
  expect(kernel.release).toMatch(/-kunit-/);
  expect(execFileSync(kernel.imagePath, { encoding: "utf8" })).toContain("reboot: System halted");
  expect((await ensureKernel($, fake.request("kunit"))).cached).toBe(true);
});

test("the pair on user-mode Linux differs by the series and its option alone", async () => {
  using fake = new FakeKernel();
  fake.addSymbolsOf("kunit-public.config", "prezero.config");
  fake.write("kernel-patches/0001-clear.patch", PATCH);
  const base = await ensureKernel($, fake.request("kunit-base"));
  const series = await ensureKernel($, fake.request("kunit-prezero"));
  expect(base).toMatchObject({ fragments: ["kunit-public.config"], patches: [] });
  expect(series).toMatchObject({
    fragments: ["kunit-public.config", "prezero.config"],
    patches: ["0001-clear.patch"],
  });
});
