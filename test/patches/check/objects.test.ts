import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Allowed, changedObjects, type Objects, readObjects } from "../../../harness/patches/check/objects.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "objects-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Objects of a directory mm with these files, compiled as a kernel's are. */
function compiled(build: string, files: Record<string, string>): Objects {
  mkdirSync(join(root, build, "mm"), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const source = join(root, build, `${name}.c`);
    writeFileSync(source, text);
    const flags = ["-O2", "-fno-pie", "-fno-asynchronous-unwind-tables", "-mcmodel=kernel", "-mno-red-zone"];
    execFileSync("gcc", [...flags, "-c", "-o", join(root, build, "mm", `${name}.o`), source]);
  }
  return readObjects(join(root, build), "mm");
}
const NONE: Allowed = { mayChange: [], mayMove: [] };
const changed = (before: string, after: string, allowed = NONE) =>
  changedObjects(compiled("before", { alloc: before }), compiled("after", { alloc: after }), allowed).map(
    ({ file, text }) => `${file}: ${text}`,
  );

const COUNTER = "int f(void) { static int count; return ++count; }\n";
const WARN =
  'void w(void) { asm volatile("1: ud2; .pushsection __bug_table,\\"aw\\"; .long 1b - .; .word %c0; .popsection" : : "i" (__LINE__)); }\n';
const GLOBALS = "extern int one, two;\n";

describe("objects are the same", () => {
  test.each([
    ["with the same source", COUNTER, COUNTER],
    [
      "when a declaration moves the compiler's count",
      COUNTER,
      `int g(void); static inline int h(void) { return 1; }\n${COUNTER}`,
    ],
    ["when the line of a WARN moves", WARN, `\n\n/* More above */\n${WARN}`],
  ])("%s", (_, before, after) => {
    expect(changed(before, after)).toEqual([]);
  });
});

describe("objects differ", () => {
  test.each([
    ["in an instruction", COUNTER, COUNTER.replace("++count", "--count"), ".text"],
    [
      "in the variable that is read",
      `${GLOBALS}int f(void) { return one; }`,
      `${GLOBALS}int f(void) { return two; }`,
      ".text",
    ],
    ["in the size of what is not there yet", "char space[8];", "char space[16];", ".bss"],
    ["in data", "int number = 1;", "int number = 2;", ".data"],
    ["in the number of WARNs", WARN, `${WARN}${WARN.replace("void w", "void x")}`, "__bug_table"],
  ])("%s", (_, before, after, section) => {
    expect(changed(before, after)).toEqual([
      expect.stringContaining("mm/alloc.o: differs from the one of the pristine"),
    ]);
    expect(changed(before, after)[0]).toContain(section);
    expect(changed(before, after, { ...NONE, mayChange: ["mm/alloc.o"] })).toEqual([]);
  });

  test("when there are more of them, or fewer", () => {
    const [one, two] = [compiled("one", { alloc: COUNTER }), compiled("two", { alloc: COUNTER, zero: WARN })];
    expect(changedObjects(one, two, NONE)).toMatchObject([
      { file: "mm/zero.o", text: "is not built without the series" },
    ]);
    expect(changedObjects(two, one, NONE)).toMatchObject([{ file: "mm/zero.o", text: "is not built any more" }]);
  });
});

test("an object that may be compiled in another way must not be larger", () => {
  const allowed = { ...NONE, mayMove: ["mm/alloc.o"] };
  expect(changed(COUNTER, COUNTER.replace("++count", "--count"), allowed)).toEqual([]);
  const more = changed("char space[8];", "char space[24];", allowed);
  expect(more).toEqual(["mm/alloc.o: is larger than the one of the pristine source: 16 bytes"]);
});

test("a file that is no object is not taken for one", () => {
  mkdirSync(join(root, "build/mm"), { recursive: true });
  writeFileSync(join(root, "build/mm/alloc.o"), "!<arch>");
  expect(() => readObjects(join(root, "build"), "mm")).toThrow(/not a little-endian ELF64 object/);
});
