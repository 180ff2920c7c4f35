import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { cacheDir } from "../../base/paths.ts";
import type { Shell } from "../../base/shell.ts";
import { sha256 } from "../../kernel/content-key.ts";
import type { Finding } from "./finding.ts";

const findingsSchema = z.array(
  z
    .object({ file: z.string(), line: z.int().optional(), text: z.string() })
    .transform(({ file, line, text }): Finding => ({ file, line, text })),
);

/** A file as a tool reads it. */
export type ReadFile = { path: string; text: string };

/** What a tool has found in files, kept by their content. */
export type KnownFindings = {
  /** Undefined when that content has not been looked at. */
  read(file: ReadFile): Finding[] | undefined;
  write(file: ReadFile, findings: Finding[]): Promise<void>;
};

/**
 * Findings in the cache.
 * @param tool directory of the cache
 * @param of what else decides what the tool finds
 */
export function knownFindings($: Shell, tool: string, of: string): KnownFindings {
  const entry = ({ path, text }: ReadFile) => cacheDir(tool, `${sha256(JSON.stringify([of, path, text]))}.json`);
  return {
    read(file) {
      try {
        return findingsSchema.parse(JSON.parse(readFileSync(entry(file), "utf8")));
      } catch {
        return undefined;
      }
    },
    async write(file, findings) {
      await $.files.makeDirectory(dirname(entry(file)));
      await $.files.write(entry(file), JSON.stringify(findings));
    },
  };
}
