import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { readRun, saveRun } from "../../harness/run/store.ts";

const OLDEST = projectPath("results/2026-11-24T06-45-04-tcg-8g");
const PROGRAM = projectPath("results/2026-11-26T13-21-58-counted-security");

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "prezero-record-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe("a record of version 1", () => {
  test("is read with what everything was before there was a choice", () => {
    const { settings, guestKernel, boots } = readRun(OLDEST);
    expect(settings).toMatchObject({ measure: null, clock: "time", fragments: [], traces: false, matters: 0.02 });
    expect(settings.conditions).toMatchObject({ pool: "wait", vms: 1 });
    expect(guestKernel).toBeNull();
    expect(boots.map(({ lastRefill }) => lastRefill)).toEqual(boots.map(() => null));
  });

  test("says of each arm what it was, its setup included", () => {
    // Today's arm leaves min_order alone; this run's did not.
    const controls = "/sys/kernel/mm/page_prezero";
    const setup = [`echo 0 > ${controls}/min_order`, `echo 1 > ${controls}/enabled`, `grep -qx 1 ${controls}/enabled`];
    const plain = { commandLine: [], vmMemory: ["-m", "8192M"], remark: null };
    expect(readRun(OLDEST).arms).toEqual({
      base: { ...plain, kind: "base", pooled: false, setup: [] },
      prezero: { ...plain, kind: "prezero", pooled: true, setup },
    });
    expect(readRun(PROGRAM).arms["init-on-free"]).toMatchObject({ commandLine: ["init_on_free=1"], pooled: false });
  });

  test("names the unit of a program's figures by the clock, not by a word", () => {
    expect(readRun(PROGRAM).settings.measure?.heading).toContain("{unit} until the last is gone");
  });

  test("is written back as the current version", () => {
    const run = readRun(PROGRAM);
    saveRun(dir, run);
    expect(JSON.parse(readFileSync(join(dir, "run.json"), "utf8")).schemaVersion).toBe(2);
    expect(readRun(dir)).toEqual(run);
  });

  test.each([
    [{ setup: undefined }, "setup"],
    [{ settings: { arms: ["patched"] } }, "settings.arms[0]"],
    [{ boots: "none" }, "boots"],
  ])("is refused with %j, by the name of what is wrong", (change, named) => {
    const record = JSON.parse(readFileSync(join(OLDEST, "run.json"), "utf8"));
    writeFileSync(join(dir, "run.json"), JSON.stringify({ ...record, ...change }));
    expect(() => readRun(dir)).toThrow(
      expect.objectContaining({ code: "RUN_UNREADABLE", detail: expect.stringContaining(`at ${named}`) }),
    );
  });

  test("is not what a newer harness wrote", () => {
    const record = { ...readRun(OLDEST), schemaVersion: 3 };
    writeFileSync(join(dir, "run.json"), JSON.stringify(record));
    expect(() => readRun(dir)).toThrow(
      expect.objectContaining({ code: "RUN_UNREADABLE", detail: expect.stringContaining("at schemaVersion") }),
    );
  });
});
