import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mutantOf } from "../../harness/mutations/beds.ts";
import { $ } from "../fakes/shell.ts";

test("two mutants that were built at the same place are two kernels: the digest is that of the image", () => {
  const dir = mkdtempSync(join(tmpdir(), "prezero-mutant-"));
  const path = join(dir, "bzImage");
  /** As the boot protocol has it: magic, where the version's text is, and that text. */
  const image = (code: string) => {
    const bytes = Buffer.alloc(0x400);
    bytes.write("HdrS", 0x202);
    bytes.writeUInt16LE(0x100, 0x20e);
    bytes.write("6.12.117-mutant (somebody)\0", 0x300);
    bytes.write(code, 0x380);
    return bytes;
  };
  const digests = ["one", "other"].map((code) => {
    writeFileSync(path, image(code));
    const mutant = mutantOf($, path);
    expect(mutant).toMatchObject({ release: "6.12.117-mutant", variant: "prezero" });
    expect(mutant.imageSha256).toBe(createHash("sha256").update(image(code)).digest("hex"));
    return mutant.imageSha256;
  });
  expect(new Set(digests).size).toBe(2);
  rmSync(dir, { recursive: true });
});
