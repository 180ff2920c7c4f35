import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostPrograms } from "../../harness/host/programs.ts";
import { ensureInitramfs, installedArchive, keysArchive } from "../../harness/nested/initramfs.ts";
import { makeBootKeys, makeUserKeys } from "../../harness/nested/keys.ts";
import { $ } from "../fakes/shell.ts";

let directory: string;
const before = process.env.PREZERO_CACHE;

/** The root is made once, in the first test, into a cache of their own. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "initramfs-"));
  process.env.PREZERO_CACHE = join(directory, "cache");
});
afterAll(() => {
  if (before === undefined) delete process.env.PREZERO_CACHE;
  else process.env.PREZERO_CACHE = before;
  rmSync(directory, { recursive: true });
});

const list = (archive: string | Buffer) => {
  const args = Buffer.isBuffer(archive) ? { input: archive } : {};
  const from = Buffer.isBuffer(archive) ? [] : ["-F", archive];
  return execFileSync("cpio", ["-t", "-v", "--quiet", ...from], { encoding: "utf8", ...args });
};

describe("the root of the nested host", { timeout: 120_000 }, () => {
  it("holds QEMU with its libraries and firmware, an SSH server, a shell, and our programs, all root's", async () => {
    const names = list(await ensureInitramfs($));
    for (const wanted of [
      "usr/bin/qemu-system-x86_64",
      "usr/share/seabios/bios-256k.bin",
      "libc.so.6",
      "usr/sbin/dropbear",
      "busybox",
      "usr/local/share/reporter.rom",
      ...hostPrograms().map((name) => `usr/local/bin/${name}`),
    ]) {
      expect(names).toContain(wanted);
    }
    expect(names).toMatch(/^-rwxr-xr-x +1 root +root +\d+ .* init$/m);
    expect(names.split("\n").filter((line) => line !== "" && !/ root +root /.test(line))).toEqual([]);
  });

  it("is made once, and leaves nothing half done beside it", async () => {
    const path = await ensureInitramfs($);
    const made = statSync(path).mtimeMs;
    expect(await ensureInitramfs($)).toBe(path);
    expect(statSync(path).mtimeMs).toBe(made);
    expect(readdirSync(join(directory, "cache/initramfs"))).toHaveLength(1);
  });

  it("never gets a key that cannot be read back, which ssh2 makes now and then", () => {
    const unreadable = Array.from({ length: 1_500 }, makeUserKeys).filter(
      ({ private: key }) => ssh2.utils.parseKey(key) instanceof Error,
    );
    expect(unreadable).toEqual([]);
  });

  it("gets keys of one boot that nobody else may read", async () => {
    const keyDirectory = join(directory, "keys");
    mkdirSync(keyDirectory);
    const keys = await makeBootKeys($, keyDirectory);
    expect(keys.userPublic).toMatch(/^ssh-ed25519 \S+/);
    expect(keys.hostPublic).toMatch(/^AAAAC3NzaC1lZDI1NTE5/);
    const names = list(keysArchive(keys));
    expect(names).toMatch(/^-rw------- .* root\/\.ssh\/authorized_keys$/m);
    expect(names).toMatch(/^-rw------- .* etc\/dropbear\/host_key$/m);
  });

  it("gets a program of this machine for one boot with the libraries that it needs", async () => {
    const names = list(await installedArchive($, ["/usr/bin/make"]));
    expect(names).toContain("usr/bin/make");
    expect(names).toContain("libc.so.6");
    expect(await installedArchive($, [])).toHaveLength(0);
  });

  it("refuses a program that is not installed", async () => {
    const refused = installedArchive($, [join(directory, "none")]);
    await expect(refused).rejects.toMatchObject({ code: "HOST_FILES", remedy: "npm run setup" });
  });
});
