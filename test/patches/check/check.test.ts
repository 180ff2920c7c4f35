import { describe, expect, test, vi } from "vitest";
import { renderKtap } from "../../../harness/ktap/write.ts";
import { seriesResults, showReport } from "../../../harness/patches/check/report.ts";
import { CheckedKernel, findings } from "./fake-checked-kernel.ts";

const ONE = "0001-return-one.patch";

/** Hundreds of git processes: seconds on an idle machine, more on a busy one. */
vi.setConfig({ testTimeout: 60_000 });

describe("patches check", () => {
  test("a clean series is clean, although the source itself is not", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("mm/page_reporting.c", "return order", "return 1 + order");
    kernel.commit("mm: return one");
    await kernel.refresh();
    const report = await kernel.check();
    expect(report.ok, showReport(report)).toBe(true);
    expect(report.patches.map((patch) => patch.patch)).toEqual([ONE]);
    expect(findings(report, "build-off")).toEqual([[]]);
    expect(findings(report, "build-on")).toEqual([
      ["skipped: not there yet: CONFIG_PAGE_PREZERO, CONFIG_PAGE_PREZERO_KUNIT_TEST"],
    ]);
  });

  test("what a header of the source has to say is said once, however many files of the series include it", async () => {
    using kernel = new CheckedKernel({
      "include/linux/page_reporting.h": "int page_reporting(int order);\nstatic int idle(void) { return 0; }\n",
    });
    await kernel.start();
    kernel.change("mm/page_prezero.c", "", "#include <linux/page_reporting.h>\n");
    kernel.commit("mm: one more user");
    kernel.change("include/linux/page_reporting.h", "static", "static int lazy(void) { return 0; }\nstatic");
    kernel.commit("mm: page_reporting: one more of them");
    await kernel.refresh();
    const report = await kernel.check();
    expect(findings(report, "build-off")).toEqual([
      [],
      [expect.stringMatching(/^\+ include\/linux\/page_reporting\.h: .*'lazy' defined but not used/)],
    ]);
  });

  test("each patch answers for what it brings, and is told what it takes away", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("mm/page_alloc.c", "return 0", "int BAD_STYLE; /* CONTEXT */\n\treturn 0");
    kernel.change("mm/page_alloc.c", "/* UNDESCRIBED of old */", "/* UNDESCRIBED of old */\n/* UNDESCRIBED */");
    kernel.commit("mm: not so good");
    kernel.change("mm/page_alloc.c", "int BAD_STYLE; /* CONTEXT */\n\t", "");
    kernel.change("mm/page_alloc.c", "/* UNDESCRIBED */\n", "");
    kernel.change("mm/page_alloc.c", "int unused_of_old; ", "");
    kernel.commit("mm: better");
    await kernel.refresh();
    const report = await kernel.check();
    const file = "mm/page_alloc.c";
    expect(report.ok).toBe(false);
    expect(findings(report, "checkpatch")).toEqual([[`+ ${file}: BAD_STYLE: this is not how it is written`], []]);
    expect(findings(report, "kernel-doc")).toEqual([
      [`+ ${file}: parameter not described`],
      [`- ${file}: parameter not described`],
    ]);
    const unused = (name: string) => `${file}: warning: unused variable '${name}' [-Wunused-variable]`;
    expect(findings(report, "build-off")).toEqual([
      [`+ ${unused("BAD_STYLE")}`],
      [`- ${unused("BAD_STYLE")}`, `- ${unused("unused_of_old")}`],
    ]);
    const context = `${file}: warning: context imbalance`;
    expect(findings(report, "sparse")).toEqual([[`+ ${context}`], [`- ${context}`]]);
  });

  test("sparse reads a file that has no object of its own through those that include it", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("mm/page_alloc_test.c", "", "/* a test */\n");
    kernel.change("mm/page_alloc.c", "int old", '#include "page_alloc_test.c"\nint old');
    kernel.commit("mm: a test");
    kernel.change("mm/page_alloc_test.c", "a test", "CONTEXT");
    kernel.commit("mm: a test that leaves a lock");
    await kernel.refresh();
    expect(findings(await kernel.check(), "sparse")).toEqual([
      [],
      ["+ mm/page_alloc_test.c: warning: context imbalance"],
    ]);
  });

  test("what only the option compiles is the option's, and a later patch is not blamed for it", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("Kconfig", "config HYPERV\n", "config PAGE_PREZERO\n\nconfig HYPERV\n");
    kernel.change(
      "mm/page_alloc.c",
      "int old",
      "#ifdef CONFIG_PAGE_PREZERO\nstatic int zero(void) { return 0; }\n#endif\nint old",
    );
    kernel.commit("mm: an option");
    kernel.change("Kconfig", "config HYPERV\n", "config PAGE_PREZERO_KUNIT_TEST\n\nconfig HYPERV\n");
    kernel.commit("mm: tests of it");
    await kernel.refresh();
    const report = await kernel.check();
    expect(findings(report, "build-off")).toEqual([[], []]);
    expect(findings(report, "build-on")).toEqual([
      [expect.stringMatching(/^\+ mm\/page_alloc\.c: .*'zero' defined but not used/)],
      [],
    ]);
  });

  test("built as a whole, what the last patch leaves behind is found, and it does not count as a check of each", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("Kconfig", "config HYPERV\n", "config PAGE_PREZERO\n\nconfig HYPERV\n");
    kernel.change(
      "mm/page_alloc.c",
      "int old",
      "#ifdef CONFIG_PAGE_PREZERO\nstatic int zero(void) { return 0; }\n#endif\nint old",
    );
    kernel.commit("mm: an option");
    kernel.change("Kconfig", "config HYPERV\n", "config PAGE_PREZERO_KUNIT_TEST\n\nconfig HYPERV\n");
    kernel.commit("mm: tests of it");
    await kernel.refresh();
    const report = await kernel.verify(false, false);
    expect(findings(report, "build-off")).toEqual([["skipped: built together with those behind it"], []]);
    expect(findings(report, "build-on")[1]).toEqual([expect.stringMatching(/'zero' defined but not used/)]);
  });

  test("a header that breaks a driver which the patch does not touch is found, and where it is repaired", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("include/linux/page_reporting.h", "int order", "int order, int batch");
    kernel.change("mm/page_reporting.c", "int order)", "int order, int batch)");
    kernel.change("mm/page_reporting.c", "return order", "return order + batch");
    kernel.commit("mm: page_reporting: a batch");
    kernel.change("drivers/virtio/virtio_balloon.c", "page_reporting(1)", "page_reporting(1, 1)");
    kernel.commit("virtio_balloon: a batch");
    await kernel.refresh();
    const report = await kernel.check();
    const broken = expect.stringContaining("drivers/virtio/virtio_balloon.c: error: too few arguments");
    expect(findings(report, "build-off")).toEqual([[broken], [broken]]);
    expect(findings(report, "build-off")[0]?.[0]).toMatch(/^\+/);
    expect(findings(report, "build-off")[1]?.[0]).toMatch(/^-/);
  });

  test("a patch that does not apply fails with patch, file and hunk; what comes after is not run", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("mm/page_alloc.c", "return 0", "return 1");
    kernel.commit("mm: return one");
    kernel.change("mm/page_reporting.c", "return order", "return 1");
    kernel.commit("mm: report one");
    await kernel.refresh();
    kernel.writePatch(
      ONE,
      kernel.patch(ONE).replace(" /* UNDESCRIBED of old */", " /* UNDESCRIBED of ancient times */"),
    );
    const report = await kernel.check();
    expect(report.ok).toBe(false);
    expect(findings(report, "apply")).toEqual([
      [expect.stringMatching(/0001-return-one\.patch does not apply: mm\/page_alloc\.c, hunk 1 of 1/)],
      ["skipped: the one before does not apply"],
    ]);
    expect(findings(report, "build-off")).toEqual([
      ["skipped: the patch does not apply"],
      ["skipped: the patch does not apply"],
    ]);
  });

  test("a patch made against other blobs is not exact, also when it applies", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("mm/page_alloc.c", "return 0", "return 1");
    kernel.commit("mm: return one");
    await kernel.refresh();
    kernel.writePatch(ONE, kernel.patch(ONE).replace(/^index [0-9a-f]{12}/m, "index 0123456789ab"));
    const report = await kernel.check(true);
    expect(findings(report, "apply")).toEqual([[]]);
    expect(findings(report, "exact")).toEqual([
      [expect.stringContaining("mm/page_alloc.c: is not what the patch was made against")],
    ]);
    expect(report.ok).toBe(false);
  });

  test("--fast says what it leaves out; people and kernel tools can read the report", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("mm/page_alloc.c", "return 0", "int BAD_STYLE;\n\treturn 0");
    kernel.commit("mm: return one");
    await kernel.refresh();
    const report = await kernel.check(true);
    expect(findings(report, "build-off")).toEqual([["skipped: not run with --fast"]]);
    expect(showReport(report)).toContain(`+ ${ONE}: checkpatch: mm/page_alloc.c:`);
    expect(showReport(report)).toContain("1 patch on linux-source-0.1 0.1.2-3~deb0u1: not clean");
    expect(renderKtap(seriesResults(report))).toMatchInlineSnapshot(`
      "KTAP version 1
      1..2
          # Subtest: 0001-return-one.patch
          KTAP version 1
          1..8
          ok 1 apply
          ok 2 exact
          # + mm/page_alloc.c:22: BAD_STYLE: this is not how it is written
          not ok 3 checkpatch
          ok 4 kernel-doc
          ok 5 coccicheck # SKIP not run with --fast
          ok 6 build-off # SKIP not run with --fast
          ok 7 build-on # SKIP not run with --fast
          ok 8 sparse # SKIP not run with --fast
      not ok 1 0001-return-one.patch
          # Subtest: configurations
          KTAP version 1
          1..4
          ok 1 option off # SKIP not run with --fast
          ok 2 32 bit # SKIP not run with --fast
          ok 3 small # SKIP not run with --fast
          ok 4 large # SKIP not run with --fast
      ok 2 configurations
      "
    `);
  });
});
