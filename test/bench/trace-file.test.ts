import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { executeRun } from "../../harness/bench/run.ts";
import { chromeTrace, tracePath } from "../../harness/bench/trace-file.ts";
import type { Timeline } from "../../harness/vm/phases.ts";
import { $ } from "../fakes/shell.ts";
import { newRun } from "./new-run.ts";
import { Simulation } from "./simulation.ts";

const directory = mkdtempSync(join(tmpdir(), "prezero-traces-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** What the Trace Event Format requires: of every event, and of complete events, instants and metadata each. */
const common = { name: z.string().min(1), pid: z.int(), tid: z.int(), ts: z.int().nonnegative() };
const eventSchema = z.discriminatedUnion("ph", [
  z.object({ ...common, ph: z.literal("X"), cat: z.string(), dur: z.int().nonnegative() }),
  z.object({ ...common, ph: z.literal("i"), cat: z.string(), s: z.enum(["g", "p", "t"]) }),
  z.object({
    ...common,
    ph: z.literal("M"),
    name: z.enum(["process_name", "thread_name"]),
    args: z.object({ name: z.string() }),
  }),
]);
const traceSchema = z.object({ displayTimeUnit: z.enum(["ms", "ns"]), traceEvents: z.array(eventSchema).min(1) });

const sample = {
  scenario: "vm-create",
  arm: "base",
  boot: 1,
  round: 1,
  thp: "on",
  memoryBytes: 8 * GIB_BYTES,
} as const;
const timeline: Timeline = {
  spans: [
    { phase: "exec", from: 0, to: 0.0046554 },
    { phase: "map", from: 0.0046554, to: 1.25 },
  ],
  events: [
    { at: 0.5, name: "vfio_listener_region_add_ram", detail: "region_add [ram] 0x0 - 0xfffffff [0x7f15cbe00000]" },
    { at: 0.6, name: "kvm_set_user_memory", detail: "Slot#0" },
  ],
};

describe("the trace of a sample", () => {
  const trace = traceSchema.parse(chromeTrace(sample, timeline));

  it("has its phases as complete events, end to end, and the changes of the memory map as instants", () => {
    const phases = trace.traceEvents.filter((event) => event.ph === "X");
    expect(phases.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
      ["exec", 0, 4655],
      ["map", 4655, 1_245_345],
    ]);
    const instants = trace.traceEvents.filter((event) => event.ph === "i");
    expect(instants.map(({ name, ts }) => [name, ts])).toEqual([["vfio_listener_region_add_ram", 500_000]]);
  });

  it("says what it is of, in the file and in its name", () => {
    expect(JSON.stringify(trace)).toContain("vm-create, base, THP on, 8G, boot 1, round 1");
    expect(tracePath(sample)).toBe("traces/boot-01-base-thp-on-8G-round-1.json");
  });
});

describe("a run", () => {
  const files = async (traces: boolean) => {
    const runDir = mkdtempSync(join(directory, "run-"));
    const { startHost, clock } = new Simulation();
    const progress = { update: () => {}, log: () => {} };
    const run = newRun({ boots: 1, arms: ["base"], thp: ["on"], traces });
    await executeRun($, runDir, run, { startHost, clock, progress });
    return { runDir, names: readdirSync(runDir) };
  };

  it("that was asked for traces has one for each sample", async () => {
    const { runDir } = await files(true);
    expect(readdirSync(join(runDir, "traces"))).toEqual([
      "boot-01-base-thp-on-1G-round-1.json",
      "boot-01-base-thp-on-2G-round-1.json",
      "boot-01-base-thp-on-2G-round-2.json",
    ]);
    const text = readFileSync(join(runDir, "traces/boot-01-base-thp-on-1G-round-1.json"), "utf8");
    expect(traceSchema.parse(JSON.parse(text)).traceEvents).toHaveLength(4);
  });

  it("that was not has none", async () => {
    expect((await files(false)).names).not.toContain("traces");
  });
});
