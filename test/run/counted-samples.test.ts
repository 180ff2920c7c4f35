import { describe, expect, test } from "vitest";
import { countedSamples } from "../../harness/run/counted-samples.ts";
import type { Sample } from "../../harness/run/sample.ts";
import { syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

const run = syntheticRun({ arms: ["base", "prezero"], thp: ["on"], sweepBytes: [], boots: 2, rounds: 3 });
const samples = syntheticSamples(run);

/** What is said of samples of that run. */
function damage(changed: readonly Sample[], boots = run.boots): string {
  try {
    countedSamples({ ...run, boots }, changed);
  } catch (error) {
    expect(error).toMatchObject({ code: "RUN_DAMAGED", exitCode: 2, message: expect.stringContaining(run.id) });
    return String((error as { detail: string }).detail);
  }
  throw new Error("nothing was found to be damaged");
}

test("the samples of finished boots count, each of the plan once", () => {
  expect(countedSamples(run, samples)).toEqual(samples);
});

test("the samples of a boot that did not finish are left out, however many it has", () => {
  const boots = run.boots.map((boot) => (boot.boot === 4 ? { ...boot, finishedAt: null } : boot));
  expect(countedSamples({ ...run, boots }, samples.slice(0, -1))).toEqual(samples.slice(0, 9));
});

describe("named as damage is", () => {
  test("a sample that is missing", () => {
    expect(damage(samples.filter((_, i) => i !== 4))).toBe("boot 2 (prezero) lacks THP on, 4G, round 2");
  });

  test("one that is there twice", () => {
    expect(damage([...samples, samples[0] as Sample])).toBe("boot 1 (base) has THP on, 4G, round 1 twice");
  });

  test("a file without any", () => {
    expect(damage([]).split("\n")).toEqual(run.boots.map(({ boot, arm }) => `boot ${boot} (${arm}) has no sample`));
  });

  test("one of another arm, another boot or another size", () => {
    const change = (changes: Partial<Sample>) => [{ ...(samples[0] as Sample), ...changes }, ...samples.slice(1)];
    expect(damage(change({ arm: "prezero" }))).toBe("boot 1 (base) has a sample of prezero");
    expect(damage([...samples, ...change({ boot: 9 }).slice(0, 1)])).toBe("boot 9 is not in run.json");
    expect(damage([...samples, ...change({ memoryBytes: 2 ** 30 }).slice(0, 1)])).toBe(
      "boot 1 (base) has THP on, 1G, round 1, which was not planned",
    );
  });
});
