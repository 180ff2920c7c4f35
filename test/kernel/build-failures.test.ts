import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { HarnessError } from "../../harness/base/errors.ts";
import { ensureKernel } from "../../harness/kernel/build.ts";
import { $ } from "../fakes/shell.ts";
import { mayMount, SmallDisk } from "../fakes/small-disk.ts";
import { FakeKernel, SERIES_PATCH } from "./fake-kernel.ts";

async function failure(work: Promise<unknown>): Promise<HarnessError> {
  return work.then(
    () => expect.fail("it should have failed"),
    (error) => error,
  );
}

function kernelsIn(fake: FakeKernel): string[] {
  const dir = join(fake.cache, "kernels");
  return existsSync(dir) ? readdirSync(dir) : [];
}

describe("a kernel that cannot be built", () => {
  test("because a patch does not apply: patch, file and hunk are named", async () => {
    using fake = new FakeKernel();
    fake.changeSource("mm/page_alloc.c", "flags = 0", "flags = 7");
    const error = await failure(ensureKernel($, fake.request("prezero")));
    expect(error).toMatchObject({ code: "PATCH_DOES_NOT_APPLY", exitCode: 2 });
    expect(error.message).toContain("0001-clear.patch does not apply: mm/page_alloc.c, hunk 1 of 1");
    expect(error.message).toContain("linux-source-6.12 6.12.117-1~deb12u1");
    expect(kernelsIn(fake)).toEqual([]);
  });

  test("because a patch would only apply with fuzz: that is refused too", async () => {
    using fake = new FakeKernel();
    fake.changeSource("mm/page_alloc.c", "void free_page(struct page *page)", "void free_page(struct page *page )");
    expect(await failure(ensureKernel($, fake.request("prezero")))).toMatchObject({ code: "PATCH_DOES_NOT_APPLY" });
  });

  test("because it does not compile: the compiler's first error is shown, and the log is named", async () => {
    using fake = new FakeKernel();
    fake.write("kernel-patches/0001-clear.patch", SERIES_PATCH.replace("flags = 1", "colour = 1"));
    const error = await failure(ensureKernel($, fake.request("prezero")));
    expect(error).toMatchObject({ code: "KERNEL_BUILD_FAILED", exitCode: 3 });
    expect(error.detail).toMatch(/mm\/page_alloc\.c:5:.*error: .*no member named 'colour'/);
    expect(error.detail).toContain("Error 1");
    const log = /in (\S+)\.$/.exec(error.remedy)?.[1] ?? "";
    expect(readFileSync(log, "utf8")).toContain("CC      mm/page_alloc.o");
    expect(kernelsIn(fake)).toEqual([]);
  });

  test("is built when the mistake is corrected", async () => {
    using fake = new FakeKernel();
    fake.write("kernel-patches/0001-clear.patch", SERIES_PATCH.replace("flags = 1", "colour = 1"));
    await failure(ensureKernel($, fake.request("prezero")));
    fake.write("kernel-patches/0001-clear.patch", SERIES_PATCH);
    expect((await ensureKernel($, fake.request("prezero"))).cached).toBe(false);
  });

  test.skipIf(!mayMount)("because the disk fills up meanwhile: the place and the remedy are named", async () => {
    using disk = new SmallDisk();
    using fake = new FakeKernel(disk.path);
    fake.changeSource("Makefile", "@cat $< > $@", "@cat /dev/zero > $@");
    const error = await failure(ensureKernel($, fake.request("base")));
    expect(error).toMatchObject({ code: "DISK_FULL", exitCode: 3 });
    expect(error.message).toBe(`The disk that holds the cache in ${fake.cache} is full: 0.0 GiB are left`);
    expect(error.remedy).toContain("the whole cache can be deleted; a kernel takes about 2.5 GiB");
    expect(error.remedy).toContain("PREZERO_CACHE");
    expect(kernelsIn(fake)).toEqual([]);
  });

  test.skipIf(!mayMount)("because the cache is read-only: told before anything is compiled", async () => {
    using disk = new SmallDisk();
    using fake = new FakeKernel(disk.path);
    disk.makeReadOnly();
    expect(await failure(ensureKernel($, fake.request("base")))).toMatchObject({ code: "DISK_READ_ONLY", exitCode: 3 });
  });

  test("because a file is where the cache should be", async () => {
    using fake = new FakeKernel();
    process.env.PREZERO_CACHE = fake.write("file", "");
    const error = await failure(ensureKernel($, fake.request("base")));
    expect(error).toMatchObject({ code: "PLACE_UNUSABLE", exitCode: 2 });
    expect(error.message).toContain(`The cache cannot be in ${process.env.PREZERO_CACHE}`);
  });

  test("because the configuration does not come out as asked: every lost symbol is listed", async () => {
    using fake = new FakeKernel();
    fake.write("more.config", "CONFIG_TELEPORT=y\nCONFIG_TIME_TRAVEL=y\nCONFIG_SMP=y\n");
    const error = await failure(ensureKernel($, fake.request("base", "more.config")));
    expect(error).toMatchObject({ code: "CONFIG_NOT_HONOURED", exitCode: 2 });
    expect(error.message).toContain("2 symbols");
    expect(error.detail?.split("\n")).toEqual([
      "CONFIG_TELEPORT: more.config asks for y, the kernel's configuration says n",
      "CONFIG_TIME_TRAVEL: more.config asks for y, the kernel's configuration says n",
    ]);
  });

  test("goes on where it was stopped when nothing has changed", async () => {
    using fake = new FakeKernel();
    process.env.HISTORY = join(fake.root, "history");
    fake.changeSource("Makefile", "@cd $(O)", "@echo $@ >> $(HISTORY); cd $(O)");
    fake.changeSource("mm/page_reporting.c", "<linux/mm.h>", `<linux/mm.h>\n#include "${fake.root}/missing.h"`);
    await failure(ensureKernel($, fake.request("base")));
    fake.write("missing.h", "");
    const { steps } = await ensureKernel($, fake.request("base"));
    expect(steps, "each file once, also the one that failed").toBe(2);
    const history = readFileSync(process.env.HISTORY, "utf8").trim().split("\n");
    expect(history.sort()).toEqual(["build/mm/page_alloc.o", "build/mm/page_reporting.o", "build/mm/page_reporting.o"]);
  });
});
