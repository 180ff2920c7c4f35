import { describe, expect, it } from "vitest";
import type { Exec } from "../../harness/base/exec.ts";
import { hugeShare } from "../../harness/host/huge-pages.ts";
import { setThp } from "../../harness/host/thp.ts";

const answering =
  (stdout: string): Exec =>
  async () => ({ stdout, stderr: "", exitCode: 0 });

describe("setting transparent huge pages", () => {
  it("is content when the kernel has taken the setting", async () => {
    await setThp(answering("[always] madvise never\nalways inherit madvise [never]\n"), "on");
    await setThp(answering("always madvise [never]\n[always] inherit madvise never\n"), "mthp-64k");
  });

  it("works on kernels without sizes, where only 2 MiB pages can be had", async () => {
    await setThp(answering("always madvise [never]\n"), "off");
    await expect(setThp(answering("always madvise [never]\n"), "mthp-64k")).rejects.toMatchObject({
      code: "THP_SETTING",
    });
  });

  it("notices a kernel that did not take it", async () => {
    await expect(setThp(answering("always [madvise] never\n"), "on")).rejects.toMatchObject({ code: "THP_SETTING" });
  });
});

describe("the share of huge pages", () => {
  const rollup = "Rss: 1071848 kB\nAnonymous:       1000000 kB\nAnonHugePages:   250000 kB\n";

  it("is that of the process for 2 MiB pages, that of the system for 64 KiB ones", async () => {
    expect(await hugeShare(answering(`${rollup}12500\n`), [81], "on")).toBe(0.25);
    expect(await hugeShare(answering(`${rollup}12500\n`), [81], "mthp-64k")).toBe(0.8);
  });

  it("is never more than all, though the system's other pages are counted too", async () => {
    expect(await hugeShare(answering(`${rollup}15700\n`), [81], "mthp-64k")).toBe(1);
  });

  it("is that of all VMs together", async () => {
    const other = rollup.replace("250000", "750000");
    expect(await hugeShare(answering(`${rollup}${other}12500\n`), [81, 82], "on")).toBe(0.5);
  });

  it("counts reserved huge pages, which are not among the anonymous ones", async () => {
    const text = "Anonymous: 100000 kB\nAnonHugePages: 0 kB\nShared_Hugetlb: 0 kB\nPrivate_Hugetlb: 300000 kB\n0\n";
    expect(await hugeShare(answering(text), [81], "off")).toBe(0.75);
  });

  it("cannot be had from a process that is gone", async () => {
    await expect(hugeShare(answering("0\n"), [81], "on")).rejects.toMatchObject({ code: "HUGE_SHARE" });
    await expect(hugeShare(answering(`${rollup}0\n`), [81, 82], "on")).rejects.toMatchObject({ code: "HUGE_SHARE" });
  });
});
