import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SILENT } from "../../harness/base/progress.ts";
import { ensureKernel } from "../../harness/kernel/build.ts";
import { sha256 } from "../../harness/kernel/content-key.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel, SERIES_PATCH } from "./fake-kernel.ts";

/** Trees that builds have left; the files of their locks stay. */
const treesIn = (fake: FakeKernel) => readdirSync(join(fake.cache, "work")).filter((name) => !name.endsWith(".lock"));

describe("building a kernel", () => {
  test("gives the image, the configuration that was asked for, and a record of where it comes from", async () => {
    using fake = new FakeKernel();
    const kernel = await ensureKernel($, fake.request("base"));
    expect(kernel).toMatchObject({ variant: "base", version: "6.12.117-1~deb12u1", pinned: true, cached: false });
    expect(kernel.release).toMatch(/^6\.12\.117-base-[0-9a-f]{8}$/);
    expect(kernel.imageSha256).toBe(sha256(readFileSync(kernel.imagePath)));
    expect(readFileSync(kernel.configPath, "utf8")).toBe("CONFIG_SMP=y\nCONFIG_PAGE_REPORTING=n\n");
  });

  test("finds it in the cache the second time, and says nothing", async () => {
    using fake = new FakeKernel();
    const first = await ensureKernel($, fake.request("base"));
    fake.said.length = 0;
    expect(await ensureKernel($, fake.request("base"))).toEqual({ ...first, cached: true });
    expect(fake.said).toEqual([]);
  });

  test("with the series has its option on and leaves the pristine source as it was", async () => {
    using fake = new FakeKernel();
    const kernel = await ensureKernel($, fake.request("prezero"));
    expect(readFileSync(kernel.configPath, "utf8")).toContain("CONFIG_PAGE_PREZERO=y");
    expect(kernel.patches).toEqual(["0001-clear.patch"]);
    expect(readFileSync(join(fake.source, "mm/page_alloc.c"), "utf8")).toContain("flags = 0");
    expect(existsSync(join(fake.source, "build"))).toBe(false);
  });

  test("that never clears has its own patch on the plain source, and the plain configuration", async () => {
    using fake = new FakeKernel();
    fake.addLimitPatch();
    const kernel = await ensureKernel($, fake.request("limit"));
    expect(kernel).toMatchObject({ variant: "limit", patches: ["never-clear.patch"] });
    expect(kernel.release).toMatch(/^6\.12\.117-limit-/);
    const base = await ensureKernel($, fake.request("base"));
    expect(readFileSync(kernel.configPath, "utf8")).toBe(readFileSync(base.configPath, "utf8"));
    expect(kernel.imageSha256).not.toBe(base.imageSha256);
  });

  test("that never clears is refused for a base that has no patch for it", async () => {
    using fake = new FakeKernel();
    await expect(ensureKernel($, fake.request("limit"))).rejects.toMatchObject({
      code: "LIMIT_UNAVAILABLE",
      exitCode: 2,
    });
  });

  test("makes another kernel when a patch changes, and keeps the one before", async () => {
    using fake = new FakeKernel();
    const before = await ensureKernel($, fake.request("prezero"));
    fake.write("kernel-patches/0001-clear.patch", SERIES_PATCH.replace("flags = 1", "flags = 2"));
    const after = await ensureKernel($, fake.request("prezero"));
    expect(after.cached).toBe(false);
    expect(after.imageSha256).not.toBe(before.imageSha256);
    expect((await ensureKernel($, fake.request("prezero"))).dir).toBe(after.dir);
    expect(existsSync(before.imagePath)).toBe(true);
  });

  test("makes another kernel when the configuration changes", async () => {
    using fake = new FakeKernel();
    fake.write("more.config", "CONFIG_PAGE_REPORTING=y\n");
    const kernel = await ensureKernel($, fake.request("base", "more.config"));
    expect(readFileSync(kernel.configPath, "utf8")).toContain("CONFIG_PAGE_REPORTING=y");
    expect(kernel.dir).not.toBe((await ensureKernel($, fake.request("base"))).dir);
  });

  test("is the same image when it is built again from nothing", async () => {
    using one = new FakeKernel();
    const first = await ensureKernel($, one.request("base"));
    using other = new FakeKernel();
    expect((await ensureKernel($, other.request("base"))).imageSha256).toBe(first.imageSha256);
  });

  test("counts its progress against the last build like it, and never beyond the whole", async () => {
    using fake = new FakeKernel();
    await ensureKernel($, fake.request("base"));
    fake.shares.length = 0;
    fake.write("more.config", "CONFIG_PAGE_REPORTING=y\n");
    expect((await ensureKernel($, fake.request("base", "more.config"))).steps).toBe(2);
    expect(fake.shares, "nobody knows how long linking takes").toEqual([0, 1 / 2, 0.99, undefined]);
  });

  test("counts only what it compiles in the tree of its pristine kernel", async () => {
    using fake = new FakeKernel();
    await ensureKernel($, fake.request("base"));
    fake.shares.length = 0;
    expect((await ensureKernel($, fake.request("prezero"))).steps).toBe(2);
    expect(fake.shares, "the first of its kind does not know how many").toEqual([0, undefined, undefined, undefined]);
    fake.write("more.config", "CONFIG_PAGE_REPORTING=y\n");
    await ensureKernel($, fake.request("base", "more.config"));
    fake.shares.length = 0;
    await ensureKernel($, fake.request("prezero", "more.config"));
    expect(fake.shares).toEqual([0, 1 / 2, 0.99, undefined]);
  });

  test("is shared by two runs at once: one builds, the other waits", async () => {
    using fake = new FakeKernel();
    // Compiles nothing until somebody waits, however busy the machine is.
    const waits = join(fake.root, "somebody-waits");
    fake.stub("make", `while [ ! -e ${waits} ]; do sleep 0.05; done\nPATH="\${PATH#*:}" exec make "$@"`);
    const request = fake.request("base");
    const { progress = SILENT } = request;
    const log = (line: string) => {
      fake.said.push(line);
      if (line.startsWith("waiting")) writeFileSync(waits, "");
    };
    const shared = { ...request, progress: { ...progress, log } };
    const [one, two] = await Promise.all([ensureKernel($, shared), ensureKernel($, shared)]);
    expect([one.cached, two.cached].sort()).toEqual([false, true]);
    expect(one.imageSha256).toBe(two.imageSha256);
    expect(fake.said).toContainEqual(expect.stringMatching(/^waiting for `.*` \(pid \d+\)$/));
  });

  test("with the series goes on in the tree of its pair, and is the same image as from a tree of its own", async () => {
    using pair = new FakeKernel();
    await ensureKernel($, pair.request("base"));
    expect(treesIn(pair)).toEqual(["6.12-base"]);
    const second = await ensureKernel($, pair.request("prezero"));
    expect(treesIn(pair)).toEqual([]);
    using alone = new FakeKernel();
    expect((await ensureKernel($, alone.request("prezero"))).imageSha256).toBe(second.imageSha256);
  });

  test("with the series takes no tree that was configured in another way, or whose build was stopped", async () => {
    using fake = new FakeKernel();
    fake.write("more.config", "CONFIG_PAGE_REPORTING=y\n");
    await ensureKernel($, fake.request("base", "more.config"));
    await ensureKernel($, fake.request("prezero"));
    expect(treesIn(fake)).toEqual(["6.12-base"]);
    rmSync(join(fake.cache, "work", "6.12-base", ".built"));
    await ensureKernel($, fake.request("prezero", "more.config"));
    expect(treesIn(fake)).toEqual(["6.12-base"]);
  });

  test("leaves nothing behind but the kernel", async () => {
    using fake = new FakeKernel();
    const kernel = await ensureKernel($, fake.request("prezero"));
    expect(treesIn(fake)).toEqual([]);
    expect(readdirSync(join(fake.cache, "kernels")).map((name) => join(fake.cache, "kernels", name))).toEqual([
      kernel.dir,
    ]);
  });
});
