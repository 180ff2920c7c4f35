import { expect, test } from "vitest";
import { arms } from "../../harness/bench/arms.ts";
import { armNames } from "../../harness/bench/sample.ts";

test("base-again is base in everything but its name, or it would not show the noise", () => {
  expect({ ...arms["base-again"], name: "base" }).toEqual(arms.base);
});

test("an arm is found under its own name", () => {
  for (const name of armNames) expect(arms[name].name).toBe(name);
});
