import { describe, expect, test } from "vitest";
import { assertCpuModel } from "../../harness/qemu/program.ts";
import { $ } from "../fakes/shell.ts";

describe("a CPU for the nested host", () => {
  test.each(["max", "max,-erms,-fsrm", "Skylake-Server"])("is one that QEMU has: %s", (model) =>
    assertCpuModel($, model, "tcg"),
  );

  test.each([
    ["nosuchcpu", /unable to find CPU model 'nosuchcpu'/],
    ["max,foo", /Property 'max-x86_64-cpu.foo' not found/],
    ["host", /requires KVM/],
    ["help", /^$/],
  ])("is refused when QEMU does not have it, in QEMU's words: %s", async (model, words) => {
    await expect(assertCpuModel($, model, "tcg")).rejects.toMatchObject({
      code: "CPU_UNKNOWN",
      exitCode: 2,
      message: `QEMU has no CPU ${model}`,
      detail: expect.stringMatching(words),
      remedy: "Allowed: a model and features that it lists with: qemu-system-x86_64 -cpu help",
    });
  });
});
