import { describe, expect, test } from "vitest";
import { InfrastructureError, InterruptedError } from "../../harness/base/errors.ts";
import { chooseSteps, runSteps, type Step } from "../../harness/kernel-tests/step.ts";
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
