import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allBases, type Base, findBase } from "../../../harness/kernel/bases.ts";
import { type BaseStatus, statusOf, toBeFetched } from "../../../harness/patches/status/status.ts";
import { allApply, showStatus } from "../../../harness/patches/status/status-table.ts";
import { $ } from "../../fakes/shell.ts";
import { FakeKernel } from "../fake-base.ts";

const DIGEST = "a".repeat(64);
const verified = (version: string, without: string[] = []) => ({
  seriesSha256: DIGEST,
  packageName: "linux-source-6.12",
  version,
  at: "2026-11-20T10:00:00.000Z",
  compiler: "gcc 12",
  without,
});

const GOOD: BaseStatus = {
  name: "6.12",
  packageName: "linux-source-6.12",
  version: "6.12.1-1",
  patches: 4,
  damaged: null,
  fit: { value: { fit: "clean", notes: [] } },
  packaged: { value: { newest: "6.12.1-1", pinnedIsThere: true } },
  newestFit: undefined,
  verified: [{ kind: "full", current: true, record: verified("6.12.1-1") }],
};

describe("patches status", () => {
  test("a base where all is well: version, cleanly, the same as packaged, when it was verified", () => {
    const text = showStatus([GOOD]);
    expect(text).toMatch(/6\.12 .*linux-source-6\.12 .*4 .*cleanly .*the same .*full, 2026-11-20/);
    expect(text).toContain("1 base: 1 apply cleanly, 1 fully verified as they are, 0 behind the newest package");
    expect(allApply([GOOD])).toBe(true);
  });

  test("a newer package: which, whether the series applies there, and where it does not", () => {
    const packaged = { value: { newest: "6.12.9-1", pinnedIsThere: false } };
    const newestFit = { value: { fit: "not" as const, notes: ["0002 does not apply: mm/page_alloc.c"] } };
    const text = showStatus([{ ...GOOD, packaged, newestFit }]);
    expect(text).toMatch(/6\.12\.9-1[\s\S]*\(its own is gone\)[\s\S]*applies NO/);
    expect(text).toContain("6.12 on 6.12.9-1: 0002 does not apply: mm/page_alloc.c");
    expect(text).toContain("1 behind the newest package");
    expect(allApply([{ ...GOOD, packaged, newestFit }])).toBe(true);
  });

  test("a check of other patches than these is told as such, and tools that a check did without are named", () => {
    const stale = showStatus([{ ...GOOD, verified: [{ kind: "full", current: false, record: verified("6.12.1-1") }] }]);
    expect(stale).toContain("full, 2026-11-20, CHANGED since");
    expect(stale).toContain("0 fully verified");
    const record = verified("6.12.1-1", ["spatch is not installed"]);
    const without = showStatus([{ ...GOOD, verified: [{ kind: "full", current: true, record }] }]);
    expect(without).toContain("6.12: full check of 2026-11-20: spatch is not installed");
  });

  test("no series yet, one with fuzz, and a source that cannot be had do not count as applying", () => {
    const none = { ...GOOD, patches: 0, verified: [] };
    const fuzzy: BaseStatus = { ...GOOD, fit: { value: { fit: "fuzzy", notes: ["0001 does not apply: mm/a.c"] } } };
    const unknown: BaseStatus = { ...GOOD, fit: { unknown: "no network" }, packaged: { unknown: "no network" } };
    for (const one of [none, fuzzy, unknown]) expect(allApply([GOOD, one])).toBe(false);
    const text = showStatus([none, fuzzy, unknown]);
    expect(text).toMatch(/none yet .*- /);
    expect(text).toContain("with fuzz");
    expect(text).toContain("6.12: 0001 does not apply: mm/a.c");
    expect(text).toContain("6.12: newest packaged version: no network");
  });

  test("what nobody asked is not counted, and fails nobody", () => {
    const offline: BaseStatus = { ...GOOD, packaged: { notAsked: "--offline" } };
    const elsewhere: BaseStatus = {
      ...offline,
      name: "6.1",
      fit: { notAsked: "its source is not in the cache (--offline)" },
    };
    const text = showStatus([offline, elsewhere]);
    expect(text).toContain(
      "2 bases: 1 of 1 asked apply cleanly, 2 fully verified as they are, newer packages not asked for",
    );
    expect(text).toMatch(/│ 6\.1 .*not asked .*not asked/);
    expect(text).toContain("6.1: its source is not in the cache (--offline)");
    expect(allApply([offline, elsewhere])).toBe(true);
  });
});

describe("one base of several", () => {
  const base = async (patches: string): Promise<Base> => ({ ...(await findBase("6.12")), patches });

  test("that is damaged is named with what to do, and hides no other", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    const damaged = mkdtempSync(join(kernel.root, "damaged-"));
    writeFileSync(join(damaged, "series"), "0001-gone.patch\n");
    const options = { offline: true, say: () => {} };
    const all = [
      await statusOf($, await base(damaged), options),
      await statusOf($, await base(kernel.patchesDir), options),
    ];
    expect(all[0]).toMatchObject({ damaged: expect.stringMatching(/names 0001-gone\.patch.* Add the file/) });
    expect(all[1]).toMatchObject({ damaged: null, patches: 3 });
    expect(allApply(all)).toBe(false);
    expect(showStatus(all)).toMatch(/DAMAGED[\s\S]*6\.12: .*0001-gone\.patch/);
  });

  test("whose source is not there is announced before it is fetched, and left out with --offline", async () => {
    using _kernel = new FakeKernel();
    const bases = await allBases();
    expect(toBeFetched(bases, {})).toMatch(/the source of 6\.12, 5\.10, 6\.1, 7\.3; .*--offline/);
    expect(toBeFetched(bases, { offline: true })).toBeUndefined();
    const status = await statusOf($, await base("kernel-patches"), { offline: true, say: () => {} });
    expect(status).toMatchObject({ fit: { notAsked: expect.any(String) }, packaged: { notAsked: "--offline" } });
  });
});
