import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../base/errors.ts";

/**
 * Paths of a base's patches in the order of its `series` file (quilt's format: one name a line, `#` comments).
 * @throws UsageError SERIES_MISSING, SERIES_INVALID
 */
export async function readSeries(dir: string): Promise<string[]> {
  const file = join(dir, "series");
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError({
      code: "SERIES_MISSING",
      message: `${file} cannot be read: ${cause.code}.`,
      remedy: "The directory of a base's patches has a file `series` that names them in order.",
      cause,
    });
  });
  const names = text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
  const bad = names.find((name) => !/^[\w.+-]+\.patch$/.test(name));
  if (bad !== undefined) {
    throw new UsageError({
      code: "SERIES_INVALID",
      message: `${file} names "${bad}", which is not a patch beside it.`,
      remedy: "Allowed: one file name NAME.patch a line.",
    });
  }
  return names.map((name) => resolve(dir, name));
}
