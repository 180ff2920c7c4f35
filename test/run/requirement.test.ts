import { describe, expect, test } from "vitest";
import { parseRequirement, unanswered } from "../../harness/run/requirement.ts";

describe("a requirement", () => {
  test.each([
    ["thp-on >= 8", { thp: "on", arm: "prezero", operator: ">=", ratio: 8 }],
    ["thp-off>1.9", { thp: "off", arm: "prezero", operator: ">", ratio: 1.9 }],
    [" thp-mthp-64k:prezero < 3 ", { thp: "mthp-64k", arm: "prezero", operator: "<", ratio: 3 }],
    ["thp-on:prezero-disabled <= 1.05", { thp: "on", arm: "prezero-disabled", operator: "<=", ratio: 1.05 }],
    ["thp-off:base-again <= 1.1", { thp: "off", arm: "base-again", operator: "<=", ratio: 1.1 }],
  ])("%j is understood", (text, expected) => {
    expect(parseRequirement(text)).toMatchObject(expected);
  });

  test("shows the arm that was left out", () => {
    expect(parseRequirement("thp-on>=8")?.text).toBe("thp-on:prezero >= 8");
  });

  test.each([
    "",
    "thp-on",
    "thp-on = 8",
    "thp-on >= -8",
    "thp-on >= 8x",
    "on >= 8",
    "thp-maybe >= 8",
    "thp-on:base >= 1",
    "thp-on:patched >= 1",
  ])("%j is none", (text) => {
    expect(parseRequirement(text)).toBeUndefined();
  });

  test("that the run cannot answer is known before it", () => {
    const requirements = ["thp-on >= 8", "thp-off >= 2", "thp-on:prezero-disabled >= 0.9"].map(
      (text) => parseRequirement(text) as NonNullable<ReturnType<typeof parseRequirement>>,
    );
    const texts = (arms: ("base" | "prezero")[], thp: ("on" | "off")[]) =>
      unanswered(requirements, { arms, thp }).map(({ text }) => text);
    expect(texts(["base", "prezero"], ["on"])).toEqual(["thp-off:prezero >= 2", "thp-on:prezero-disabled >= 0.9"]);
    expect(texts(["prezero"], ["on", "off"])).toHaveLength(3);
  });
});
