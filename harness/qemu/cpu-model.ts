import { closest } from "fastest-levenshtein";
import { UsageError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import type { Accelerator } from "../run/sample.ts";
import { QEMU_PROGRAM } from "./program.ts";

const LIST = ["-cpu", "help"];
const LEAVE = '{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n';

/**
 * Has QEMU make a CPU of the model and leave again, a quarter of a second: only it knows its models and features.
 * @throws UsageError CPU_MODEL_UNKNOWN, CPU_MODEL_REFUSED
 */
export async function assertCpuModel($: Shell, model: string, accelerator: Accelerator): Promise<void> {
  const [name = ""] = model.split(",");
  const { stdout: list } = await $.ask`${QEMU_PROGRAM} ${LIST}`;
  const models = [...list.matchAll(/^x86 (\S+)/gm)].map(([, known = ""]) => known);
  if (!models.includes(name)) {
    throw new UsageError({
      code: "CPU_MODEL_UNKNOWN",
      message: `QEMU has no CPU model "${name}"`,
      remedy: `The closest is ${closest(name, models)}. All: ${QEMU_PROGRAM} ${LIST.join(" ")}`,
    });
  }
  const bare = ["-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35", "-m", "16M", "-S"];
  const args = [...bare, "-accel", accelerator, "-cpu", model, "-qmp", "stdio"];
  const { exitCode, stderr } = await $({ input: LEAVE, okExitCodes: [0, 1] }).ask`${QEMU_PROGRAM} ${args}`;
  if (exitCode === 0) return;
  throw new UsageError({
    code: "CPU_MODEL_REFUSED",
    message: `QEMU refuses the CPU ${model} under ${accelerator.toUpperCase()}`,
    detail: stderr.trim(),
    remedy: `Models and features: ${QEMU_PROGRAM} ${LIST.join(" ")}`,
  });
}
