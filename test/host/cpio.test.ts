import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cpioArchive, DIRECTORY, FILE, SYMLINK } from "../../harness/host/cpio.ts";

const entries = [
  { path: "etc", mode: DIRECTORY | 0o755, content: Buffer.alloc(0) },
  { path: "etc/motd", mode: FILE | 0o640, content: Buffer.from("seven b") },
  { path: "lib", mode: SYMLINK | 0o777, content: Buffer.from("usr/lib") },
];

describe("the archive for the kernel", () => {
  it("is what cpio itself understands", () => {
    const directory = mkdtempSync(join(tmpdir(), "cpio-"));
    try {
      execFileSync("cpio", ["-i", "-d", "--quiet"], { cwd: directory, input: cpioArchive(entries) });
      expect(readFileSync(join(directory, "etc/motd"), "utf8")).toBe("seven b");
      expect(statSync(join(directory, "etc/motd")).mode & 0o777).toBe(0o640);
      expect(readlinkSync(join(directory, "lib"))).toBe("usr/lib");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("has the same bytes for the same content, and its length is aligned", () => {
    expect(
      cpioArchive(entries).equals(
        cpioArchive(
          structuredClone(entries).map(({ content, ...rest }) => ({ ...rest, content: Buffer.from(content) })),
        ),
      ),
    ).toBe(true);
    expect(cpioArchive(entries).length % 4).toBe(0);
  });
});
