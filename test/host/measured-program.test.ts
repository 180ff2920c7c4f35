import { describe, expect, it } from "vitest";
import { InfrastructureError, MeasurementError } from "../../harness/base/errors.ts";
import { measuredProgram } from "../../harness/host/measured-program.ts";

const COMMAND = "populate map 512 off";
const good = { seconds: 1.25, values: { unmapSeconds: 0.5 }, hugeShare: 0.25 };

/** Runs a program that prints this and ends with that. */
const run = (stdout: string, exitCode = 0, stderr = "") =>
  measuredProgram(async () => ({ stdout, stderr, exitCode }), COMMAND, 1000);
const printing = (answer: object) => run(`${JSON.stringify(answer)}\n`);

describe("a measuring program", () => {
  it("answers seconds, other figures and the share of huge pages", async () => {
    expect(await printing(good)).toEqual(good);
    expect(await printing({ seconds: 1, values: {}, hugeShare: null })).toEqual({
      seconds: 1,
      values: {},
      hugeShare: null,
    });
  });

  it("is run as it was told, and not longer", async () => {
    const asked: unknown[] = [];
    const exec = async (...args: unknown[]) => {
      asked.push(args);
      return { stdout: JSON.stringify(good), stderr: "", exitCode: 0 };
    };
    await measuredProgram(exec, COMMAND, 1000);
    expect(asked).toEqual([[COMMAND, 1000]]);
  });

  it("that fails is the infrastructure's failure, told in its own words", async () => {
    const failed = run(JSON.stringify(good), 1, "populate: mlock: Cannot allocate memory\n");
    await expect(failed).rejects.toBeInstanceOf(InfrastructureError);
    await expect(failed).rejects.toMatchObject({
      code: "PROGRAM_FAILED",
      message: `The measuring program failed (exit code 1): ${COMMAND}`,
      detail: expect.stringContaining("populate: mlock: Cannot allocate memory"),
      reproducer: COMMAND,
    });
  });

  it.each([
    ["garbage", "hello\n", "answer"],
    ["nothing", "", "answer"],
    ["two answers", `${JSON.stringify(good)}\n${JSON.stringify(good)}\n`, "answer"],
    ["an answer that was cut off", '{"seconds":1.2', "answer"],
    ["a list", "[1.25]", "answer"],
  ])("that prints %s has measured nothing", async (_, stdout, problem) => {
    const garbage = run(stdout, 0, "its own words");
    await expect(garbage).rejects.toBeInstanceOf(MeasurementError);
    await expect(garbage).rejects.toMatchObject({
      code: "PROGRAM_ANSWER",
      message: expect.stringContaining(`(${problem}: `),
      detail: `${stdout}its own words`.trim(),
    });
  });

  it.each([
    ["no seconds", { ...good, seconds: undefined }, "seconds: "],
    ["seconds that are text", { ...good, seconds: "1.25" }, "seconds: "],
    ["no time at all", { ...good, seconds: 0 }, "seconds: "],
    ["a negative time", { ...good, seconds: -1 }, "seconds: "],
    ["no other figures", { ...good, values: undefined }, "values: "],
    ["a negative figure", { ...good, values: { unmapSeconds: -0.5 } }, "values.unmapSeconds: "],
    ["a figure that is none", { ...good, values: { unmapSeconds: null } }, "values.unmapSeconds: "],
    ["a figure without a unit", { ...good, values: { unmap: 1 } }, "values: unmap does not end in its unit"],
    ["no share of huge pages", { ...good, hugeShare: undefined }, "hugeShare: "],
    ["a share above 1", { ...good, hugeShare: 1.5 }, "hugeShare: "],
    ["something nobody knows", { ...good, pages: 1 }, "answer: "],
  ])("with %s has measured nothing, and what is wrong is named", async (_, answer, problem) => {
    const wrong = await printing(answer).catch((error) => error);
    expect(wrong).toMatchObject({ code: "PROGRAM_ANSWER", exitCode: 1 });
    expect(wrong.message).toContain(problem);
  });
});
