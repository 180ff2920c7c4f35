import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchSource } from "../../harness/kernel/source.ts";
import type { TestResult } from "../../harness/ktap/result.ts";
import { MutantTree } from "../../harness/mutations/mutant-tree.ts";
import { readMutations } from "../../harness/mutations/mutation.ts";
import { runMutations } from "../../harness/mutations/run.ts";
import { baseRepository } from "../../harness/patches/base-repository.ts";
import { announcedBy, comparable, toldBy } from "../fakes/announced.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel } from "../kernel/fake-kernel.ts";

/** Touches the program that is the kernel: the miniature has its results in a script. */
const SERIES = `From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001
From: Devi Eloper <devi@example.org>
Date: Wed, 4 Mar 2026 05:06:07 +0100
Subject: [PATCH] mm: clear pages ahead of time

Because it saves time later.
---
diff --git a/mm/page_alloc.c b/mm/page_alloc.c
--- a/mm/page_alloc.c
+++ b/mm/page_alloc.c
@@ -4,3 +4,3 @@ void free_page(struct page *page)
 {
-	page->flags = 0;
+	page->flags = 1;
 }
-- 
2.39.5

`;
const CASE = "prezero_test_handout_is_zero_and_clean";
/** In place of the miniature's `cat`: a kernel that runs the one case that is asked for, and refuses what it should. */
const FILTERS = `case "$*" in *bulk_is_zero*)
  for name in init_on_free page_poison debug_pagealloc; do
    case "$*" in *" $name="*) echo "error == -95, page_prezero: not enabled: $name";; esac
  done
  exit;;
esac
for word; do case $word in kunit.filter_glob=*) only=\${word##*.};; esac; done
sed -E "s/^    1\\.\\.2/    1..1/; /ok [12] prezero/{/$only/!d; s/ok 2/ok 1/}"`;

let fake: FakeKernel;
let directory: string;
beforeEach(() => {
  fake = new FakeKernel();
  fake.addSymbolsOf("kunit.config");
  fake.write("kernel-patches/0001-clear.patch", SERIES);
  directory = join(fake.root, "mutations");
  mkdirSync(directory);
});
afterEach(() => fake[Symbol.dispose]());

/** A mutation that makes the kernel say something else about its second case. */
function mutation(name: string, says: string, before = `    ok 2 ${CASE}`, caughtBy = `kunit ${CASE}`): void {
  writeFileSync(
    join(directory, `${name}.patch`),
    `Breaks: the mark never outlives hand-out
Caught-by: ${caughtBy}

diff --git a/arch/um/linux.sh b/arch/um/linux.sh
--- a/arch/um/linux.sh
+++ b/arch/um/linux.sh
@@ -11,3 +11,3 @@
     ok 1 prezero_test_options_are_checked
-${before}
+${says}
 # page_prezero: pass:2 fail:0 skip:0 total:2
`,
  );
}

async function run(shell = $): Promise<{ results: TestResult[]; shown: string[] }> {
  const shown: string[] = [];
  const plan = {
    base: fake.base,
    accel: "tcg" as const,
    scratch: fake.root,
    logs: fake.root,
  };
  const mutations = await readMutations([directory]);
  const results = await runMutations(
    shell,
    mutations,
    { ...plan, say: () => {} },
    (index, { name }) => shown.push(`${index} ${name}`),
    ({ name, status }) => shown.push(`${status} ${name}`),
  );
  return { results, shown };
}

test("a dry run tells what a run runs: the healthy series, its tests, then each mutant with its own and the way back", async () => {
  mutation("a", `    not ok 2 ${CASE}`);
  mutation("b", `    not ok 2 ${CASE}`, undefined, "kunit prezero_test_options_are_checked");
  mutation("c", `    not ok 2 ${CASE}`, undefined, "refusals init_on_free=1");
  mutation("d", `    not ok 2 ${CASE}`, undefined, "refusals page_poison=1");
  fake.changeSource("arch/um/linux.sh", /^cat/m, FILTERS.replaceAll("$", "$$$$"));
  const told = comparable(await toldBy(run));
  const END = "# the rest, if any, depends on what is found";
  expect(told.filter((line) => line === END)).toHaveLength(4);
  expect(told.filter((line) => line !== END)).toEqual(comparable(await announcedBy(run)));
  expect(told.join("\n")).toMatch(
    /git apply .*a\.patch\n.*LOCALVERSION=-mutant.*filter_glob=.*--reverse .*a\.patch\n/s,
  );
});

test("a dry run boots the healthy series once for all cases of the selftest, as a run does", async () => {
  fake.addSymbolsOf("bench.config", "prezero.config");
  fake.base.fragments = [];
  mutation("a", `    not ok 2 ${CASE}`, undefined, "selftest PMD size");
  mutation("b", `    not ok 2 ${CASE}`, undefined, "selftest 64K");
  const selftests = join(fake.source, "tools/testing/selftests");
  mkdirSync(join(selftests, "mm"), { recursive: true });
  for (const file of ["kselftest.h", "mm/page_prezero.c"]) writeFileSync(join(selftests, file), "");
  const say = () => {};
  await baseRepository($, await fetchSource($, fake.base, say), say);
  const told = await toldBy(run);
  const boots = told.filter((line) => line.startsWith("qemu-system-x86_64 "));
  expect(boots).toHaveLength(3);
});

test("a mutant whose test fails is caught, one whose test still passes is missed, each as soon as it is known", async () => {
  mutation("a-noticed", `    not ok 2 ${CASE}`);
  mutation("b-unnoticed", `    # it is not quite the same\n    ok 2 ${CASE}`.replace("\n", "\n+"));
  const text = readFileSync(join(directory, "b-unnoticed.patch"), "utf8");
  writeFileSync(join(directory, "b-unnoticed.patch"), text.replace("@@ -11,3 +11,3 @@", "@@ -11,3 +11,4 @@"));
  const { results, shown } = await run();
  expect(results.map(({ status }) => status)).toEqual(["passed", "failed"]);
  expect(shown).toEqual([
    "0 a-noticed",
    "passed a-noticed: the mark never outlives hand-out",
    "1 b-unnoticed",
    "failed b-unnoticed: the mark never outlives hand-out",
  ]);
});

test("the tree is healed after each, so that the next mutant has one fault only", async () => {
  mutation("a", `    not ok 2 ${CASE}`);
  mutation("b", `    not ok 2 ${CASE}`);
  expect((await run()).results.map(({ status }) => status)).toEqual(["passed", "passed"]);
  expect(readFileSync(join(fake.cache, "mutants/6.12-kunit/arch/um/linux.sh"), "utf8")).toContain(`    ok 2 ${CASE}`);
});

test("a test that fails without a mutation can catch nothing, and that ends the run", async () => {
  fake.changeSource("arch/um/linux.sh", `ok 2 ${CASE}`, `not ok 2 ${CASE}`);
  mutation("a", `    ok 2 ${CASE}`, `    not ok 2 ${CASE}`);
  await expect(run()).rejects.toMatchObject({ code: "MUTATION_BASELINE" });
});

test("a mutation that does not fit the series any more is the caller's to mend, and the tree is left whole", async () => {
  mutation("stale", "    ok", "    not there");
  await expect(run()).rejects.toMatchObject({
    code: "MUTATION_DOES_NOT_APPLY",
    message: expect.stringContaining("stale"),
    detail: expect.stringContaining("arch/um/linux.sh"),
  });
});

test("a mutant that does not build is not one that was caught, and the others have their turn", async () => {
  const header = `Breaks: all\nCaught-by: kunit ${CASE}\n\n`;
  const diff =
    "diff --git a/mm/page_reporting.c b/mm/page_reporting.c\n--- a/mm/page_reporting.c\n+++ b/mm/page_reporting.c\n";
  const text = `${header}${diff}@@ -1,2 +1,2 @@\n-#include <linux/mm.h>\n+#error broken\n \n`;
  writeFileSync(join(directory, "a-broken.patch"), text);
  mutation("b-noticed", `    not ok 2 ${CASE}`);
  const { results } = await run();
  expect(results.map(({ status }) => status)).toEqual(["failed", "passed"]);
  expect(results[0]?.log.join("\n")).toMatch(/does not build.*error broken/s);
  const healed = join(fake.cache, "mutants/6.12-kunit/mm/page_reporting.c");
  expect(readFileSync(healed, "utf8")).toContain("#include <linux/mm.h>");
});

test("a kernel that runs all of the suite, whatever is asked for, is asked once for all its tests", async () => {
  mutation("a", `    not ok 2 ${CASE}`);
  mutation("b", `    not ok 2 ${CASE}`);
  const other = readFileSync(join(directory, "b.patch"), "utf8").replace(CASE, "prezero_test_options_are_checked");
  writeFileSync(join(directory, "b.patch"), other);
  fake.changeSource("arch/um/linux.sh", "#!/bin/sh\n", `#!/bin/sh\necho run >> ${fake.root}/runs\n`);
  await run();
  expect(readFileSync(join(fake.root, "runs"), "utf8").split("\n").length - 1).toBe(3);
});

test("mutants stay out of the cache of kernels", async () => {
  const tree = await MutantTree.make($, fake.base, "kunit");
  expect(await tree.build()).toContain("/mutants/");
});
