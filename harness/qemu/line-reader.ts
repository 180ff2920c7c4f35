/** Longest line that is read; QEMU's own clients use the same 10 MB. */
export const LINE_LIMIT_BYTES = 10 * 2 ** 20;

/**
 * Cuts a byte stream into lines.
 * @param onLine gets each line without its end; empty lines are left out
 * @param onOverflow called once when a line exceeds the limit; nothing is read afterwards
 * @returns function to feed with the chunks as they come
 */
export function lineReader(
  onLine: (line: string) => void,
  onOverflow: (start: string) => void,
  limitBytes = LINE_LIMIT_BYTES,
): (chunk: Buffer) => void {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let overflowed = false;
  return (chunk) => {
    let from = 0;
    while (!overflowed) {
      const end = chunk.indexOf(0x0a, from);
      const part = chunk.subarray(from, end < 0 ? chunk.length : end);
      pending.push(part);
      pendingBytes += part.length;
      if (pendingBytes > limitBytes) {
        overflowed = true;
        onOverflow(Buffer.concat(pending).toString("utf8", 0, 200));
        return;
      }
      if (end < 0) return;
      const line = Buffer.concat(pending).toString("utf8").trim();
      pending = [];
      pendingBytes = 0;
      from = end + 1;
      if (line !== "") onLine(line);
    }
  };
}
