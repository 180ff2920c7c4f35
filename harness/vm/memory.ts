import { MIB_BYTES } from "../base/size.ts";

/**
 * Where the measured VM's memory comes from: pages that are faulted in when the device is attached, the same touched
 * by several threads before, or huge pages of 2 MiB that were reserved.
 */
export const vmMemories = ["anonymous", "prealloc", "hugetlb"] as const;
export type VmMemory = (typeof vmMemories)[number];

/** Where hosts mount hugetlbfs with pages of the default size. */
const HUGETLBFS = "/dev/hugepages";

/**
 * Options of the measured VM's QEMU for its memory, and what -machine has to say about it.
 * @param cpus of the host: as many threads touch memory that is preallocated
 */
export function vmMemoryArgs(
  memory: VmMemory,
  memoryBytes: number,
  cpus: number,
): { args: string[]; machine: string[] } {
  const size = `${memoryBytes / MIB_BYTES}M`;
  const backends: Record<VmMemory, string | undefined> = {
    anonymous: undefined,
    prealloc: `memory-backend-ram,id=ram,size=${size},prealloc=on,prealloc-threads=${cpus}`,
    hugetlb: `memory-backend-file,id=ram,size=${size},mem-path=${HUGETLBFS}`,
  };
  const backend = backends[memory];
  if (backend === undefined) return { args: ["-m", size], machine: [] };
  return { args: ["-m", size, "-object", backend], machine: ["memory-backend=ram"] };
}
