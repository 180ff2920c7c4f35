import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checked, counter, ended, lookedIn, number, objectsIn } from "../../../harness/kernel-tests/boot/answers.ts";

const said = (stdout: string, exitCode = 0) => ({ stdout, stderr: "", exitCode });

describe("what commands of the host print", () => {
  test("a counter is read whole, also from a console that ends its lines with a carriage return", () => {
    const vmstat = "prezero_hit_more 5\r\nprezero_hit 42\r\nprezero_miss 7\r\n";
    expect(counter(vmstat, "prezero_hit")).toBe(42);
    expect(counter(vmstat, "prezero_wasted")).toBeNaN();
  });

  test("a number is the last line, or there is none", () => {
    expect(number("12\n34\n")).toBe(34);
    expect(number("cat: no such file\n")).toBeNaN();
    expect(number("")).toBeNaN();
  });

  test("objects are found between other lines, and only those of the shape", () => {
    const text = 'sh: noise\n{"forks":3}\n{"forks":"x"}\n{"other":1}\n{"forks":4';
    expect(objectsIn(text, z.object({ forks: z.int() }))).toEqual([{ forks: 3 }]);
  });

  test("what several programs saw adds up", () => {
    const text = '{"pages":10,"dirty":1,"lost":0}\n{"pages":20,"dirty":0,"lost":2}\n';
    expect(lookedIn(text)).toEqual({ pages: 30, dirty: 1, lost: 2 });
  });
});

describe("a case about memory", () => {
  test("passes when all that was looked at is zero and kept", () => {
    expect(checked("4K", said('{"pages":10,"dirty":0,"lost":0}'))).toMatchObject({
      name: "4K",
      found: "0 of 10 pages are not zero, 0 changed",
      status: "passed",
    });
  });

  test.each([
    ["a page is not zero", said('{"pages":10,"dirty":1,"lost":0}')],
    ["a page changed", said('{"pages":10,"dirty":0,"lost":1}')],
    ["one of two programs saw something", said('{"pages":9,"dirty":0,"lost":0}\n{"pages":9,"dirty":3,"lost":0}')],
    ["nothing was looked at", said('{"pages":0,"dirty":0,"lost":0}')],
    ["nothing was said", said("")],
    ["one of several could not have its memory", said('{"pages":10,"dirty":0,"lost":0}', 1)],
  ])("fails when %s", (_, answer) => {
    expect(checked("4K", answer).status).toBe("failed");
  });
});

test("a command that has to end well fails with what it said", () => {
  expect(ended("online", said("")).status).toBe("passed");
  expect(ended("online", { stdout: "", stderr: "Device busy", exitCode: 1 })).toMatchObject({
    status: "failed",
    log: ["exit code 1", "Device busy"],
  });
});
