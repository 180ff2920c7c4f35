import { UsageError } from "./base/errors.ts";
import type { Shell } from "./base/shell.ts";
import type { Host } from "./host/host.ts";
import { NestedHost } from "./nested/nested-host.ts";

/** What `--host` may name. Another kind of host is a folder that implements Host, and a line here. */
const HOSTS: Readonly<Record<string, ($: Shell) => Host>> = { nested: ($) => new NestedHost($) };

/** @throws UsageError HOST_UNKNOWN naming those there are */
export async function openHost($: Shell, name: string): Promise<Host> {
  const open = Object.hasOwn(HOSTS, name) ? HOSTS[name] : undefined;
  if (open !== undefined) return open($);
  throw new UsageError({
    code: "HOST_UNKNOWN",
    message: `There is no host "${name}"`,
    remedy: `Allowed for --host: ${Object.keys(HOSTS).join(", ")}.`,
  });
}

/** For tests of kernels, which need what only a host made by QEMU has: its monitor, hardware that comes and goes. */
export { bootNestedHost as bootTestHost, type NestedHostOptions as TestHostOptions } from "./nested/boot.ts";
export type { BootedNestedHost as TestHost } from "./nested/booted-host.ts";
export { NestedRoom } from "./nested/room.ts";
export { MAX_HOST_CPUS } from "./nested/setting.ts";
