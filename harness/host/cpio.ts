/** One member of an archive; everything belongs to root and has no time, so equal content makes equal bytes. */
export type CpioEntry = { path: string; mode: number; content: Buffer };

export const FILE = 0o100000;
export const DIRECTORY = 0o040000;
export const SYMLINK = 0o120000;

const ALIGNMENT = 4;

/**
 * Archive in the `newc` format that the kernel unpacks (Documentation/driver-api/early-userspace/buffer-format.rst).
 * Archives may be concatenated: members of a later one replace those of an earlier one.
 */
export function cpioArchive(entries: CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  const add = (entry: CpioEntry, inode: number) => {
    const name = Buffer.from(`${entry.path}\0`);
    const fields = [inode, entry.mode, 0, 0, 1, 0, entry.content.length, 0, 0, 0, 0, name.length, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
    parts.push(padded(Buffer.concat([Buffer.from(header), name])), padded(entry.content));
  };
  entries.forEach((entry, index) => {
    add(entry, index + 1);
  });
  add({ path: "TRAILER!!!", mode: 0, content: Buffer.alloc(0) }, 0);
  return Buffer.concat(parts);
}

function padded(bytes: Buffer): Buffer {
  const missing = (ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT;
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)]);
}
