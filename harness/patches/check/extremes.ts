import { z } from "zod";
import { projectPath } from "../../base/paths.ts";
import { readYaml } from "../../base/yaml.ts";
import { type Fragment, parseSymbols } from "../../kernel/fragment.ts";
import type { Allowed } from "./objects.ts";

const name = z.string().min(1, "allowed: a few words");
const config = z.string().optional();
const objects = z.array(z.string()).optional();
const arch = z.enum(["x86_64", "i386"]);

const extremes = z.strictObject({
  common: z.string(),
  builds: z.array(z.strictObject({ name, alone: z.boolean().optional(), eachPatch: z.boolean().optional(), config })),
  untouched: z.array(z.strictObject({ name, config, mayChange: objects, mayMove: objects })),
  refused: z.array(z.strictObject({ name, arch, config })),
});

type Arch = z.infer<typeof arch>;

/** Configurations that are unlike the one that is measured, and what the series has to do in each. */
export type Extremes = {
  /** The whole series builds, with its option on. */
  builds: { name: string; eachPatch: boolean; fragments: Fragment[] }[];
  /** With its option off, the objects are the pristine source's, and the compiler has no more to say. */
  untouched: (Allowed & { name: string; fragments: Fragment[] })[];
  /** Kconfig keeps its option off, whoever asks for it, and the compiler has no more to say. */
  refused: { name: string; arch: Arch; fragments: Fragment[] }[];
};

/**
 * Reads configs/extremes.yaml.
 * @throws UsageError FRAGMENT_INVALID, and what {@link readYaml} throws
 */
export async function readExtremes(file = projectPath("configs/extremes.yaml")): Promise<Extremes> {
  const parsed = await readYaml(file, extremes);
  const fragment = (text: string, title: string): Fragment => {
    return { name: title, path: file, text, wanted: parseSymbols(text, `${file} (${title})`) };
  };
  const common = fragment(parsed.common, "common");
  const own = (one: { name: string; config?: string | undefined }) => fragment(one.config ?? "", one.name);
  return {
    builds: parsed.builds.map((one) => ({
      name: one.name,
      eachPatch: one.eachPatch === true,
      fragments: one.alone === true ? [own(one)] : [common, own(one)],
    })),
    untouched: parsed.untouched.map((one) => ({
      name: one.name,
      mayChange: one.mayChange ?? [],
      mayMove: one.mayMove ?? [],
      fragments: [common, own(one)],
    })),
    refused: parsed.refused.map((one) => ({ name: one.name, arch: one.arch, fragments: [own(one)] })),
  };
}

/** Names of all of them, in the order of the report: what takes least comes first. */
export function extremeNames(all: Extremes): string[] {
  return [...all.untouched, ...all.refused, ...all.builds].map((one) => one.name);
}
