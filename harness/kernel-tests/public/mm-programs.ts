/** One run of a program of tools/testing/selftests/mm. */
export type MmRun = {
  /** Program and arguments as run_vmtests.sh has them. */
  command: string;
  /** Deadline; most take a second or two. */
  seconds: number;
  /** Shell command before it, for what run_vmtests.sh sets up. */
  setup?: string;
};

const SECONDS = 60;
const LONG_SECONDS = 240;
const HUGEPAGES = "/proc/sys/vm/nr_hugepages";
/** 256 MiB, which the hugetlb tests ask for. */
const HUGEPAGE_COUNT = 128;
const NO_HUGEPAGES = `echo 0 > ${HUGEPAGES}`;
/** Memory for each of source and destination: as run_vmtests.sh has it, half of the huge pages. */
const HALF_HUGE_MIB = HUGEPAGE_COUNT;

const run = (command: string, more: Partial<MmRun> = {}): MmRun => ({ command, seconds: SECONDS, ...more });
const long = (command: string, more: Partial<MmRun> = {}): MmRun => run(command, { seconds: LONG_SECONDS, ...more });

/**
 * What run_vmtests.sh runs, in its order, with huge pages reserved up to compaction_test. Not among them: its shell
 * scripts, which need bash and modules; what takes a second user or a second disk; protection keys and the address
 * space, which know no zeroed page; hugetlb_fault_after_madv, whose ten thousand huge pages take minutes under emulation.
 */
export const MM_RUNS: readonly MmRun[] = [
  run("hugepage-mmap", { setup: `echo ${HUGEPAGE_COUNT} > ${HUGEPAGES}` }),
  run("hugepage-shm", { setup: "echo 268435456 > /proc/sys/kernel/shmmax; echo 4194304 > /proc/sys/kernel/shmall" }),
  run("map_hugetlb"),
  run("hugepage-mremap"),
  run("hugepage-vmemmap"),
  run("hugetlb-madvise"),
  run("hugetlb_dio"),
  run("hugetlb_madv_vs_map", { setup: `echo 1 > ${HUGEPAGES}` }),
  run("map_fixed_noreplace", { setup: `echo ${HUGEPAGE_COUNT} > ${HUGEPAGES}` }),
  long("gup_test -u"),
  long("gup_test -a"),
  run("gup_test -ct -F 0x1 0 19 0x1000"),
  long("gup_longterm"),
  long("uffd-unit-tests"),
  long("uffd-stress anon 20 16"),
  long(`uffd-stress hugetlb ${HALF_HUGE_MIB} 32`),
  long(`uffd-stress hugetlb-private ${HALF_HUGE_MIB} 32`),
  long("uffd-stress shmem 20 16"),
  long("uffd-stress shmem-private 20 16"),
  long("compaction_test", { setup: NO_HUGEPAGES }),
  run("map_populate", { setup: NO_HUGEPAGES }),
  run("mlock-random-test"),
  run("mlock2-tests"),
  run("mrelease_test"),
  long("mremap_test"),
  run("thuge-gen"),
  run("mremap_dontunmap"),
  run("madv_populate"),
  run("memfd_secret"),
  run("ksm_tests -H -s 100"),
  run("ksm_tests -P -s 100"),
  run("ksm_tests -M -p 10"),
  run("ksm_tests -U"),
  run("ksm_tests -Z -p 10 -z 0"),
  run("ksm_tests -Z -p 10 -z 1"),
  run("ksm_tests -N -m 1"),
  run("ksm_tests -N -m 0"),
  run("ksm_functional_tests"),
  run("soft-dirty"),
  long("pagemap_ioctl"),
  long("cow", { setup: `echo ${HUGEPAGE_COUNT} > ${HUGEPAGES}` }),
  long("khugepaged", { setup: NO_HUGEPAGES }),
  long("khugepaged -s 2"),
  long("transhuge-stress -d 20"),
  long("split_huge_page_test"),
  long("migration"),
  run("mkdirty"),
  run("mdwe_test"),
];

/** The programs themselves, each once. */
export function mmPrograms(runs: readonly MmRun[] = MM_RUNS): string[] {
  return [...new Set(runs.map(({ command }) => command.split(" ")[0] ?? ""))];
}
