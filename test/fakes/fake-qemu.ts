import { join } from "node:path";

/** Program to give as QEMU; see qemu.ts for what it can be asked to do. */
export const fakeQemu = join(import.meta.dirname, "qemu.ts");
