import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectPath } from "../harness/base/paths.ts";

const FILES = globSync("**/*.ts", { cwd: projectPath("harness") });

/** Files of harness/ that one of them imports, by their path in it. */
function importsOf(file: string): string[] {
  const text = readFileSync(projectPath("harness", file), "utf8");
  return [...text.matchAll(/(?:from |import\()"(\.[^"]+)"/g)].map(([, path]) => join(dirname(file), path ?? ""));
}

/** Folder of a file, or the file where it stands beside the folders; as CONTRIBUTING.md names them. */
function placeOf(file: string): string {
  const [folder, ...rest] = file.split("/");
  return rest.length === 0 ? file : `${folder}/`;
}

/** Innermost folder of a file; the face of a folder, which has its name, belongs to it. */
function folderOf(file: string): string {
  if (file.includes("/")) return dirname(file);
  const own = file.slice(0, -".ts".length);
  return FILES.some((other) => other.startsWith(`${own}/`)) ? own : file;
}

/** Ways from something back to itself, each told once. */
function circlesIn(all: string[], importsOf: (one: string) => string[]): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (one: string, path: string[]) => {
    if (path.includes(one)) circles.push([...path.slice(path.indexOf(one)), one].join(" -> "));
    if (path.includes(one) || done.has(one)) return;
    for (const imported of importsOf(one)) visit(imported, [...path, one]);
    done.add(one);
  };
  for (const one of all) visit(one, []);
  return circles;
}

/** The places of harness/ in the order in which CONTRIBUTING.md lists them. */
function listedPlaces(): string[] {
  const [, layout = ""] = readFileSync(projectPath("CONTRIBUTING.md"), "utf8").split("from top to bottom:\n");
  const lines = layout.slice(0, layout.indexOf("\nresults/")).split("\n");
  return lines.flatMap((line) => (line.trim().split("   ")[0] ?? "").split(" "));
}

describe("the layout of harness/", () => {
  test("CONTRIBUTING.md lists every folder, and nothing else", () => {
    expect(listedPlaces().toSorted()).toEqual([...new Set(FILES.map(placeOf))].toSorted());
  });

  test("imports run one way, from the top of that list to its bottom", () => {
    const order = listedPlaces();
    const upwards = FILES.flatMap((file) =>
      importsOf(file)
        .filter((imported) => order.indexOf(placeOf(imported)) < order.indexOf(placeOf(file)))
        .map((imported) => `${file} -> ${imported}`),
    );
    expect(upwards).toEqual([]);
  });

  test("a kind of host is known to the factory alone", () => {
    const inside = /^nested\//;
    const others = FILES.filter((file) => file !== "hosts.ts" && !inside.test(file));
    const importers = others.filter((file) => importsOf(file).some((imported) => inside.test(imported)));
    expect(importers).toEqual([]);
  });

  test("no file imports itself by way of others", () => {
    expect(circlesIn(FILES, importsOf)).toEqual([]);
  });

  test("no folder does, neither: between a folder and those in it imports run one way, too", () => {
    const imported = (folder: string) => [
      ...new Set(
        FILES.filter((file) => folderOf(file) === folder)
          .flatMap(importsOf)
          .map(folderOf),
      ),
    ];
    const others = (folder: string) => imported(folder).filter((one) => one !== folder);
    expect(circlesIn([...new Set(FILES.map(folderOf))], others)).toEqual([]);
  });
});
