import { readFile } from "node:fs/promises";
import { load, YAMLException } from "js-yaml";
import type { z } from "zod";
import { UsageError } from "./errors.ts";

/**
 * Reads a YAML file and checks it against a schema.
 * @throws UsageError FILE_UNREADABLE, YAML_MALFORMED (with file, line and column) or CONFIG_INVALID (with file, key and
 *   what is allowed).
 */
export async function readYaml<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError({
      code: "FILE_UNREADABLE",
      message: `${path} cannot be read: ${cause.code}.`,
      remedy: "Check the path; the file must exist and be readable.",
      cause,
    });
  });
  return parseYaml(text, path, schema);
}

/** {@link readYaml} of a text that is already there; `path` is what the errors name. */
export function parseYaml<S extends z.ZodType>(text: string, path: string, schema: S): z.output<S> {
  let data: unknown;
  try {
    data = load(text, { filename: path });
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause;
    const at = cause.mark ? `${path}:${cause.mark.line + 1}:${cause.mark.column + 1}` : path;
    throw new UsageError({
      code: "YAML_MALFORMED",
      message: `${at} is not valid YAML: ${cause.reason}.`,
      ...(cause.mark?.snippet ? { detail: cause.mark.snippet } : {}),
      remedy: "Correct the line shown.",
      cause,
    });
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "(top level)"}: ${issue.message}`);
  throw new UsageError({
    code: "CONFIG_INVALID",
    message: `${path} is not a valid configuration: ${issues[0]}.`,
    ...(issues.length > 1 ? { detail: issues.join("\n") } : {}),
    remedy: "Correct the keys named.",
    cause: parsed.error,
  });
}
