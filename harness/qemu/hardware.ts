import { MIB_BYTES } from "../base/size.ts";

/** What a nested host may have beside memory, CPUs, network and the device that is assigned. */
export type Hardware = {
  /** NUMA nodes that share memory and CPUs equally; 1 when absent. */
  nodes?: number;
  /** One node more, without CPUs and memory, for memory that comes later. */
  emptyNode?: boolean;
  /** Address space for memory that comes later, bytes; none when absent. */
  hotplugBytes?: number;
  /** False leaves it to the host to touch its memory, so that what it gives back is seen from outside. */
  preallocate?: boolean;
  /** Raw image that the host sees as /dev/vda. */
  disk?: string;
  /** Devices to assign, each in an IOMMU group of its own; 1 when absent. */
  assignable?: number;
  /** Values of -acpitable options. */
  acpiTables?: readonly string[];
  /** Values of further -object and -device options. */
  objects?: string[];
  devices?: string[];
};

/** Memory devices that can be plugged in while the VM runs. */
const HOTPLUG_SLOTS = 4;
/** Threads that touch the memory before the host starts. */
const PREALLOC_THREADS = 2;

/** Options for the memory of that size, and what -machine has to say about it. */
export function memoryArgs(
  memoryBytes: number,
  cpus: number,
  hardware: Hardware,
): { args: string[]; machine: string[] } {
  const mib = memoryBytes / MIB_BYTES;
  const { nodes = 1, hotplugBytes = 0, preallocate = true } = hardware;
  const later = hotplugBytes > 0 ? `,slots=${HOTPLUG_SLOTS},maxmem=${mib + hotplugBytes / MIB_BYTES}M` : "";
  const total = ["-m", `${mib}M${later}`];
  // Preallocated, so that the host's own first-touch faults are not measured.
  const touch = preallocate ? `prealloc=on,prealloc-threads=${PREALLOC_THREADS},` : "";
  const backend = (id: string, size: number) => [
    "-object",
    `memory-backend-ram,id=${id},size=${size}M,${touch}dump=off`,
  ];
  if (nodes === 1 && !hardware.emptyNode) {
    return { args: [...total, ...backend("ram", mib)], machine: ["memory-backend=ram"] };
  }
  const node = (id: number) => {
    const first = Math.floor((id * cpus) / nodes);
    const last = Math.floor(((id + 1) * cpus) / nodes) - 1;
    return [...backend(`ram${id}`, mib / nodes), "-numa", `node,nodeid=${id},memdev=ram${id},cpus=${first}-${last}`];
  };
  const empty = hardware.emptyNode ? ["-numa", `node,nodeid=${nodes}`] : [];
  return { args: [...total, ...Array.from({ length: nodes }, (_, id) => node(id)).flat(), ...empty], machine: [] };
}

/** Options for the disk and for what is added as it is. */
export function addedArgs({ disk, acpiTables = [], objects = [], devices = [] }: Hardware): string[] {
  const drive = disk === undefined ? [] : ["-drive", `file=${disk},format=raw,if=none,id=disk`];
  const all = disk === undefined ? devices : ["virtio-blk-pci,drive=disk", ...devices];
  const given = { "-acpitable": acpiTables, "-object": objects, "-device": all };
  return [...drive, ...Object.entries(given).flatMap(([option, values]) => values.flatMap((value) => [option, value]))];
}
