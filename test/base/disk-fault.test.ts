import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assertWritable, diskFault, namingDiskFaults, type Place } from "../../harness/base/disk-fault.ts";
import { mayMount, SmallDisk } from "../fakes/small-disk.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "prezero-disk-fault-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const place = (path: string): Place => ({ path, holds: "the results", elsewhere: "PREZERO_RESULTS=DIR" });
const errno = (code: string) => Object.assign(new Error(`${code}: as the kernel says it`), { code });

function refusal(path: string): unknown {
  try {
    assertWritable(place(path));
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("a place that can be written to", () => {
  test("is made when it is not there yet, and nothing is left in it", () => {
    assertWritable(place(join(root, "new/place")));
    expect(readdirSync(join(root, "new/place"))).toEqual([]);
  });
});

describe("a place that cannot be written to is the caller's mistake when it is", () => {
  test("a file", () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect(refusal(file)).toMatchObject({
      code: "PLACE_UNUSABLE",
      exitCode: 2,
      message: `The results cannot be in ${file}: that is no directory, and none can be made there`,
      remedy: "Remove what is in the way, or name another place with PREZERO_RESULTS=DIR.",
    });
  });

  test("below a file", () => {
    writeFileSync(join(root, "file"), "");
    expect(refusal(join(root, "file/below"))).toMatchObject({ code: "PLACE_UNUSABLE", exitCode: 2 });
  });

  test("where directories cannot be made at all", () => {
    expect(refusal("/proc/nowhere")).toMatchObject({ code: "PLACE_UNUSABLE", exitCode: 2 });
  });

  test.each(["EACCES", "EPERM"])("not this user's (%s)", (code) => {
    expect(diskFault(errno(code), place("/there"))).toMatchObject({ code: "PLACE_FORBIDDEN", exitCode: 2 });
  });
});

describe.skipIf(!mayMount)("a disk (as root, who may mount one)", () => {
  test("that is full is named, with what is left and what to do", () => {
    using disk = new SmallDisk();
    disk.fill();
    const error = refusal(disk.path);
    expect(error).toMatchObject({
      code: "DISK_FULL",
      exitCode: 3,
      message: `The disk that holds the results in ${disk.path} is full: 0.0 GiB are left`,
      remedy: "Make room there, or name another place with PREZERO_RESULTS=DIR.",
    });
    expect(existsSync(join(disk.path, "filler")), "what is there is left alone").toBe(true);
    expect(readdirSync(disk.path)).toHaveLength(1);
  });

  test("that is read-only is named", () => {
    using disk = new SmallDisk();
    disk.makeReadOnly();
    expect(refusal(join(disk.path, "run"))).toMatchObject({ code: "DISK_READ_ONLY", exitCode: 3 });
  });
});

describe("work that writes", () => {
  test.each([
    ["ENOSPC", "DISK_FULL"],
    ["EDQUOT", "DISK_FULL"],
    ["EROFS", "DISK_READ_ONLY"],
    ["EIO", "DISK_FAILED"],
  ])("and fails with %s is told as %s", async (code, told) => {
    const failing = namingDiskFaults(place(root), () => Promise.reject(errno(code)));
    await expect(failing).rejects.toMatchObject({ code: told, exitCode: 3, detail: expect.stringContaining(code) });
  });

  test("and misses one of its own files keeps its own error", async () => {
    const error = errno("ENOENT");
    await expect(namingDiskFaults(place(root), () => Promise.reject(error))).rejects.toBe(error);
  });

  test("and fails for another reason keeps its own error", async () => {
    const error = errno("ECONNRESET");
    await expect(namingDiskFaults(place(root), () => Promise.reject(error))).rejects.toBe(error);
  });

  test("is judged by errno, not by what a message says", async () => {
    const error = new Error("No space left on device, ENOSPC");
    await expect(namingDiskFaults(place(root), () => Promise.reject(error))).rejects.toBe(error);
  });
});
