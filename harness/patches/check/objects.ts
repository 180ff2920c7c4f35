import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadedSections } from "./elf.ts";
import type { Finding } from "./finding.ts";

/** What a directory's objects bring into the kernel: by object, then by section, a text that is equal when they are. */
export type Objects = Map<string, Map<string, string>>;

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
  return new Map(names.sort().map((name) => [join(directory, name), sections(join(buildDir, directory, name))]));
}

function sections(path: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, bytes, content, relocations } of loadedSections(readFileSync(path))) {
    const symbols = relocations.map((one) => one.replace(COMPILERS_COUNT, "").replace(UNIQUE_ID, "$1"));
    const text = [bytes, name === LINE_TABLE ? "" : content.toString("base64"), ...symbols].join("\n");
    // Several sections of an object may have the same name.
    found.set(name, `${found.get(name) ?? ""}${text}\n`);
  }
  return found;
}

/**
 * Objects that are not what they were.
 * @param may objects that are allowed to change
 */
export function changedObjects(before: Objects, after: Objects, may: string[]): Finding[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((file): Finding[] => {
    if (may.includes(file)) return [];
    const [old, now] = [before.get(file), after.get(file)];
    const finding = (text: string) => [{ file, line: undefined, text }];
    if (old === undefined) return finding("is not built without the series");
    if (now === undefined) return finding("is not built any more");
    const differ = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
    return differ.length === 0 ? [] : finding(`differs from the one of the pristine source in ${differ.join(", ")}`);
  });
}
