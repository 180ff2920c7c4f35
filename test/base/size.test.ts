import { describe, expect, test } from "vitest";
import { formatSize, GIB_BYTES, MIB_BYTES, parseSize } from "../../harness/base/size.ts";

describe("sizes", () => {
  test.each([
    ["64G", 64 * GIB_BYTES],
    ["1.5g", 1.5 * GIB_BYTES],
    ["512M", 512 * MIB_BYTES],
    ["512MiB", 512 * MIB_BYTES],
    ["4K", 4096],
  ])("%s is read", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(["", "G", "64", "-1G", "1e3M", "64 G B", "0G", "1.0000001K"])("%j is not a size", (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  test("what is written is read back as the same", () => {
    for (const mib of [1, 255, 256, 512, 768, 896, 1024, 1792, 3584, 65536]) {
      expect(parseSize(formatSize(mib * MIB_BYTES))).toBe(mib * MIB_BYTES);
    }
    expect(formatSize(1.75 * GIB_BYTES)).toBe("1.75G");
    expect(formatSize(896 * MIB_BYTES)).toBe("896M");
  });
});
