import { describe, expect, test } from "vitest";
import { InfrastructureError, InterruptedError } from "../../harness/base/errors.ts";
import { chooseSteps, describeSteps, runSteps, type Step } from "../../harness/kernel-tests/step.ts";
import { casesOf, check, countCases, measured, summaryLine } from "../../harness/ktap/result.ts";
import { $ } from "../fakes/shell.ts";

const step = (name: string, run: Step["run"], needed = false): Step => ({ name, about: "a test", run, needed });
const panic = () =>
  new InfrastructureError({
    code: "KERNEL_PANIC",
    message: "The kernel panicked",
    detail: "RIP: x",
    remedy: "Fix it.",
  });

async function run(...steps: Step[]) {
  const printed: string[] = [];
  const { results, stopped } = await runSteps(
    $,
    steps,
    () => {},
    (line) => void printed.push(line),
  );
  return { results, stopped, printed, summary: summaryLine(countCases(casesOf(results))) };
}

describe("the steps of the kernel tests", () => {
  test("run in order, and each case is shown under its step", async () => {
    const { printed, summary } = await run(
      step("stress", async () => [check("4K", true), check("64K", false, "3 of 5 pages")]),
      step("benchmark", async () => [check("faster", true)]),
    );
    expect(printed).toEqual([
      "ok      stress: 4K",
      "FAILED  stress: 64K\n          3 of 5 pages",
      "ok      benchmark: faster",
    ]);
    expect(summary).toBe("2 passed, 1 failed");
  });

  test("cases of one name are told apart, and what was found stands behind it", async () => {
    const filled = (percent: number) => measured("the pool is full", `${percent} %`, percent > 90);
    const { printed } = await run(step("stress", async () => [filled(97), filled(12)]));
    expect(printed).toEqual(["ok      stress: the pool is full: 97 %", "FAILED  stress: the pool is full (2): 12 %"]);
  });

  test("are taken by name, or by the group before the colon, in their own order", () => {
    const all = ["stress", "life: kexec", "life: swap"].map((name) => step(name, async () => []));
    const chosen = (...names: string[]) => chooseSteps(all, names).map(({ name }) => name);
    expect(chosen("life")).toEqual(["life: kexec", "life: swap"]);
    expect(chosen("life: swap", " stress")).toEqual(["stress", "life: swap"]);
    expect(() => chosen("lif")).toThrow(/no step "lif"/);
  });

  test("a kernel that dies in one is a failed case with its oops, and the next step still runs", async () => {
    const { printed, summary, stopped } = await run(
      step("stress", () => Promise.reject(panic())),
      step("benchmark", async () => [check("faster", true)]),
    );
    expect(printed[0]).toMatch(/^FAILED {2}stress: runs to its end\n.*The kernel panicked \[KERNEL_PANIC\]\n.*RIP: x/);
    expect(summary).toBe("1 passed, 1 failed");
    expect(stopped).toBeUndefined();
  });

  test("when one that all need cannot run, the others are reported as not run", async () => {
    const { printed, summary, stopped } = await run(
      step("kernels", () => Promise.reject(panic()), true),
      step("benchmark", async () => [check("faster", true)]),
    );
    expect(stopped).toMatchObject({ code: "KERNEL_PANIC" });
    expect(printed[1]).toBe("MISSING benchmark\n          not run: The kernel panicked");
    expect(summary).toBe("0 passed, 2 failed");
  });

  test("one that shows nothing has not passed", async () => {
    const { results, summary } = await run(step("stress", async () => []));
    expect(results).toMatchObject([{ name: "stress", status: "failed" }]);
    expect(summary).toBe("0 passed, 1 failed");
  });

  test("Ctrl-C is no test result", async () => {
    await expect(run(step("stress", () => Promise.reject(new InterruptedError("testing"))))).rejects.toThrow(
      InterruptedError,
    );
  });

  test("nor is a bug of the harness", async () => {
    await expect(run(step("stress", () => Promise.reject(new TypeError("x is undefined"))))).rejects.toThrow(TypeError);
  });
});

describe("a dry run of the steps", () => {
  const listed = (name: string) => step(name, async ($) => [check((await $`echo ${name}`).stdout, true)]);
  async function described(...steps: Step[]) {
    const printed: string[] = [];
    const thrown = await describeSteps($, steps, (line) => void printed.push(line)).catch((error: unknown) => error);
    return { printed, thrown };
  }

  test("tells what a step would refuse and goes on, as a real run does; at the end the first of it counts", async () => {
    const missing = new InfrastructureError({ code: "SELFTEST_MISSING", message: "No selftest", remedy: "Add it." });
    const { printed, thrown } = await described(
      step("stress", () => Promise.reject(panic())),
      step("life", () => Promise.reject(missing)),
      listed("benchmark"),
    );
    expect(printed.filter((line) => !line.startsWith("# "))).toEqual([
      "1. stress: a test",
      "2. life: a test",
      "3. benchmark: a test",
      "echo benchmark",
    ]);
    expect(printed.join("\n")).toMatch(/^# error: The kernel panicked \[KERNEL_PANIC\]\n# .*^# error: No selftest/ms);
    expect(thrown).toMatchObject({ code: "KERNEL_PANIC" });
  });

  test("ends with a step that all need, as a real run does", async () => {
    const { printed, thrown } = await described(
      step("kernels", () => Promise.reject(panic()), true),
      listed("stress"),
    );
    expect(printed.join("\n")).not.toContain("stress");
    expect(thrown).toMatchObject({ code: "KERNEL_PANIC" });
  });

  test.each([new InterruptedError("testing"), new TypeError("x is undefined")])(
    "ends at once with %s",
    async (error) => {
      const { printed, thrown } = await described(
        step("stress", () => Promise.reject(error)),
        listed("benchmark"),
      );
      expect(printed).toEqual(["1. stress: a test"]);
      expect(thrown).toBe(error);
    },
  );
});
