import { describe, expect, it } from "vitest";
import {
  formatApart,
  formatFigure,
  formatP,
  formatPercent,
  formatRange,
  formatRatio,
  formatSeconds,
  formatShort,
  formatTime,
} from "../../../harness/report/wording/format.ts";

describe("figures as text", () => {
  it.each([
    [0.142, 0.139, ["0.142", "0.139"]],
    [16.8, 1.05, ["16.8", "1.05"]],
    [1, 1, ["1.00", "1.00"]],
  ])("two figures that differ look different: %d and %d", (one, other, apart) => {
    expect(formatApart(one, other)).toEqual(apart);
  });

  it.each([
    [0, "0.00"],
    [0.0123, "0.012"],
    [1.155, "1.16"],
    [36.1, "36.10"],
    [273.44, "273.4"],
    [-0.5, "-0.50"],
  ])("%d seconds are %s", (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

  it.each([
    [0.9987, "99.87"],
    [0.99999, "99.99"],
    [1, "100.0"],
    [0.4321, "43.2"],
    [0, "0.0"],
  ])("a share of %d is %s: never rounded up to all", (share, text) => expect(formatPercent(share)).toBe(text));

  it.each([
    [0.984, "0.98"],
    [1.9, "1.90"],
    [15.24, "15.2"],
    [151.4, "151"],
  ])("a ratio of %d is %s", (ratio, text) => expect(formatRatio(ratio)).toBe(text));

  it.each([
    [0.001234, "0.00123", "0.00123"],
    [0.0123, "0.012", "0.012"],
    [1.155, "1.16", "1.16"],
    [0, "0.00", "0.00"],
  ])("what a round took, %d s, is %s, and %s in mail", (seconds, text, short) => {
    expect(formatTime(seconds)).toBe(text);
    expect(formatShort(seconds)).toBe(short);
  });

  it.each([
    [0.0251234, "0.02512"],
    [3.16244, "3.162"],
    [131072.4, "131072"],
    [0, "0"],
  ])("a figure of %d in its own unit is %s", (value, text) => expect(formatFigure(value)).toBe(text));

  it("has a dash for what is not known", () => {
    expect(formatP(null)).toBe("-");
    expect(formatRange(null, null, formatRatio)).toBe("-");
    expect(formatP(0.00002)).toBe("<0.001");
    expect(formatP(2 / 70)).toBe("0.029");
  });
});
