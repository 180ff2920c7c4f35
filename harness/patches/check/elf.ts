/** Offsets and numbers of ELF64 (elf(5)), little endian. */
const SECTION_TABLE_OFFSET = 0x28;
const SECTION_COUNT_OFFSET = 0x3c;
const NAMES_SECTION_OFFSET = 0x3e;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const RELOCATION_BYTES = 24;
const MAGIC = "\x7fELF\x02\x01";
const RELOCATIONS = 4;
const NO_BITS = 8;
const ALLOCATED = 2n;
const SECTION_SYMBOL = 3;

/** A section that ends in the running kernel. */
export type LoadedSection = {
  name: string;
  bytes: number;
  /** Empty for .bss and the like. */
  content: Buffer;
  /** Where what the linker fills in goes to: offset, type, symbol and addend of each, in order. */
  relocations: string[];
};

type Header = { name: string; type: number; flags: bigint; at: number; bytes: number; link: number; info: number };

/**
 * The sections of an object file that are loaded, with their relocations: an object without them looks the same whichever
 * variable it reads.
 * @throws Error for anything but a little-endian ELF64 object
 */
export function loadedSections(object: Buffer): LoadedSection[] {
  if (object.toString("latin1", 0, MAGIC.length) !== MAGIC) throw new Error("not a little-endian ELF64 object");
  const headers = sectionHeaders(object);
  return headers.flatMap((header, index) => {
    if ((header.flags & ALLOCATED) === 0n) return [];
    const own = headers.filter(({ type, info }) => type === RELOCATIONS && info === index);
    return {
      name: header.name,
      bytes: header.bytes,
      content: header.type === NO_BITS ? Buffer.alloc(0) : contentOf(object, header),
      relocations: own.flatMap((table) => relocationsOf(object, headers, table)),
    };
  });
}

function sectionHeaders(object: Buffer): Header[] {
  const table = Number(object.readBigUInt64LE(SECTION_TABLE_OFFSET));
  const raw = Array.from({ length: object.readUInt16LE(SECTION_COUNT_OFFSET) }, (_, index) =>
    object.subarray(table + index * SECTION_BYTES, table + (index + 1) * SECTION_BYTES),
  );
  const headers = raw.map((header) => ({
    nameAt: header.readUInt32LE(0),
    type: header.readUInt32LE(4),
    flags: header.readBigUInt64LE(8),
    at: Number(header.readBigUInt64LE(24)),
    bytes: Number(header.readBigUInt64LE(32)),
    link: header.readUInt32LE(40),
    info: header.readUInt32LE(44),
  }));
  const names = headers[object.readUInt16LE(NAMES_SECTION_OFFSET)];
  return headers.map(({ nameAt, ...header }) => ({ ...header, name: textAt(object, (names?.at ?? 0) + nameAt) }));
}

function relocationsOf(object: Buffer, headers: Header[], table: Header): string[] {
  const symbols = headers[table.link];
  const strings = headers[symbols?.link ?? 0];
  const entries = contentOf(object, table);
  return Array.from({ length: entries.length / RELOCATION_BYTES }, (_, index) => {
    const entry = entries.subarray(index * RELOCATION_BYTES, (index + 1) * RELOCATION_BYTES);
    const symbol = object.subarray((symbols?.at ?? 0) + entry.readUInt32LE(12) * SYMBOL_BYTES);
    const section = headers[symbol.readUInt16LE(6)];
    const isSection = (symbol.readUInt8(4) & 0xf) === SECTION_SYMBOL;
    const name = isSection ? (section?.name ?? "") : textAt(object, (strings?.at ?? 0) + symbol.readUInt32LE(0));
    return `${entry.readBigUInt64LE(0)} ${entry.readUInt32LE(8)} ${name} ${entry.readBigInt64LE(16)}`;
  });
}

function contentOf(object: Buffer, header: Header): Buffer {
  return object.subarray(header.at, header.at + header.bytes);
}

function textAt(object: Buffer, at: number): string {
  return object.toString("latin1", at, object.indexOf(0, at));
}
