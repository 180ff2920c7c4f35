import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createShell, dryRun, type Shell } from "../../harness/base/shell.ts";
import { ensureKernel } from "../../harness/kernel/build.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel } from "./fake-kernel.ts";

/** The pair as bench and build-kernel build it. */
const buildPair = (fake: FakeKernel) => async ($: Shell) => {
  for (const variant of ["base", "prezero"] as const) {
    await ensureKernel($, { base: fake.base, variant });
  }
};

/** What a real run announces, but for what only reads. */
async function ranBy(work: ($: Shell) => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const announce = ({ line, asks }: { line: string; asks: boolean }) => void (asks || lines.push(line));
  await work(createShell({ signal: new AbortController().signal, dry: false, announce }));
  return lines;
}

describe("a dry run of a pair of kernels", () => {
  test("tells what a real run runs, the second kernel in the tree of the first, and changes nothing", async () => {
    using fake = new FakeKernel();
    const before = readdirSync(fake.root, { recursive: true });
    const told = await dryRun($, buildPair(fake));
    expect(readdirSync(fake.root, { recursive: true })).toEqual(before);
    const withoutNotes = (lines: string[]) => lines.filter((line) => !line.includes(" is in the cache: "));
    expect(withoutNotes(told)).toEqual(await ranBy(buildPair(fake)));
    expect(told).toContain(`mv -T ${fake.cache}/work/6.12-base ${fake.cache}/work/6.12-prezero`);
  });

  test("tells what is in the cache, once for each kernel that is asked for", async () => {
    using fake = new FakeKernel();
    await ranBy(buildPair(fake));
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
