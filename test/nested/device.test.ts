import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { assertNestedDevice } from "../../harness/nested/setting.ts";

test.each(["emulated", "0000:00:10.0"])("the nested host has %s", (device) => assertNestedDevice(device));

test.each(["0000:65:00.0", "65:00.0"])("the nested host is not given %s", (device) => {
  expect(() => assertNestedDevice(device)).toThrow(
    expect.objectContaining({
      code: "DEVICE_NOT_NESTED",
      exitCode: 2,
      message: `--device ${device}: the nested host has no such device`,
      remedy: "Allowed: emulated (0000:00:10.0 of the nested host).",
    }),
  );
});

test("a device of this machine is called one", () => {
  const own = readdirSync("/sys/bus/pci/devices").find((device) => device !== "0000:00:10.0");
  if (own === undefined) return;
  expect(() => assertNestedDevice(own)).toThrow(`${own} is a device of this machine, which the nested host cannot use`);
});
