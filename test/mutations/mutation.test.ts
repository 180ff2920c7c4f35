import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { allBases } from "../../harness/kernel/bases.ts";
import { readMutations } from "../../harness/mutations/mutation.ts";

const DIFF = "diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-Caught-by: nobody\n+b\n";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mutations-test-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function mutation(name: string, ...header: string[]): void {
  writeFileSync(join(directory, `${name}.patch`), `${header.join("\n")}\n\n${DIFF}`);
}

test("says what it breaks, where it runs and which test has to notice; the diff is not part of that", async () => {
  mutation("keeps-mark", "Breaks: the mark never outlives hand-out", "Caught-by: selftest PMD size");
  expect(await readMutations([directory])).toEqual([
    {
      name: "keeps-mark",
      path: join(directory, "keeps-mark.patch"),
      breaks: "the mark never outlives hand-out",
      caughtBy: { bed: "selftest", test: "PMD size" },
    },
  ]);
});

test("reads them in the order of their names, or those that are asked for", async () => {
  for (const name of ["b", "a", "c"]) mutation(name, "Breaks: all", "Caught-by: kunit x");
  expect((await readMutations([directory])).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect((await readMutations([directory], ["c"])).map(({ name }) => name)).toEqual(["c"]);
});

test("a name that is not there is refused, with those that are", async () => {
  mutation("a", "Breaks: all", "Caught-by: kunit x");
  await expect(readMutations([directory], ["b"])).rejects.toMatchObject({
    code: "MUTATION_UNKNOWN",
    remedy: "Allowed: a.",
  });
});

describe("a file that does not say enough is refused by name", () => {
  test.each([
    ["no test", ["Breaks: all"]],
    ["no invariant", ["Caught-by: kunit x"]],
    ["a bed that does not exist", ["Breaks: all", "Caught-by: hope x"]],
    ["a bed without a test", ["Breaks: all", "Caught-by: kunit"]],
  ])("%s", async (_, header) => {
    mutation("vague", ...header);
    await expect(readMutations([directory])).rejects.toMatchObject({
      code: "MUTATION_INVALID",
      message: expect.stringContaining("vague.patch"),
    });
  });
});

describe("bases", () => {
  test("a base's own file takes the place of the common one, and what cannot be there is left out", async () => {
    for (const name of ["a", "b", "c"]) mutation(name, "Breaks: all", "Caught-by: kunit x");
    const own = join(directory, "own");
    mkdirSync(own);
    writeFileSync(join(own, "a.patch"), `Breaks: all\nCaught-by: kunit y\n\n${DIFF}`);
    writeFileSync(join(own, "c.patch"), "Not-here: this kernel has none.\n");
    const found = await readMutations([own, directory]);
    expect(found.map(({ name, caughtBy }) => [name, caughtBy.test])).toEqual([
      ["a", "y"],
      ["b", "x"],
    ]);
    await expect(readMutations([own, directory], ["c"])).rejects.toMatchObject({
      code: "MUTATION_UNKNOWN",
      message: "There is no mutation c. c: this kernel has none.",
    });
  });

  test("a base without files of its own has the common ones", async () => {
    mutation("a", "Breaks: all", "Caught-by: kunit x");
    expect(await readMutations([join(directory, "absent"), directory])).toHaveLength(1);
  });

  test("ours name KUnit cases that the series of each base has", async () => {
    for (const base of await allBases()) {
      const patches = projectPath(base.patches);
      const series = readdirSync(patches)
        .filter((name) => name.endsWith(".patch"))
        .map((name) => readFileSync(join(patches, name), "utf8"))
        .join("\n");
      const mutations = await readMutations([base.name, "6.12"].map((name) => projectPath("test/mutations", name)));
      const missing = mutations.filter(
        ({ caughtBy }) =>
          caughtBy.bed === "kunit" &&
          !series.includes(`KUNIT_CASE(${caughtBy.test})`) &&
          !series.includes(`KUNIT_CASE_SLOW(${caughtBy.test})`),
      );
      expect(missing).toEqual([]);
      expect(mutations.length).toBeGreaterThan(40);
    }
  });
});
