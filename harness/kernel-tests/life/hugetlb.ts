import { GIB_BYTES } from "../../base/size.ts";
import type { TestResult } from "../../ktap/result.ts";
import { check } from "../step.ts";
import { checked, ended, number } from "./answers.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS, type Scenario } from "./host.ts";

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
/** All of it below 4 GiB, so that the second GiB is whole. */
const HOST_BYTES = 2.5 * GIB_BYTES;

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
  const gigantic = await host.exec(
    `echo 0 > ${POOL}; echo 1 > ${GIGANTIC}; cat ${GIGANTIC}; echo 0 > ${GIGANTIC}; cat ${GIGANTIC} ${POOL}`,
    SCENARIO_MS,
  );
  return [
    check(`the pool has ${number(first.stdout)} pages`, number(first.stdout) === PAGES, first.stderr),
    checked("pages of the pool while it changes", load),
    check(`it has ${after} pages afterwards`, after === PAGES),
    check("a gigantic page comes and goes", gigantic.stdout === "1\n0\n0\n", `${gigantic.stdout}${gigantic.stderr}`),
    ended("nothing is reserved in the end", await host.exec("grep -q '^HugePages_Rsvd: *0$' /proc/meminfo")),
  ];
}
