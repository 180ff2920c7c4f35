import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { UsageError } from "../base/errors.ts";

/** Where a mutant is run: the KUnit suite on UML, the same with switches that exclude the feature, or a booted host. */
const BEDS = ["kunit", "refusals", "selftest"] as const;
export type Bed = (typeof BEDS)[number];

/** One way to break the series on purpose, and the test that has to notice. */
export type Mutation = {
  /** File name without `.patch`. */
  name: string;
  path: string;
  /** The invariant that no longer holds. */
  breaks: string;
  caughtBy: {
    bed: Bed;
    /** Name of the case, or how it begins. */
    test: string;
  };
};

const header = z.object({
  Breaks: z.string("allowed: the invariant that no longer holds"),
  "Caught-by": z
    .string(`allowed: ${BEDS.join(", ")}, and the name of a test`)
    .regex(new RegExp(`^(${BEDS.join("|")}) \\S`), `allowed: ${BEDS.join(", ")}, and the name of a test`)
    .transform((value) => {
      const space = value.indexOf(" ");
      return { bed: value.slice(0, space) as Bed, test: value.slice(space + 1).trim() };
    }),
});

/** What a base says in place of a mutation that cannot be made there. */
const NOT_HERE = /^Not-here: (\S.*)$/m;

/**
 * Reads the mutations of a base: patches on top of its series, each with the lines `Breaks:` and `Caught-by:` before
 * the diff. Most fit every base; one that does not has a file of the same name in the base's own directory, with the
 * line `Not-here: REASON` alone where there is nothing to break.
 * @param directories where they are; a file of an earlier one takes the place of that of a later one
 * @param only names to read, all when empty
 * @throws UsageError MUTATION_UNKNOWN, MUTATION_INVALID (names the file)
 */
export async function readMutations(directories: string[], only: string[] = []): Promise<Mutation[]> {
  const paths = new Map<string, string>();
  for (const directory of directories) {
    const names = existsSync(directory) ? (await readdir(directory)).filter((name) => name.endsWith(".patch")) : [];
    for (const name of names) if (!paths.has(name)) paths.set(name, join(directory, name));
  }
  const all = await Promise.all(
    [...paths.values()].map(async (path) => ({ path, text: await readFile(path, "utf8") })),
  );
  const files = new Map(
    all.filter(({ text }) => !NOT_HERE.test(text)).map((file) => [basename(file.path, ".patch"), file]),
  );
  const names = [...files.keys()].sort();
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const notHere = all.flatMap(({ path, text }) => {
      const [name, reason] = [basename(path, ".patch"), NOT_HERE.exec(text)?.[1]];
      return reason !== undefined && unknown.includes(name) ? `${name}: ${reason}` : [];
    });
    throw new UsageError({
      code: "MUTATION_UNKNOWN",
      message: [`There is no mutation ${unknown.join(", ")}.`, ...notHere].join(" "),
      remedy: `Allowed: ${names.join(", ")}.`,
    });
  }
  const wanted = names.filter((name) => only.length === 0 || only.includes(name));
  return wanted.map((name) => parseMutation(files.get(name) as MutationFile));
}

type MutationFile = { path: string; text: string };

function parseMutation({ path, text }: MutationFile): Mutation {
  const lines = text.slice(0, text.indexOf("diff --git ")).split("\n");
  const fields = lines.flatMap((line) => {
    const match = /^([\w-]+): (.*)$/.exec(line);
    return match ? [[match[1], match[2]]] : [];
  });
  const parsed = header.safeParse(Object.fromEntries(fields));
  if (!parsed.success) {
    throw new UsageError({
      code: "MUTATION_INVALID",
      message: `${path} does not say what it breaks and what has to notice.`,
      detail: z.prettifyError(parsed.error),
      remedy: "Begin the file with the lines `Breaks: INVARIANT` and `Caught-by: BED TEST`.",
    });
  }
  return { name: basename(path, ".patch"), path, breaks: parsed.data.Breaks, caughtBy: parsed.data["Caught-by"] };
}
