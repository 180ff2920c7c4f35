import { expect, test } from "vitest";
import { parseBenchOptions } from "../../harness/bench/options.ts";
import { resolve } from "./resolve.ts";

test("the host's CPUs are a whole number that is of use", () => {
  expect(() => parseBenchOptions("--cpus", "0")).toThrow(/allowed: a whole number from 1 to 8/);
});

test("a run is what the host offers, on any host", async () => {
  const real = { host: "rack7", accelerator: "none", device: "0000:65:00.0", cpuModel: "host", hostCpus: 64 } as const;
  expect(await resolve("vm-create", {}, real)).toMatchObject(real);
});

test("an arm that is a danger to data is refused on a host that is not thrown away", async () => {
  const { arms } = await resolve("vm-create", { arms: "base,prezero,limit" });
  expect(arms).toContain("limit");
  const kept = { host: "rack7", isThrowaway: false };
  await expect(resolve("vm-create", { arms: "base,prezero,limit" }, kept)).rejects.toMatchObject({
    code: "NOT_ON_THIS_HOST",
    exitCode: 2,
    message: expect.stringContaining("the arm limit is for a host that is thrown away"),
  });
  expect((await resolve("vm-create", { arms: "base,prezero" }, kept)).host).toBe("rack7");
});
