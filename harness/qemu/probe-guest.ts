/**
 * Boot sector of the guest that tells whether KVM is usable: it leaves the guest 20,000 times (port 0x80, the POST port that
 * nobody reads), clears 32 KiB 1,000 times, and then ends QEMU through isa-debug-exit. On working hardware that takes a
 * fraction of a second; on a machine whose KVM only pretends (missing nested support, emulated exits) it takes minutes.
 */
const EXITS = 20_000;
const CLEARS = 1_000;

/** Port of isa-debug-exit; writing v makes QEMU exit with 2v+1. */
const EXIT_PORT = 0xf4;
const EXIT_VALUE = 0x10;
export const EXIT_CODE = 2 * EXIT_VALUE + 1;

const low = (value: number) => value & 0xff;
const high = (value: number) => value >> 8;

// biome-ignore format: one instruction a line
const CODE = [
  0xfa,                              // cli
  0xb9, low(EXITS), high(EXITS),     // mov cx, EXITS
  0xe6, 0x80,                        // exits: out 0x80, al
  0xe2, 0xfc,                        // loop exits
  0xb8, 0x00, 0x10, 0x8e, 0xc0,      // mov ax, 0x1000; mov es, ax
  0xba, low(CLEARS), high(CLEARS),   // mov dx, CLEARS
  0x31, 0xff,                        // clear: xor di, di
  0x31, 0xc0,                        // xor ax, ax
  0xb9, 0x00, 0x40,                  // mov cx, 16384
  0xf3, 0xab,                        // rep stosw
  0x4a,                              // dec dx
  0x75, 0xf4,                        // jnz clear
  0xb0, EXIT_VALUE, 0xe6, EXIT_PORT, // mov al, EXIT_VALUE; out EXIT_PORT, al
  0xf4, 0xeb, 0xfd,                  // stop: hlt; jmp stop
];
const SECTOR_BYTES = 512;

/** The 512 bytes, with the boot signature. */
export function probeBootSector(): Buffer {
  const sector = Buffer.alloc(SECTOR_BYTES);
  Buffer.from(CODE).copy(sector);
  sector.writeUInt16LE(0xaa55, SECTOR_BYTES - 2);
  return sector;
}

/** Arguments of a QEMU that boots the sector, which is in that file. */
export function probeArgs(image: string, accelerator: string[]): string[] {
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-machine", "pc", "-m", "64M"],
    ...accelerator,
    ...["-drive", `file=${image},format=raw,if=ide`, "-device", `isa-debug-exit,iobase=${EXIT_PORT},iosize=1`],
  ];
}
