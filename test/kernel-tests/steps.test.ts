import { expect, test } from "vitest";
import { findBase } from "../../harness/kernel/bases.ts";
import { kernelSteps } from "../../harness/kernel-tests/steps.ts";

async function namesOf(kernel: string, full: boolean): Promise<string[]> {
  const base = await findBase(kernel);
  const plan = { base, accel: "tcg", scratch: "", logs: "", say: () => {} } as const;
  return kernelSteps(plan, full).map(({ name }) => name);
}

test("what takes hours is a step only when it is asked for", async () => {
  const [quick, full] = [await namesOf("6.12", false), await namesOf("6.12", true)];
  expect(full).toEqual(expect.arrayContaining(quick));
  expect(full.filter((name) => !quick.includes(name))).toEqual(
    expect.arrayContaining(["debug kernel", "life: kexec", "public selftests", "Debian kernel"]),
  );
});

test("Debian's kernel is a step where the base says what the guest needs of it", async () => {
  expect(await namesOf("6.1", true)).not.toContain("Debian kernel");
});

test("each step has a name of its own", async () => {
  const names = await namesOf("6.12", true);
  expect(new Set(names).size).toBe(names.length);
});
