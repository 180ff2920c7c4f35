import { expect, test } from "vitest";
import { availableHereBytes, readThisMachine } from "../../harness/base/this-machine.ts";
import { machineSchema } from "../../harness/run/record.ts";
import { $ } from "../fakes/shell.ts";

test("available memory is what programs can still get, not what is free", () => {
  const meminfo = "MemTotal:       24683596 kB\nMemFree:         1048576 kB\nMemAvailable:   16777216 kB\n";
  expect(availableHereBytes(meminfo)).toBe(16 * 2 ** 30);
  expect(() => availableHereBytes("MemFree: 1 kB\n")).toThrow(/MemAvailable/);
});

test("this machine can be recorded", async () => {
  const { microcode, ...rest } = await readThisMachine($);
  expect(microcode).not.toBe("");
  expect(machineSchema.parse(rest).memoryBytes).toBeGreaterThan(availableHereBytes());
});
