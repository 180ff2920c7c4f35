import { GIB_BYTES } from "../../base/size.ts";
import { check, type TestResult } from "../../ktap/result.ts";
import { checked, ended, number } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const POOL = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";
const CYCLES = 10;
const PAGES = 64;
const LOAD_MIB = 64;
/** Each of two writers changes the size of the same pool, while a third maps what there is of it. */
const GROW_AND_SHRINK = `grow() { for cycle in $(seq ${CYCLES}); do echo $1 > ${POOL}; echo $2 > ${POOL}; done; }
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
  run: (plan) => onLiveHost(plan, "hugetlb", { memoryBytes: HOST_BYTES }, hugePool),
};

/** @throws what the host's exec throws */
export async function hugePool(host: LifeHost): Promise<TestResult[]> {
  const first = await host.exec(`echo ${PAGES} > ${POOL} && cat ${POOL}`, SCENARIO_MS);
  const load = await host.exec(GROW_AND_SHRINK, SCENARIO_MS);
  const after = number((await host.exec(`cat ${POOL}`)).stdout);
  const gigantic = await host.exec(`for try in $(seq ${TRIES}); do ${TRY}; done; cat ${GIGANTIC} ${POOL}`, SCENARIO_MS);
  const had = gigantic.stdout
    .split("\n")
    .slice(0, TRIES)
    .filter((line) => line === "1").length;
  return [
    check(`the pool has ${number(first.stdout)} pages`, number(first.stdout) === PAGES, first.stderr),
    checked("pages of the pool while it changes", load),
    check(`it has ${after} pages afterwards`, after === PAGES),
    check(`a gigantic page came ${had} of ${TRIES} times`, had === TRIES, `${gigantic.stdout}${gigantic.stderr}`),
    check("it went again", gigantic.stdout.endsWith("0\n0\n"), gigantic.stdout),
    ended("nothing is reserved in the end", await host.exec("grep -q '^HugePages_Rsvd: *0$' /proc/meminfo")),
  ];
}
