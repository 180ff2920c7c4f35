import { describe, expect, test } from "vitest";
import { parseBenchOptions } from "../../harness/bench/options.ts";
import { resolve } from "./resolve.ts";

/** CPUs of the nested host on a machine with so many. */
async function hostCpus(machineCpus: number, cpus?: string): Promise<number> {
  return (await resolve("vm-create", { cpus }, { cpus: machineCpus })).hostCpus;
}

describe("the CPUs of the host under test", () => {
  test("are those of the machine, but not more than are of use", async () => {
    expect(await hostCpus(2)).toBe(2);
    expect(await hostCpus(64)).toBe(8);
  });

  test("are as many as asked for", async () => {
    expect(await hostCpus(4, "1")).toBe(1);
    expect(await hostCpus(4, "4")).toBe(4);
  });

  test("are never more than the machine has", async () => {
    await expect(hostCpus(2, "3")).rejects.toMatchObject({
      code: "TOO_MANY_CPUS",
      exitCode: 2,
      remedy: "Allowed: 1 to 2.",
    });
    expect(() => parseBenchOptions({ cpus: "0" })).toThrow(/allowed: a whole number from 1 to 8/);
  });
});
