import { z } from "zod";
import { GIB_BYTES } from "../base/size.ts";
import { CONTROLS } from "../host/controls.ts";
import type { TestHost } from "../hosts.ts";
import { measured, skipped, type TestResult } from "../ktap/result.ts";
import { ended, objectsIn } from "./boot/answers.ts";
import { quiet } from "./boot/test-host.ts";

export const ORDINARY_BYTES = 2 * GIB_BYTES;
const COMMAND_MS = 300_000;

/** Of what was zero before a few pages were freed and memory was compacted, but for what compaction itself moved. */
const LEAST_KEPT = 0.98;
const MOST_CLEARED_PER_FREED = 4;
const MOST_CLEARED_PER_MOVED = 1.2;
/** Waste of the last of the rounds, of the first one's. */
const MOST_WASTED_AGAIN = 0.15;

/** CPU time of the worker that has more to do, of that of both: as long as it takes where two CPUs are really parallel. */
const MOST_OF_ONE_WORKER = 0.6;

const CACHE_ROUNDS = 5;
const CACHE_MIB = 600;

const seenSchema = z.object({
  /** Of files, those of a tmpfs among them, and of the kernel's own objects: what dropping caches frees. */
  cached: z.int(),
  zeroed: z.int(),
  cleared: z.int(),
  wasted: z.int(),
  moved: z.int(),
});

/** What /proc/vmstat said at one moment, in pages. */
type Seen = z.infer<typeof seenSchema>;

/** `see` prints a line of Seen; `settle` waits until the worker has cleared nothing for three seconds. */
const WORDS = `set -e
see() { awk '{v[$1]=$2} END {printf "{\\"cached\\":%d,\\"zeroed\\":%d,\\"cleared\\":%d,\\"wasted\\":%d,\\"moved\\":%d}\\n",
  v["nr_file_pages"] + v["nr_slab_reclaimable"] + v["nr_slab_unreclaimable"], v["nr_prezeroed"], v["prezero_cleared"], v["prezero_wasted"], v["pgmigrate_success"]}' /proc/vmstat; }
settle() { last=; quiet=0; while [ $quiet -lt 3 ]; do sleep 1; now=$(grep ^prezero_cleared /proc/vmstat)
  if [ "$now" = "$last" ]; then quiet=$((quiet + 1)); else quiet=0; fi; last=$now; done; }
mkdir -p /t
mount -t tmpfs -o size=99% none /t`;
const ENABLE = `echo 1 > ${CONTROLS}/enabled; settle; see`;

const FREED = `${WORDS}; fragment /t/x 256 1024; ${ENABLE}
rm /t/x; echo 3 > /proc/sys/vm/drop_caches; echo 1 > /proc/sys/vm/compact_memory; sleep 0.2; see; settle; see`;
const COMPACTED = `${WORDS}; fragment /t/x 256 8; ${ENABLE}; echo 1 > /proc/sys/vm/compact_memory; settle; see`;
const CACHED = `${WORDS}; ${ENABLE}
for round in $(seq ${CACHE_ROUNDS}); do dd if=/dev/zero of=/t/x bs=1M count=${CACHE_MIB} 2>/dev/null; rm /t/x; sleep 3; see; done`;

/** Of /proc/PID/stat, on any architecture. */
const TICK_MS = 10;
const filledSchema = z.object({ zeroed: z.int(), wallMs: z.number().positive(), cpuTicks: z.array(z.int()).length(2) });
/** Both workers begin at once and rest when nearly all is zero. */
const FILLED = `set -e; cd ${CONTROLS}; echo 1 > delay_millisecs; now() { cut -d' ' -f1 /proc/uptime; }
begun=$(now); echo 1 > enabled
until awk '/^nr_free_pages /{f=$2} /^nr_prezeroed /{z=$2} END {exit z * 100 < f * 97}' /proc/vmstat; do sleep 0.05; done
ended=$(now); cpu() { cut -d' ' -f14-15 /proc/$(grep -lsx page_prezero/$1 /proc/[0-9]*/comm | cut -d/ -f3)/stat; }
first=$(cpu 0); second=$(cpu 1)
echo "$begun $ended $first $second $(sed -n 's/^nr_prezeroed //p' /proc/vmstat)" |
awk '{printf "{\\"zeroed\\":%d,\\"wallMs\\":%d,\\"cpuTicks\\":[%d,%d]}\\n", $7, ($2 - $1) * 1000, $3 + $4, $5 + $6}'`;

/** What an ordinary host does to a pool, each on a host of its own. */
export const ORDINARY: Life[] = [
  { name: "freed", live: (host) => watch(host, FREED, seenSchema, 3, judgeFreed) },
  { name: "compacted", live: (host) => watch(host, COMPACTED, seenSchema, 2, judgeCompacted) },
  { name: "cached", live: (host) => watch(host, CACHED, seenSchema, CACHE_ROUNDS + 1, judgeCached) },
  { name: "two-nodes", nodes: 2, live: (host) => watch(host, FILLED, filledSchema, 1, judgeFilled) },
];

/** A life of a host, and the nodes that it takes, one unless it says so. */
type Life = { name: string; nodes?: number; live(host: Pick<TestHost, "exec">): Promise<TestResult[]> };

/** The first form of the series has neither lists of its own nor a worker a node: it is not held to this. */
const HAS_NODES = `[ -d ${CONTROLS}/node0 ]`;

/**
 * Lets hosts live, one after the other, each that of a life.
 * @param boot of the host for a life
 * @throws what the boot and the host's exec throw
 */
export async function ordinaryHosts(
  boot: (life: Life) => Promise<Pick<TestHost, "exec" | "complaints"> & AsyncDisposable>,
): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const life of ORDINARY) {
    await using host = await boot(life);
    if ((await host.exec(HAS_NODES)).exitCode !== 0) {
      return [skipped("the pool survives", "a series without workers for each node"), await quiet(host)];
    }
    results.push(...(await life.live(host)), await quiet(host));
  }
  return results;
}

async function watch<T>(
  host: Pick<TestHost, "exec">,
  script: string,
  schema: z.ZodType<T>,
  moments: number,
  judge: (seen: T[]) => TestResult[],
): Promise<TestResult[]> {
  const answer = await host.exec(script, COMMAND_MS);
  const seen = objectsIn(answer.stdout, schema);
  if (answer.exitCode === 0 && seen.length === moments) return judge(seen);
  return [ended("the pool was watched", { ...answer, exitCode: answer.exitCode || 1 })];
}

/** @param seen the pool full; pages freed, caches dropped and memory compacted; the worker done */
export function judgeFreed([before, after, done]: Seen[]): TestResult[] {
  if (!before || !after || !done) return [];
  const moved = after.moved - before.moved;
  const freed = before.cached - after.cached;
  const kept = after.zeroed / before.zeroed;
  const keptBut = (after.zeroed + moved) / before.zeroed;
  const again = done.cleared - before.cleared;
  return [
    measured(
      "what was zero still is, after pages were freed and memory was compacted",
      `${percent(kept)} of ${before.zeroed}, ${percent(keptBut)} with the ${moved} that compaction moved`,
      moved > 0 && keptBut >= LEAST_KEPT,
    ),
    measured(
      "a page that was freed costs few others",
      `${again} cleared again, ${moved} of them moved, for ${freed} freed`,
      freed > 0 && again - moved <= MOST_CLEARED_PER_FREED * freed,
    ),
  ];
}

/** @param seen the pool full, a page of each eight in use; memory compacted and the worker done */
export function judgeCompacted([before, done]: Seen[]): TestResult[] {
  if (!before || !done) return [];
  const moved = done.moved - before.moved;
  const again = (done.cleared - before.cleared) / moved;
  const holds = moved > 0 && again <= MOST_CLEARED_PER_MOVED;
  return [measured("a page that compaction moved costs one", `${again.toFixed(2)} for each of ${moved}`, holds)];
}

/** @param seen the pool full; then after each round */
export function judgeCached(seen: Seen[]): TestResult[] {
  const wasted = seen.slice(1).map((now, i) => now.wasted - (seen[i] as Seen).wasted);
  const again = (wasted.at(-1) as number) / (wasted[0] as number);
  const found = `${wasted.join(", ")} pages a round: ${percent(again)} in the last`;
  return [measured("a page cache in motion is not cleared in vain", found, again <= MOST_WASTED_AGAIN)];
}

/** @param filled two nodes with as much memory each */
export function judgeFilled([filled]: z.infer<typeof filledSchema>[]): TestResult[] {
  if (!filled) return [];
  const cpuMs = filled.cpuTicks.map((ticks) => ticks * TICK_MS);
  const [most, all] = [Math.max(...cpuMs), cpuMs.reduce((sum, one) => sum + one, 0)];
  const found = `${percent(most / all)} of ${all} ms CPU time by one of two, ${filled.wallMs} ms for ${filled.zeroed} pages`;
  return [
    measured("each node's pool is filled by a worker of its own", found, all > 0 && most <= MOST_OF_ONE_WORKER * all),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
