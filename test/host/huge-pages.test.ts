import { describe, expect, it } from "vitest";
import type { Exec } from "../../harness/base/exec.ts";
import { releaseHugePages, reserveHugePages } from "../../harness/host/huge-pages.ts";

const GIB_BYTES = 2 ** 30;

/** A host that can make at most so many huge pages; it takes half a second. */
function hostWith(most: number): { exec: Exec; reserved: () => number } {
  let reserved = 0;
  const exec: Exec = async (command) => {
    reserved = Math.min(most, Number(/echo (\d+) > \/sys\/kernel\/mm\/hugepages\/hugepages-2048kB/.exec(command)?.[1]));
    return { stdout: `${reserved} 10.25 10.75\n`, stderr: "", exitCode: 0 };
  };
  return { exec, reserved: () => reserved };
}

describe("huge pages", () => {
  it("are reserved for the VM's memory, and the time is told", async () => {
    const { exec, reserved } = hostWith(600);
    expect(await reserveHugePages(exec, GIB_BYTES)).toBe(0.5);
    expect(reserved()).toBe(512);
    await releaseHugePages(exec);
    expect(reserved()).toBe(0);
  });

  it("that the kernel cannot make are an error, not a VM with fewer", async () => {
    await expect(reserveHugePages(hostWith(500).exec, GIB_BYTES)).rejects.toMatchObject({
      code: "HUGE_PAGES",
      message: expect.stringContaining("1G in huge pages: it made 500 of 512"),
    });
  });

  it("that the kernel does not know are an error", async () => {
    const exec: Exec = async () => ({
      stdout: " 10.25 10.75\n",
      stderr: "can't create: nonexistent directory",
      exitCode: 0,
    });
    await expect(reserveHugePages(exec, GIB_BYTES)).rejects.toMatchObject({ code: "HUGE_PAGES" });
  });
});
