import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Files } from "../../harness/base/files.ts";
import { createShell } from "../../harness/base/shell.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "prezero-files-test-"));
  mkdirSync(join(root, "tree/build"), { recursive: true });
  writeFileSync(join(root, "tree/.config"), "CONFIG_A=y\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function files({ dry }: { dry: boolean }): { files: Files; lines: string[] } {
  const lines: string[] = [];
  const $ = createShell({ signal: new AbortController().signal, dry, announce: ({ line }) => lines.push(line) });
  return { files: $.files, lines: lines };
}

/** What a build does with files, in small; what it finds out on its way. */
async function build(one: Files): Promise<unknown[]> {
  const at = (path: string) => join(root, path);
  const seen: unknown[] = [];
  await one.remove(at("work"));
  await one.makeDirectory(at("work/build"));
  await one.makeDirectory(at("work/build"));
  await one.write(at("work/.key"), "abc");
  seen.push(one.exists(at("work")), await one.readText(at("work/.key")), await one.list(at("work")));
  await one.copy(at("tree/.config"), at("work/build/.config"));
  await one.remove(at("kernels/one"));
  await one.makeDirectory(at("kernels"));
  await one.move(at("work"), at("kernels/one"));
  seen.push(one.exists(at("work/.key")), await one.readText(at("kernels/one/build/.config")));
  await one.move(at("tree"), at("work"));
  seen.push(one.exists(at("tree/.config")), await one.readText(at("work/.config")), one.exists(at("work/none")));
  await one.remove(at("work/.config"));
  seen.push(one.exists(at("work/.config")), await one.list(at("work")));
  return seen;
}

describe("files", () => {
  test("a dry run sees its own changes as a real run does, tells the same lines, and changes nothing", async () => {
    const dry = files({ dry: true });
    const seen = await build(dry.files);
    expect(readdirSync(root)).toEqual(["tree"]);
    expect(readFileSync(join(root, "tree/.config"), "utf8")).toBe("CONFIG_A=y\n");
    const real = files({ dry: false });
    expect(await build(real.files)).toEqual(seen);
    expect(real.lines).toEqual(dry.lines);
    expect(readFileSync(join(root, "kernels/one/.key"), "utf8")).toBe("abc");
  });

  test("changes are told as lines of a shell; what is right already is not told", async () => {
    const { files: dry, lines } = files({ dry: true });
    await build(dry);
    expect(lines.map((line) => line.replaceAll(root, "ROOT"))).toEqual([
      "mkdir -p ROOT/work/build",
      "# writes ROOT/work/.key",
      "cp ROOT/tree/.config ROOT/work/build/.config",
      "mkdir -p ROOT/kernels",
      "mv -T ROOT/work ROOT/kernels/one",
      "mv -T ROOT/tree ROOT/work",
      "rm -rf ROOT/work/.config",
    ]);
  });

  test("what a command would have made is what stands for it, and a file that is there is read", async () => {
    const { files: dry } = files({ dry: true });
    expect(await dry.readText(join(root, "made"), "stand-in")).toBe("stand-in");
    expect(await dry.readText(join(root, "tree/.config"), "stand-in")).toBe("CONFIG_A=y\n");
    expect(await dry.list(join(root, "unpacked"), ["linux.tar"])).toEqual(["linux.tar"]);
    dry.madeLike(join(root, "copy"), join(root, "tree"));
    expect(await dry.readText(join(root, "copy/.config"), "stand-in")).toBe("CONFIG_A=y\n");
    await dry.remove(join(root, "tree"));
    expect(await dry.readText(join(root, "tree/.config"), "stand-in")).toBe("stand-in");
    await expect(dry.readText(join(root, "nothing"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("a failure is node's, with its errno", async () => {
    const { files: real } = files({ dry: false });
    await expect(real.write(join(root, "none/file"), "")).rejects.toMatchObject({ code: "ENOENT" });
    expect(existsSync(join(root, "none"))).toBe(false);
  });
});
