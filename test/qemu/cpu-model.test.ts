import { expect, test } from "vitest";
import { assertCpuModel } from "../../harness/qemu/cpu-model.ts";
import { $ } from "../fakes/shell.ts";

// The machine's real QEMU answers.
test.each(["max", "max,-erms,-fsrm", "qemu64"])("the CPU model %s is fine", async (model) => {
  await assertCpuModel($, model, "tcg");
});

test.each([
  ["nosuchcpu", "CPU_MODEL_UNKNOWN", 'QEMU has no CPU model "nosuchcpu"'],
  ["help", "CPU_MODEL_UNKNOWN", 'QEMU has no CPU model "help"'],
  ["max,foo", "CPU_MODEL_REFUSED", "QEMU refuses the CPU max,foo under TCG"],
  ["host", "CPU_MODEL_REFUSED", "QEMU refuses the CPU host under TCG"],
])("the CPU model %s is refused before anything is built: %s", async (model, code, message) => {
  await expect(assertCpuModel($, model, "tcg")).rejects.toMatchObject({
    code,
    exitCode: 2,
    message,
    remedy: expect.stringContaining("qemu-system-x86_64 -cpu help"),
  });
});

test("the closest model is named, and what QEMU says of a feature", async () => {
  await expect(assertCpuModel($, "skylake-server", "tcg")).rejects.toThrow(
    expect.objectContaining({ remedy: expect.stringContaining("Skylake-Server") }),
  );
  await expect(assertCpuModel($, "max,+nosuch", "tcg")).rejects.toThrow(
    expect.objectContaining({ detail: expect.stringContaining("nosuch") }),
  );
});
