/** Face of the QEMU control: what the rest of the harness may use of it. */
export {
  type AccelChoice,
  type AccelOption,
  accelOption,
  chooseAccelerator,
  type KvmPlaces,
  type KvmProbe,
  probeKvm,
} from "./qemu/accel.ts";
export {
  EMULATED_DEVICE_MODEL,
  emulatedDeviceAddresses,
  hostArgs,
  type QemuHost,
} from "./qemu/args.ts";
export { assertCpuModel } from "./qemu/cpu-model.ts";
export type { Hardware } from "./qemu/hardware.ts";
export { exitError, greetingMs, type QemuExit, QemuProcess, scaledMs } from "./qemu/launch.ts";
export { QEMU_PROGRAM, qemuVersion } from "./qemu/program.ts";
export { QmpClient } from "./qemu/qmp.ts";
export * from "./qemu/qmp-message.ts";
export { versionText } from "./qemu/qmp-message.ts";
export { SocketListener } from "./qemu/socket-listener.ts";
