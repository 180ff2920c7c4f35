import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ensureKernel } from "../../harness/kernel/build.ts";
import { ccacheForPair } from "../../harness/kernel/compile.ts";
import { BUILD_DIR } from "../../harness/kernel/tree.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel } from "./fake-kernel.ts";

type Counts = { hits: number; misses: number };

/** What ccache did in one build; a hit is one without preprocessing. */
async function counting(fake: FakeKernel, build: () => Promise<unknown>): Promise<Counts> {
  const ccache = (...args: string[]) =>
    execFileSync("ccache", args, { encoding: "utf8", env: { ...process.env, CCACHE_DIR: join(fake.cache, "ccache") } });
  ccache("--zero-stats");
  await build();
  const stats = new Map(
    ccache("--print-stats")
      .split("\n")
      .map((line) => line.split("\t") as [string, string]),
  );
  return { hits: Number(stats.get("direct_cache_hit")), misses: Number(stats.get("cache_miss")) };
}

/** ccache trusts no header that is as young as the compilation itself. */
const SETTLED_MS = 1_100;

/** A file that compiles to something else with the series on, and one that does not care. */
const ASKS = `#include <linux/mm.h>
#ifdef CONFIG_PAGE_PREZERO
int zeroed = 1;
#endif
#ifdef CONFIG_PAGE_REPORTING
int reported = 1;
#endif
`;

describe("the second kernel of a pair", () => {
  test("takes every object that the series does not touch, without preprocessing it", async () => {
    using fake = new FakeKernel();
    await sleep(SETTLED_MS);
    expect(await counting(fake, () => ensureKernel($, fake.request("base")))).toEqual({ hits: 0, misses: 2 });
    expect(await counting(fake, () => ensureKernel($, fake.request("prezero")))).toEqual({ hits: 1, misses: 1 });
  });

  test("takes nothing from a kernel with another configuration", async () => {
    using fake = new FakeKernel();
    fake.changeSource("mm/page_reporting.c", "#include <linux/mm.h>\n", ASKS);
    fake.write("more.config", "CONFIG_PAGE_REPORTING=y\n");
    await sleep(SETTLED_MS);
    await ensureKernel($, fake.request("base"));
    const other = await counting(fake, () => ensureKernel($, fake.request("base", "more.config")));
    expect(other).toEqual({ hits: 0, misses: 2 });
  });

  test("with its option off takes nothing from the one that has it on", async () => {
    using fake = new FakeKernel();
    fake.changeSource("mm/page_reporting.c", "#include <linux/mm.h>\n", ASKS);
    fake.write("off.config", "# CONFIG_PAGE_PREZERO is not set\n");
    await sleep(SETTLED_MS);
    const on = await ensureKernel($, fake.request("prezero"));
    const off = await ensureKernel($, fake.request("prezero", "off.config"));
    expect(readFileSync(on.vmlinuxPath).includes("zeroed")).toBe(true);
    expect(readFileSync(off.vmlinuxPath).includes("zeroed")).toBe(false);
  });

  test.each([
    ["the series", "CONFIG_PAGE_PREZERO=y\n", true],
    ["the series beside KUnit", "CONFIG_PAGE_PREZERO=y\n# CONFIG_PAGE_PREZERO_KUNIT_TEST is not set\n", true],
    ["the series' tests", "CONFIG_PAGE_PREZERO=y\nCONFIG_PAGE_PREZERO_KUNIT_TEST=y\n", false],
    ["the series being off", "# CONFIG_PAGE_PREZERO is not set\n", false],
    ["anything else", "CONFIG_PAGE_REPORTING=y\n", false],
  ])("shares with the first when they differ in %s: %s", async (_, line, shares) => {
    using fake = new FakeKernel();
    mkdirSync(join(fake.root, BUILD_DIR));
    const hashed = async (config: string) => {
      const { CCACHE_EXTRAFILES = "" } = await ccacheForPair($, fake.root, config);
      return readFileSync(CCACHE_EXTRAFILES, "utf8");
    };
    const base = "CONFIG_SMP=y\nCONFIG_MM=y\n";
    expect((await hashed(base.replace("y\n", `y\n${line}`))) === (await hashed(base))).toBe(shares);
  });
});
