import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMemoryPlace, hugeTmpfs } from "../../harness/native/memory-place.ts";
import { $ } from "../fakes/shell.ts";

let bin: string;
const path = process.env.PATH;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "native-bin-"));
  process.env.PATH = `${bin}:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(bin, { recursive: true });
});

function stub(tool: string, script: string): void {
  writeFileSync(join(bin, tool), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, tool), 0o755);
}

test("the launcher mounts before it starts the program, and hands on every word as it is", () => {
  stub("unshare", 'while [ "$1" != sh ]; do shift; done; exec "$@"');
  stub("mount", `echo "$@" > ${bin}/mounted`);
  const [unshare = "", ...words] = hugeTmpfs(2 ** 30);
  const environment = { ...process.env, TMPDIR: "/a place" };
  const said = execFileSync(unshare, [...words, "echo", "con0=fd:0,fd:1", "a b"], {
    encoding: "utf8",
    env: environment,
  });
  expect(said).toBe("con0=fd:0,fd:1 a b\n");
  expect(execFileSync("cat", [join(bin, "mounted")], { encoding: "utf8" })).toMatch(
    /^-t tmpfs -o huge=always,size=\d+ none \/a place\n$/,
  );
});

test("a user who is not root becomes root of a namespace, and the program dies with the harness all the same", () => {
  expect(hugeTmpfs(1, false)).toContain("--map-root-user");
  expect(hugeTmpfs(1, true)).not.toContain("--map-root-user");
  expect(hugeTmpfs(1, false).join(" ")).toContain("setpriv --pdeathsig KILL");
});

test("huge pages where they can be mounted", async () => {
  stub("unshare", "exit 0");
  expect(await findMemoryPlace($, 2 ** 20)).toEqual({ launcher: hugeTmpfs(2 ** 20) });
});

test("/dev/shm where nothing can be mounted", async () => {
  stub("unshare", "echo unshare: Operation not permitted >&2; exit 1");
  expect(await findMemoryPlace($, 2 ** 20)).toEqual({ parentDir: "/dev/shm" });
});

test("more memory than there is is refused before anything is built", async () => {
  await expect(findMemoryPlace($, 2 ** 60)).rejects.toMatchObject({ code: "NATIVE_MEMORY", exitCode: 2 });
});
