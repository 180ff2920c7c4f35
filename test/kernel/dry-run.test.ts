import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dryRun, type Shell } from "../../harness/base/shell.ts";
import { ensureKernel } from "../../harness/kernel/build.ts";
import { announcedBy, toldBy } from "../fakes/announced.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel } from "./fake-kernel.ts";

/** The pair as bench and build-kernel build it. */
const buildPair = (fake: FakeKernel) => async ($: Shell) => {
  for (const variant of ["base", "prezero"] as const) {
    await ensureKernel($, { base: fake.base, variant });
  }
};

describe("a dry run of a pair of kernels", () => {
  test("tells what a real run runs, the second kernel in the tree of the first, and changes nothing", async () => {
    using fake = new FakeKernel();
    const before = readdirSync(fake.root, { recursive: true });
    const told = await toldBy(buildPair(fake));
    expect(readdirSync(fake.root, { recursive: true })).toEqual(before);
    expect(told).toEqual(await announcedBy(buildPair(fake)));
    expect(told).toContain(`mv -T ${fake.cache}/work/6.12-base ${fake.cache}/work/6.12-prezero`);
  });

  test("goes on in the tree that a real build has left, whose configuration is the pristine one's", async () => {
    using fake = new FakeKernel();
    const build = (variant: "base" | "prezero") => async ($: Shell) => ensureKernel($, { base: fake.base, variant });
    await announcedBy(build("base"));
    const told = await toldBy(build("prezero"));
    expect(told).toContain(`mv -T ${fake.cache}/work/6.12-base ${fake.cache}/work/6.12-prezero`);
    expect(told).toEqual(await announcedBy(build("prezero")));
  });

  test("tells what is in the cache, once for each kernel that is asked for", async () => {
    using fake = new FakeKernel();
    await announcedBy(buildPair(fake));
    const told = await dryRun($, buildPair(fake));
    expect(told.filter((line) => line.startsWith("# kernel"))).toEqual([
      expect.stringMatching(/^# kernel 6\.12 base is in the cache: \S+\/kernels\/6\.12-base-\w+$/),
      expect.stringMatching(/^# kernel 6\.12 prezero is in the cache: \S+$/),
    ]);
  });

  test("refuses what a real run refuses before it builds", async () => {
    using fake = new FakeKernel();
    fake.write("kernel-patches/series", "0002-nothing.patch\n");
    await expect(dryRun($, buildPair(fake))).rejects.toMatchObject({ code: "PATCH_MISSING" });
  });
});
