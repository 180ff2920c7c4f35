import { GIB_BYTES } from "../../base/size.ts";
import { check, measured, type TestResult } from "../../ktap/result.ts";
import { checked, ended, number } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const AREA_MIB = 64;
const PAGES_PER_MIB = 256;
const CMA_CYCLES = 8;
const TAKE_MIB = 48;
/** Of the memory that is free, so that the load reaches into the area. */
const CMA_LOAD_SHARE_PERCENT = 88;
const AREA = "/sys/kernel/debug/cma/reserved";
const CYCLE = `mib=$(awk '/^MemAvailable/{print int($2 * ${CMA_LOAD_SHARE_PERCENT} / 100 / 1024)}' /proc/meminfo)
zerocheck $mib 2 small & load=$!
failed=0
for cycle in $(seq ${CMA_CYCLES}); do
  echo ${TAKE_MIB * PAGES_PER_MIB} > ${AREA}/alloc || failed=$((failed + 1))
  echo ${TAKE_MIB * PAGES_PER_MIB} > ${AREA}/free
  sleep 0.2
done
wait $load; code=$?
echo $failed
exit $code`;

export const cma: Scenario = {
  name: "CMA",
  about: `${TAKE_MIB} of ${AREA_MIB} MiB are taken and given back ${CMA_CYCLES} times while others use them`,
  run: ($, plan) =>
    onLiveHost($, plan, "cma", { memoryBytes: GIB_BYTES, extraCmdline: `cma=${AREA_MIB}M` }, takeAndGiveBack),
};

/** @throws what the host's exec throws */
export async function takeAndGiveBack(host: LifeHost): Promise<TestResult[]> {
  const size = number((await host.exec(`cat ${AREA}/count`)).stdout);
  const load = await host.exec(CYCLE, SCENARIO_MS);
  const failed = number(load.stdout);
  const used = number((await host.exec(`cat ${AREA}/used`)).stdout);
  return [
    measured("the area has all its pages", `${size} pages`, size === AREA_MIB * PAGES_PER_MIB),
    checked("what others have of it", load),
    // Pages that are pinned just then may refuse to move; that the worker never keeps one is what is looked for.
    measured("ranges were allocated", `${CMA_CYCLES - failed} of ${CMA_CYCLES}`, failed <= CMA_CYCLES / 2, load.stderr),
    measured("nothing is in use in the end", `${used} pages`, used === 0),
  ];
}

const POOL = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";
const HUGETLB_CYCLES = 10;
const PAGES = 64;
const LOAD_MIB = 64;
/** Each of two writers changes the size of the same pool, while a third maps what there is of it. */
const GROW_AND_SHRINK = `grow() { for cycle in $(seq ${HUGETLB_CYCLES}); do echo $1 > ${POOL}; echo $2 > ${POOL}; done; }
grow ${PAGES + 40} ${PAGES} & grow ${PAGES + 24} ${PAGES} &
zerocheck ${LOAD_MIB} 4 hugetlb; code=$?; wait; exit $code`;
/** A gigantic page is a range that alloc_contig_range() empties, free blocks that are zero included. */
const GIGANTIC = "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages";
/** Each when the worker is on what was just freed, its delay later: it must not stand in the way. */
const TRIES = 8;
const TRY = `echo ${PAGES} > ${POOL}; zerocheck ${LOAD_MIB} 1 hugetlb > /dev/null; echo 0 > ${POOL}; sleep 0.1
echo 1 > ${GIGANTIC}; cat ${GIGANTIC}; echo 0 > ${GIGANTIC}`;
/** Some GiB above 4 GiB have nothing in them that cannot be moved. */
const HOST_BYTES = 6 * GIB_BYTES;

export const hugetlb: Scenario = {
  name: "hugetlb pool",
  about: "two writers make it larger and smaller; a page of 1 GiB is put together and given back",
  run: ($, plan) => onLiveHost($, plan, "hugetlb", { memoryBytes: HOST_BYTES }, hugePool),
};

/** @throws what the host's exec throws */
export async function hugePool(host: LifeHost): Promise<TestResult[]> {
  const first = await host.exec(`echo ${PAGES} > ${POOL} && cat ${POOL}`, SCENARIO_MS);
  const had = number(first.stdout);
  const load = await host.exec(GROW_AND_SHRINK, SCENARIO_MS);
  const after = number((await host.exec(`cat ${POOL}`)).stdout);
  const gigantic = await host.exec(`for try in $(seq ${TRIES}); do ${TRY}; done; cat ${GIGANTIC} ${POOL}`, SCENARIO_MS);
  const came = gigantic.stdout
    .split("\n")
    .slice(0, TRIES)
    .filter((line) => line === "1").length;
  return [
    measured("the pool has what it was told", `${had} pages`, had === PAGES, first.stderr),
    checked("pages of the pool while it changes", load),
    measured("it has as many afterwards", `${after} pages`, after === PAGES),
    measured(
      "a gigantic page was allocated every time",
      `${came} of ${TRIES} times`,
      came === TRIES,
      `${gigantic.stdout}${gigantic.stderr}`,
    ),
    check("it was freed again", gigantic.stdout.endsWith("0\n0\n"), gigantic.stdout),
    ended("nothing is reserved in the end", await host.exec("grep -q '^HugePages_Rsvd: *0$' /proc/meminfo")),
  ];
}
