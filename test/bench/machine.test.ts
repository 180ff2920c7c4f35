import { expect, test } from "vitest";
import { availableMemoryBytes, readMachine } from "../../harness/bench/machine.ts";
import { machineSchema } from "../../harness/run/record.ts";
import { $ } from "../fakes/shell.ts";

test("available memory is what programs can still get, not what is free", () => {
  const meminfo = "MemTotal:       24683596 kB\nMemFree:         1048576 kB\nMemAvailable:   16777216 kB\n";
  expect(availableMemoryBytes(meminfo)).toBe(16 * 2 ** 30);
  expect(() => availableMemoryBytes("MemFree: 1 kB\n")).toThrow(/MemAvailable/);
});

test("this machine can be recorded", async () => {
  const machine = machineSchema.parse(await readMachine($));
  expect(machine.memoryBytes).toBeGreaterThan(availableMemoryBytes());
});
