import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  count,
  listOf,
  matching,
  oneOf,
  option,
  outputFile,
  type Reader,
  refuseBadValues,
  repeatable,
  share,
  size,
  wordOr,
} from "../../harness/base/option.ts";
import { mayMount, SmallDisk } from "../fakes/small-disk.ts";

function readersOption<T>(reader: Reader<T>, initial?: T): Command {
  return new Command().exitOverride().addOption(option("--it <value>", "what it is", reader, initial));
}

function given<T>(reader: Reader<T>, text: string): unknown {
  const values = readersOption(reader).parse(["--it", text], { from: "user" }).opts();
  refuseBadValues(values);
  return values.it;
}

describe("an option reads", () => {
  test.each<[string, Reader<unknown>, string, unknown]>([
    ["a size", size, "1.5G", 1.5 * 2 ** 30],
    ["a count", count(8), "8", 8],
    ["a word", oneOf(["auto", "kvm"]), "kvm", "kvm"],
    ["a share", share, "2%", 0.02],
    ["a share as a number", share, "0.5", 0.5],
    ["a word or something else", wordOr(["none"], size), "none", "none"],
    ["something else than a word", wordOr(["none"], size), "1G", 2 ** 30],
    ["a list", listOf(size), "1G, 512M", [2 ** 30, 2 ** 29]],
    ["a text", matching(/^a+$/, "letters a"), "aaa", "aaa"],
  ])("%s", (_, reader, text, value) => expect(given(reader, text)).toEqual(value));
});

test("an option that is repeatable reads a list, absent when it is not given", () => {
  const command = () => new Command().exitOverride().addOption(repeatable("--it <n>", "what it is", count()));
  expect(command().parse(["--it", "2", "--it", "1"], { from: "user" }).opts().it).toEqual([2, 1]);
  expect(command().parse([], { from: "user" }).opts()).toEqual({});
});

test("all bad values of a command are named at once", () => {
  const command = new Command()
    .addOption(option("--some <n>", "a number", count(8)))
    .addOption(repeatable("--word <word>", "words", oneOf(["a", "b"])));
  const values = command.parse(["--some", "9", "--word", "a", "--word", "c"], { from: "user" }).opts();
  expect(() => refuseBadValues(values)).toThrow(
    "--some 9: allowed: a whole number from 1 to 8\n--word c: allowed: a, b",
  );
});

describe("an option refuses", () => {
  test.each<[string, Reader<unknown>, string, string]>([
    ["what is no size", size, "64", "--it 64: allowed: a size such as 64G or 512M"],
    ["nothing", size, "", "--it '': allowed: a size such as 64G or 512M"],
    ["none", count(), "0", "--it 0: allowed: a whole number from 1"],
    ["half of one", count(8), "1.5", "--it 1.5: allowed: a whole number from 1 to 8"],
    ["too many", count(8), "9", "--it 9: allowed: a whole number from 1 to 8"],
    ["another word", oneOf(["auto", "kvm"]), "xen", "--it xen: allowed: auto, kvm"],
    ["more than the whole", share, "200%", "--it 200%: allowed: a share such as 2% or 0.02"],
    ["the same twice", listOf(oneOf(["a", "b"])), "a,a", "--it a,a: allowed: a list with commas of a, b; each once"],
  ])("%s", (_, reader, text, message) => {
    expect(() => given(reader, text)).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID", exitCode: 2, message }),
    );
  });
});

test.each<[string, Reader<unknown>, unknown, string]>([
  ["a size", size, 4 * 2 ** 30, "4G"],
  ["a share", share, 0.02, "2%"],
  ["a list", listOf(size), [2 ** 30, 2 ** 29], "1G,512M"],
])("the help shows the default of %s as it would be typed", (_, reader, value, shown) => {
  expect(readersOption(reader, value).helpInformation()).toContain(`(default: ${shown})`);
});

describe("a file to be written hours later", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "prezero-option-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("may be new, or there already", () => {
    expect(given(outputFile, join(root, "new.xml"))).toBe(join(root, "new.xml"));
    writeFileSync(join(root, "old.xml"), "");
    expect(given(outputFile, join(root, "old.xml"))).toBe(join(root, "old.xml"));
  });

  test.each(["", ".", "no/where.xml", "file/below.xml"])("is refused at once when it cannot be: %j", (path) => {
    writeFileSync(join(root, "file"), "");
    expect(() => given(outputFile, path && join(root, path))).toThrow("allowed: a file in a directory that exists");
  });

  test.skipIf(!mayMount)("is refused on a disk that is read-only", () => {
    using disk = new SmallDisk();
    disk.makeReadOnly();
    expect(() => given(outputFile, join(disk.path, "new.xml"))).toThrow("may write to");
  });
});
