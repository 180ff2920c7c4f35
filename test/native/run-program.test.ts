import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runProgram } from "../../harness/native/run-program.ts";
import type { NativeSample } from "../../harness/native/sample.ts";
import { $ } from "../fakes/shell.ts";
import { fakeConsole, fakeSamples } from "./fake-samples.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "native-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A program that prints that, whatever it is asked for, and then does what the shell says. */
function program(console: string, then = ""): string {
  const path = join(directory, "linux");
  writeFileSync(path, `#!/bin/sh\necho "$@" > ${directory}/arguments\ncat <<'CONSOLE'\n${console}\nCONSOLE\n${then}\n`);
  chmodSync(path, 0o755);
  return path;
}
const run = (path: string, deadlineMs = 20_000) => runProgram($, path, 7, { memoryBytes: 2 ** 30 }, deadlineMs);

/** The samples with one of them changed. */
function changed(which: (sample: NativeSample) => boolean, change: Partial<NativeSample>): NativeSample[] {
  const samples = fakeSamples();
  const index = samples.findIndex(which);
  samples[index] = { ...samples[index], ...change } as NativeSample;
  return samples;
}

describe("one start of the program", () => {
  test("gives its measurements in the order in which they were printed", async () => {
    expect(await run(program(fakeConsole(fakeSamples())))).toEqual(fakeSamples());
  });

  test("gets its memory, its suite and its seed", async () => {
    const path = program(
      fakeConsole(fakeSamples()),
      `grep -q 'mem=1G .*native_seed=7' ${directory}/arguments || exit 1`,
    );
    await expect(run(path)).resolves.toHaveLength(fakeSamples().length);
  });

  test("that panics is an error with the kernel's own words and the command that repeats it", async () => {
    const dying = fakeConsole(fakeSamples()).replace(/ {4}ok 1[\s\S]*/, "Kernel panic - not syncing: Fatal exception");
    await expect(run(program(dying))).rejects.toMatchObject({
      code: "KERNEL_PANIC",
      exitCode: 3,
      message: expect.stringContaining("Fatal exception"),
      reproducer: expect.stringContaining("page_prezero.native_seed=7"),
    });
  });

  test("that does not end is killed at its deadline", async () => {
    const path = program("KTAP version 1", "sleep 60");
    await expect(run(path, 500)).rejects.toMatchObject({ code: "KUNIT_HUNG", exitCode: 3 });
  });

  test("that ends early is an error, whatever it measured until then", async () => {
    const early = fakeConsole(fakeSamples()).replace(/ {4}ok 1[\s\S]*/, "");
    await expect(run(program(early))).rejects.toMatchObject({ code: "KUNIT_INCOMPLETE", exitCode: 3 });
  });

  test("that prints nothing that is a test's says so", async () => {
    await expect(run(program("Segmentation fault"))).rejects.toMatchObject({
      code: "KUNIT_INCOMPLETE",
      message: expect.stringContaining("no KTAP output"),
      detail: "Segmentation fault",
    });
  });

  test.each(["failed", "skipped"])("whose case %s has measured nothing", async (how) => {
    const verdict = how === "failed" ? "not ok 1 native_allocation" : "ok 1 native_allocation # SKIP no memory";
    const console = fakeConsole(fakeSamples()).replace("    ok 1 native_allocation", `    ${verdict}`);
    await expect(run(program(console))).rejects.toMatchObject({
      code: "NATIVE_FAILED",
      exitCode: 1,
      message: `The program could not measure: native_allocation ${how}`,
    });
  });

  test.each([
    ["a field that is missing", (text: string) => text.replace('"takeNs"', '"tookNs"')],
    ["a time that is none", (text: string) => text.replace(/"cpuNs":\d+/, '"cpuNs":0')],
    ["a line that is cut", (text: string) => text.replace(/("kind":"worker".*)\}/, "$1,}")],
    ["a kind that is unknown", (text: string) => text.replace('"kind":"worker"', '"kind":"idler"')],
    ["a kind that never comes", (text: string) => text.replace(/.*"kind":"worker".*\n/, "")],
  ])("that prints %s is not read at all", async (_, damage) => {
    const console = fakeConsole(fakeSamples());
    expect(damage(console)).not.toBe(console);
    await expect(run(program(damage(console)))).rejects.toMatchObject({ code: "NATIVE_UNREADABLE", exitCode: 1 });
  });
});

describe("a state that is not what it is called", () => {
  const allocation = (state: string, request: string) => (sample: NativeSample) =>
    sample.kind === "allocation" && sample.state === state && sample.request === request;

  test.each([
    ["full", "zero", { hitPages: 30_000 }],
    ["full", "plain", { wastedPages: 30_000 }],
    ["empty", "zero", { hitPages: 1 }],
    ["empty", "plain", { wastedPages: 1 }],
    ["never-enabled", "zero", { missPages: 1 }],
    ["never-enabled", "plain", { wastedPages: 1 }],
  ])("%s (%s) with %o is refused: it would be a time under the wrong name", async (state, request, counts) => {
    const console = fakeConsole(changed(allocation(state, request), counts));
    await expect(run(program(console))).rejects.toMatchObject({ code: "NATIVE_POOL", exitCode: 1 });
  });

  test("a few pages that others took are no reason", async () => {
    const samples = changed(allocation("full", "zero"), { hitPages: 32_760, missPages: 8 });
    await expect(run(program(fakeConsole(samples)))).resolves.toEqual(samples);
  });
});

describe("page faults on the host", () => {
  const timed = ({ kind }: NativeSample) => kind === "clear-page";

  test("that are many are refused: the host would be measured", async () => {
    const console = fakeConsole(changed(timed, { faults: 5_000 }));
    await expect(run(program(console))).rejects.toMatchObject({
      code: "NATIVE_FAULTS",
      message: expect.stringContaining("5000 page faults"),
    });
  });

  test("that are few are kept with the sample", async () => {
    const samples = changed(timed, { faults: 2 });
    await expect(run(program(fakeConsole(samples)))).resolves.toEqual(samples);
  });
});
