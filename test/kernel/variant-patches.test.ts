import { expect, test } from "vitest";
import { findBase } from "../../harness/kernel/bases.ts";
import { BUILD_VARIANTS, patchesOf } from "../../harness/kernel/variant.ts";

const names = async (variant: (typeof BUILD_VARIANTS)[number]) =>
  (await patchesOf(await findBase("6.12"), variant)).map(({ name }) => name);

test("what takes times is on top of the series in one kernel, and in no other", async () => {
  const series = await names("prezero");
  expect(await names("native")).toEqual([...series, "native-bench.patch"]);
  for (const variant of BUILD_VARIANTS.filter((one) => one !== "native")) {
    expect(await names(variant)).not.toContain("native-bench.patch");
  }
  expect(await names("kunit")).toEqual(series);
});

test("a base without such a patch is named, and what to do", async () => {
  const { nativePatches, ...base } = await findBase("6.12");
  expect(nativePatches).toBe("configs/bench-patches/6.12/native");
  await expect(patchesOf(base, "native")).rejects.toMatchObject({
    code: "NATIVE_UNAVAILABLE",
    exitCode: 2,
    remedy: expect.stringContaining("nativePatches in configs/kernels.yaml"),
  });
});
