import { UsageError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import type { Accelerator } from "../run/sample.ts";

/** Program that runs the nested host on this machine and, on any host, the measured VM. */
export const QEMU_PROGRAM = "qemu-system-x86_64";

const CPU_DEADLINE_MS = 20_000;
const QUIT = '{"execute":"qmp_capabilities"}{"execute":"quit"}\n';
const EMPTY_MACHINE = ["-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35", "-m", "16M", "-S"];

/**
 * Version of this machine's QEMU, for example `7.2.22`. Asked before anything long begins, so that a missing QEMU does
 * not come up after the kernels are built.
 * @throws InfrastructureError QEMU_MISSING
 */
export async function qemuVersion($: Shell): Promise<string> {
  const failure = { code: "QEMU_MISSING", remedy: "npm run setup installs it." };
  const { stdout } = await $(failure).ask`${QEMU_PROGRAM} --version`;
  return /version (\S+)/.exec(stdout)?.[1] ?? "unknown";
}

/**
 * Has QEMU make a machine with that CPU and nothing else, which takes a fraction of a second: it alone knows its models
 * and their features, and would tell after the kernels are built.
 * @throws UsageError CPU_UNKNOWN with QEMU's words
 */
export async function assertCpuModel($: Shell, model: string, accelerator: Accelerator): Promise<void> {
  const args = [...EMPTY_MACHINE, "-accel", accelerator, "-cpu", model, "-qmp", "stdio"];
  const options = { input: QUIT, okExitCodes: [0, 1], timeoutMs: CPU_DEADLINE_MS };
  const { exitCode, stdout, stderr } = await $(options).ask`${QEMU_PROGRAM} ${args}`;
  // For `help` it prints its models and ends well, without a machine and its monitor.
  if (exitCode === 0 && stdout.includes('"QMP"')) return;
  throw new UsageError({
    code: "CPU_UNKNOWN",
    message: `QEMU has no CPU ${model}${accelerator === "kvm" ? " with KVM" : ""}`,
    detail: stderr.trim(),
    remedy: `Allowed: a model and features that it lists with: ${QEMU_PROGRAM} -cpu help`,
  });
}
