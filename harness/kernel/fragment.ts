import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { UsageError } from "../base/errors.ts";
import { projectPath } from "../base/paths.ts";
import type { Base } from "./bases.ts";
import { type BuildVariant, RECIPES } from "./variant.ts";

/** A piece of kernel configuration, and the symbols it asks for: `y`, `n`, a number or a quoted string. */
export type Fragment = { name: string; path: string; text: string; wanted: Map<string, string> };

const SET = /^(CONFIG_\w+)=(.*)$/;
const UNSET = /^# (CONFIG_\w+) is not set$/;

/**
 * Reads a fragment.
 * @param nameOrPath a file of configs/kconfig by its name, or any path (with a slash in it)
 * @throws UsageError FRAGMENT_UNKNOWN (names what is allowed), FRAGMENT_INVALID (file and line)
 */
export async function readFragment(nameOrPath: string): Promise<Fragment> {
  const path = nameOrPath.includes("/") ? nameOrPath : projectPath("configs/kconfig", nameOrPath);
  const text = await readFile(path, "utf8").catch(async (cause: NodeJS.ErrnoException) => {
    const known = (await readdir(projectPath("configs/kconfig"))).filter((name) => name.endsWith(".config"));
    throw new UsageError({
      code: "FRAGMENT_UNKNOWN",
      message: `The configuration fragment ${nameOrPath} cannot be read: ${cause.code}.`,
      remedy: `Allowed: ${known.join(", ")} (configs/kconfig), or a path such as ./my.config.`,
      cause,
    });
  });
  return { name: basename(path), path, text, wanted: parseSymbols(text, path) };
}

/** The fragments of a kernel in the order in which they count: the base's configuration and its own, the series', the caller's. */
export async function fragmentsOf(base: Base, variant: BuildVariant, more: string[] = []): Promise<Fragment[]> {
  const below = base.configuration === undefined ? [] : [{ ...base.configuration, wanted: new Map() }];
  return [...below, ...(await Promise.all([...RECIPES[variant].fragments(base), ...more].map(readFragment)))];
}

/**
 * Symbols that a fragment or a `.config` sets; "is not set" reads as `n`.
 * @throws UsageError FRAGMENT_INVALID (file and line)
 */
export function parseSymbols(text: string, path: string): Map<string, string> {
  const symbols = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    const [, name, value] = SET.exec(line) ?? [undefined, UNSET.exec(line)?.[1], "n"];
    if (name !== undefined && value !== undefined) {
      symbols.set(name, value);
    } else if (line.trim() !== "" && !line.startsWith("#")) {
      throw new UsageError({
        code: "FRAGMENT_INVALID",
        message: `${path}:${index + 1}: "${line}" is not kernel configuration.`,
        remedy: "Allowed: CONFIG_NAME=value, `# CONFIG_NAME is not set`, comments and empty lines.",
      });
    }
  }
  return symbols;
}
