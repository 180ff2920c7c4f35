import type { BootedHost } from "../host/host.ts";
import type { LastRefill } from "../run/record.ts";
import type { Clock } from "./clock.ts";
import { type Counters, cpuSince } from "./counters.ts";
import { waitForPool } from "./pool-wait.ts";

/**
 * Waits for the pool once more after the last VM of a boot. Without it an arm that zeroes in the background would be
 * charged for one refill less than it needs.
 * @param wantedLevel share of free memory (0 to 1)
 * @param previous counters after the last round
 */
export async function measureLastRefill(
  host: Pick<BootedHost, "exec">,
  wantedLevel: number,
  clock: Clock,
  previous: Counters,
  onLevel: (level: number) => void,
): Promise<LastRefill> {
  const { seconds, curve, counters } = await waitForPool(host, wantedLevel, clock, onLevel);
  return {
    seconds,
    refill: curve,
    pool: { freePages: counters.freePages, zeroedPages: counters.prezero?.zeroedPages ?? 0 },
    cpu: cpuSince(previous, counters),
  };
}
