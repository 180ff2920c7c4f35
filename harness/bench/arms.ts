import type { ArmName } from "./sample.ts";

/** Directory of the series' controls on a kernel that has them. */
const CONTROLS = "/sys/kernel/mm/page_prezero";

/** What distinguishes an arm: which kernel it boots and what is set on it before anything is measured. */
export type Arm = {
  name: ArmName;
  /** Kernel of the pair that it boots. */
  variant: "base" | "prezero";
  /** Added to the kernel's command line. */
  commandLine: readonly string[];
  /** Shell commands that configure the host once it is up, in order; each must succeed. */
  setup: readonly string[];
  /** Whether the host zeroes in the background, so that a round waits for its pool. */
  pooled: boolean;
};

const base: Arm = { name: "base", variant: "base", commandLine: [], setup: [], pooled: false };

/**
 * The arms. `base-again` is base under another name, with boots of its own (A/A): what differs between the two is the
 * noise of the instrument. `prezero-disabled` is the kernel with the series never switched on: it shows what the series
 * costs those who do not use it. `prezero` clears blocks of every size: after a VM that was backed by 4 KiB pages has
 * ended, single pages on the per-CPU lists keep up to a seventh of the free memory from merging into blocks of the
 * default minimum, 2 MiB.
 */
export const arms: Readonly<Record<ArmName, Arm>> = {
  base,
  "base-again": { ...base, name: "base-again" },
  prezero: {
    name: "prezero",
    variant: "prezero",
    commandLine: [],
    setup: [`echo 0 > ${CONTROLS}/min_order`, `echo 1 > ${CONTROLS}/enabled`, `grep -qx 1 ${CONTROLS}/enabled`],
    pooled: true,
  },
  "prezero-disabled": {
    name: "prezero-disabled",
    variant: "prezero",
    commandLine: [],
    setup: [`grep -qx 0 ${CONTROLS}/enabled`],
    pooled: false,
  },
};
