import { describe, expect, test } from "vitest";
import { armSchema, inTableOrder, onSameKernel, parseArmName } from "../../harness/run/arm-name.ts";

describe("the name of an arm", () => {
  test("is a kind, the kernel line before it, what is set behind it", () => {
    expect(parseArmName("base")).toEqual({ kernel: null, kind: "base", knobs: [] });
    expect(parseArmName("5.10:prezero-disabled")).toEqual({ kernel: "5.10", kind: "prezero-disabled", knobs: [] });
    expect(parseArmName("7.3:prezero+min_order=9+batch_size=67108864")).toEqual({
      kernel: "7.3",
      kind: "prezero",
      knobs: [
        { knob: "min_order", value: "9" },
        { knob: "batch_size", value: "67108864" },
      ],
    });
  });

  test.each(["min_order=10", "verify=1", "delay_millisecs=2147483647", "batch_size=9223372036854775807"])(
    "may set the largest value that the kernel takes: %s",
    (setting) => expect(parseArmName(`prezero+${setting}`)).toBeDefined(),
  );

  test.each([
    ["", "nothing"],
    ["fast", "a kind that there is not"],
    [":base", "an empty kernel line"],
    ["linux:base", "a kernel line that is no version"],
    ["base+min_order=9", "a control of the series on a kernel without it"],
    ["prezero+", "nothing set"],
    ["prezero+order=9", "a control that there is not"],
    ["prezero+min_order=nine", "a value that is no number"],
    ["prezero+min_order=11", "a value that the kernel refuses"],
    ["prezero+verify=2", "no switch"],
    ["prezero+delay_millisecs=2147483648", "one more than INT_MAX"],
    ["prezero+batch_size=9223372036854775808", "one more than LONG_MAX"],
    ["prezero+min_order=9;reboot", "something for the shell"],
    ["prezero+min_order=9+min_order=0", "a control set twice"],
  ])("is not %j: %s", (name) => {
    expect(parseArmName(name)).toBeUndefined();
    const error = armSchema.safeParse(name).error;
    expect(error?.issues[0]?.message).toMatch(/^allowed: base, .*6\.12:base.*\+min_order=0 to 10/);
  });
});

test("an arm is held against the base of its own kernel, whatever is set on it", () => {
  expect(onSameKernel("prezero+min_order=9", "base")).toBe("base");
  expect(onSameKernel("7.3:prezero", "base")).toBe("7.3:base");
});

test("tables go through the kernels as they were named, in each base first, and leave settings in their order", () => {
  const named = ["7.3:prezero", "7.3:base", "5.10:prezero+min_order=9", "5.10:prezero+min_order=4", "5.10:base"];
  expect(inTableOrder(named)).toEqual([
    "7.3:base",
    "7.3:prezero",
    "5.10:base",
    "5.10:prezero+min_order=9",
    "5.10:prezero+min_order=4",
  ]);
});
