import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadedSections } from "./elf.ts";
import type { Finding } from "./finding.ts";

/** What an object brings into the kernel: by section, a text that is equal when they are; and the size of all of it. */
export type LoadedObject = { sections: Map<string, string>; bytes: number };
export type Objects = Map<string, LoadedObject>;

/** Objects that may differ: in every way, or in how the compiler lays out the same code, if that gets no larger. */
export type Allowed = { mayChange: string[]; mayMove: string[] };

/** The line of each BUG and WARN: every line that a patch adds above moves it. Size and relocations still count. */
const LINE_TABLE = "__bug_table";
/** The compiler counts the static variables of functions through, and with them all declarations of all headers. */
const COMPILERS_COUNT = /\.\d+(?= |$)/;
const UNIQUE_ID = /(__UNIQUE_ID_\w*?)\d+(?= |$)/;

/**
 * Reads the objects in a directory of a build tree.
 * @param directory path in the tree, for example `mm`
 */
export function readObjects(buildDir: string, directory: string): Objects {
  const names = readdirSync(join(buildDir, directory)).filter((name) => name.endsWith(".o"));
  return new Map(names.sort().map((name) => [join(directory, name), loaded(join(buildDir, directory, name))]));
}

function loaded(path: string): LoadedObject {
  const sections = new Map<string, string>();
  const found = loadedSections(readFileSync(path));
  for (const { name, bytes, content, relocations } of found) {
    const symbols = relocations.map((one) => one.replace(COMPILERS_COUNT, "").replace(UNIQUE_ID, "$1"));
    const text = [bytes, name === LINE_TABLE ? "" : content.toString("base64"), ...symbols].join("\n");
    // Several sections of an object may have the same name.
    sections.set(name, `${sections.get(name) ?? ""}${text}\n`);
  }
  return { sections, bytes: found.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Objects that are not what they were. */
export function changedObjects(before: Objects, after: Objects, allowed: Allowed): Finding[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((file): Finding[] => {
    if (allowed.mayChange.includes(file)) return [];
    const [old, now] = [before.get(file), after.get(file)];
    const finding = (text: string) => [{ file, line: undefined, text }];
    if (old === undefined) return finding("is not built without the series");
    if (now === undefined) return finding("is not built any more");
    if (allowed.mayMove.includes(file)) {
      const more = now.bytes - old.bytes;
      return more > 0 ? finding(`is larger than the one of the pristine source: ${more} bytes`) : [];
    }
    const names = new Set([...old.sections.keys(), ...now.sections.keys()]);
    const differ = [...names].filter((name) => old.sections.get(name) !== now.sections.get(name));
    return differ.length === 0 ? [] : finding(`differs from the one of the pristine source in ${differ.join(", ")}`);
  });
}
