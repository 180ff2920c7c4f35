import { describe, expect, test } from "vitest";
import { projectPath } from "../../../harness/base/paths.ts";
import { type MeasuredRun, requireRunOf } from "../../../harness/patches/export/measured-run.ts";
import { readRun } from "../../../harness/run/store.ts";
import { readSeries, seriesSha256 } from "../../../harness/series/series.ts";

const SERIES = await readSeries(projectPath("kernel-patches"));
const BASE = { packageName: "linux-source-6.12", version: "6.12.117-1~deb12u1" };

/** A run of the series as it is, with what the record has beside that. */
function run(more: Partial<MeasuredRun> = {}): MeasuredRun {
  const source = { package: BASE.packageName, version: BASE.version };
  return {
    id: "2026-11-30T10-00-00-8g",
    state: "finished",
    settings: { scenario: "vm-create", measure: null },
    kernels: {
      base: { variant: "base", source, patchesSha256: null },
      prezero: { variant: "prezero", source, patchesSha256: seriesSha256(SERIES.patches) },
      limit: { variant: "limit", source, patchesSha256: "a".repeat(64) },
    },
    ...more,
  };
}

const refused = (detail: string) =>
  expect.objectContaining({ code: "RUN_OF_ANOTHER_SERIES", exitCode: 2, detail: expect.stringContaining(detail) });

describe("figures in a letter", () => {
  test("are those of this very series on this very source, of VMs that are created", () => {
    expect(() => requireRunOf(run(), SERIES, BASE)).not.toThrow();
  });

  test("a run of other patches is refused, and both series are named", () => {
    const [older] = SERIES.patches;
    const own = seriesSha256(SERIES.patches).slice(0, 12);
    const theirs = seriesSha256(older ? [older] : []);
    const { kernels } = run();
    const prezero = { ...kernels.prezero, patchesSha256: theirs } as MeasuredRun["kernels"][string];
    expect(() => requireRunOf(run({ kernels: { ...kernels, prezero } }), SERIES, BASE)).toThrow(
      refused(`its arm prezero ran with series ${theirs.slice(0, 12)}, the one exported is ${own}`),
    );
  });

  test.each([
    ["2026-11-25T09-40-21-8g", "its arm prezero ran with series 345e8c76ce7d"],
    ["2026-11-26T19-46-15-counted-5.10", "its arm 5.10:prezero ran on linux-source-5.10 5.10.262-1"],
    ["2026-11-26T13-21-58-counted-security", "its scenario is security, and the letter is about creating VMs"],
  ])("the kept run %s does not go into a letter of 6.12", (id, why) => {
    expect(() => requireRunOf(readRun(projectPath("results", id)), SERIES, BASE)).toThrow(refused(why));
  });

  test("a run that did not come to its end is refused", () => {
    expect(() => requireRunOf(run({ state: "interrupted" }), SERIES, BASE)).toThrow(refused("it is interrupted"));
  });

  test("all that differs is said at once", () => {
    const newer = { ...BASE, version: "6.12.118-1" };
    const security = run({ settings: { scenario: "security", measure: {} } });
    expect(() => requireRunOf(security, SERIES, newer)).toThrow(
      refused(
        [
          "its scenario is security, and the letter is about creating VMs",
          ...["base", "prezero"].map(
            (arm) =>
              `its arm ${arm} ran on linux-source-6.12 6.12.117-1~deb12u1, the series is for linux-source-6.12 6.12.118-1`,
          ),
        ].join("\n"),
      ),
    );
  });
});
