import { z } from "zod";

/** When a VM counts as created: its monitor answers, or it runs and its guest has come to user space. */
const untils = ["ready", "user-space"] as const;
export type Until = (typeof untils)[number];

/** As many emulated devices, one for a VM, fit below the slot that the host's chipset needs. */
export const EMULATED_DEVICES_MAX = 8;

const vmsAllowed = `allowed: a whole number from 1 to ${EMULATED_DEVICES_MAX}`;
/** Null unless it is given. */
const text = (what: string) => z.string(`allowed: ${what}`).trim().min(1, `allowed: ${what}`).nullable().default(null);

/** In what state the host is, and what else it does, when VMs are created. Commands are for the host's shell. */
export const conditionsSchema = z.strictObject({
  /** Words for the command line of the host's kernel, of all arms. */
  commandLine: text("words of a kernel command line"),
  /** Run to its end before each round, first of all; not timed. */
  before: text("a shell command"),
  /** Runs while a round is measured and must not end by itself. */
  during: text("a shell command"),
  /**
   * `wait`: rounds of an arm that zeroes in the background begin when its pool is ready. `none`: rounds of all arms begin
   * at once after VMs like the measured ones were created and killed, so that their memory has just come back.
   */
  pool: z.enum(["wait", "none"], "allowed: wait, none").default("wait"),
  /**
   * When a VM counts as created. `ready`: its monitor answers; it never runs. `user-space`: it runs, and its guest, which
   * is the plain kernel with a single program, has come to user space.
   */
  until: z.enum(untils, `allowed: ${untils.join(", ")}`).default("ready"),
  /** VMs that are created at the same time. */
  vms: z.int(vmsAllowed).min(1, vmsAllowed).max(EMULATED_DEVICES_MAX, vmsAllowed).default(1),
});
export type Conditions = z.infer<typeof conditionsSchema>;

/** One VM, a host that does nothing else, and a pool that is waited for. */
export const QUIET: Conditions = conditionsSchema.parse({});

/** The conditions that are not ordinary, as a name and what it is. */
export function describeConditions({ commandLine, before, during, pool, until, vms }: Conditions): [string, string][] {
  const all: [string, string | null][] = [
    ["kernel command line", commandLine],
    ["before each round", before],
    ["load meanwhile", during],
    [
      "pool",
      pool === "none" ? "not waited for: each round begins at once after VMs of the same size were killed" : null,
    ],
    [
      "VMs run",
      until === "user-space" ? "until the guest, a plain kernel with a single program, is in user space" : null,
    ],
    ["VMs at a time", vms > 1 ? String(vms) : null],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}
