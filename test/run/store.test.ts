import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listRunDirs, readRun, readSamples, resolveRunDir, saveRun } from "../../harness/run/store.ts";
import { newRun } from "../bench/new-run.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "prezero-results-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("the directory of runs", () => {
  test("gives back what was saved, and leaves no temporary file", () => {
    const dir = join(root, "2026-01-01T00-00-00-a");
    saveRun(dir, newRun());
    expect(readRun(dir)).toEqual(newRun());
    expect(readdirSync(dir)).toEqual(["run.json"]);
  });

  test("lists runs oldest first, passing over what is not a run", () => {
    for (const id of ["2026-02-01T00-00-00-b", "2026-01-01T00-00-00-a"]) saveRun(join(root, id), newRun());
    writeFileSync(join(root, "README"), "");
    expect(listRunDirs(root)).toEqual([join(root, "2026-01-01T00-00-00-a"), join(root, "2026-02-01T00-00-00-b")]);
    expect(resolveRunDir("latest", root)).toBe(join(root, "2026-02-01T00-00-00-b"));
    expect(resolveRunDir("2026-01-01T00-00-00-a", root)).toBe(join(root, "2026-01-01T00-00-00-a"));
  });

  test("names the runs there are when another is asked for", () => {
    expect(() => resolveRunDir("latest", root)).toThrow(/no run/);
    saveRun(join(root, "2026-01-01T00-00-00-a"), newRun());
    expect(() => resolveRunDir("b", root)).toThrow(
      expect.objectContaining({
        code: "RUN_UNKNOWN",
        remedy: "Name one of: latest, 2026-01-01T00-00-00-a; a part of a name will do.",
      }),
    );
  });

  test("refuses a damaged record and names the line of a damaged sample", () => {
    const dir = join(root, "run");
    saveRun(dir, newRun());
    appendFileSync(join(dir, "samples.jsonl"), '{"seconds": "fast"}\n');
    expect(() => readSamples(dir)).toThrow(/samples\.jsonl:1/);
    writeFileSync(join(dir, "run.json"), "{");
    expect(() => readRun(dir)).toThrow(expect.objectContaining({ code: "RUN_UNREADABLE", exitCode: 2 }));
  });
});
