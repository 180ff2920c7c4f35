const UNIT_BYTES = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 } as const;

export const MIB_BYTES = UNIT_BYTES.M;
export const GIB_BYTES = UNIT_BYTES.G;

/** Bytes of a size as people write it (`64G`, `1.5G`, `512M`); undefined when the text is not one. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT])(?:i?B)?$/i.exec(text.trim());
  if (match === null) return undefined;
  const bytes = Number(match[1]) * UNIT_BYTES[match[2]?.toUpperCase() as keyof typeof UNIT_BYTES];
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** `64G`, `1.5G`, `512M`: the shortest text that {@link parseSize} reads back as the same size, down to whole MiB. */
export function formatSize(bytes: number): string {
  const gib = bytes / GIB_BYTES;
  if (gib >= 1 && Number.isInteger(gib * 4)) return `${gib}G`;
  return `${Math.floor(bytes / MIB_BYTES)}M`;
}
