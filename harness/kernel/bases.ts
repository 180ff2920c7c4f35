import { resolve } from "node:path";
import { z } from "zod";
import { UsageError } from "../base/errors.ts";
import { projectDir, projectPath } from "../base/paths.ts";
import { readYaml } from "../base/yaml.ts";

const FRAGMENT_NAME = /^[\w.-]+\.config$/;

const aptSource = z.strictObject({
  package: z.string().regex(/^linux-source-\d+\.\d+$/, "allowed: linux-source-X.Y"),
  suite: z.string().regex(/^[a-z-]+$/, "allowed: the name of a Debian suite, for example bookworm-security"),
  archive: z.url({ protocol: /^https?$/, error: "allowed: an http or https URL of a Debian archive" }),
  version: z.string().regex(/^\d[\w.+~-]*$/, "allowed: an exact Debian version, for example 6.12.117-1~deb12u1"),
});

const fragments = z.array(z.string().regex(FRAGMENT_NAME, "allowed: file names NAME.config of configs/kconfig")).min(1);

const base = z.strictObject({
  source: aptSource,
  patches: z.string().min(1, "allowed: a directory, relative to the project"),
  limitPatches: z.string().min(1, "allowed: a directory, relative to the project").optional(),
  nativePatches: z.string().min(1, "allowed: a directory, relative to the project").optional(),
  fragments,
  umlFragments: fragments.optional(),
  checkFragments: fragments.optional(),
  richFragments: fragments.optional(),
  debianFragments: fragments.optional(),
});

const kernels = z
  .strictObject({ default: z.string(), bases: z.record(z.string(), base) })
  .refine((file) => file.default in file.bases, { path: ["default"], error: "allowed: one of the keys of bases" });

/** Where a base's pristine source comes from: one exact version of a Debian source package. */
export type AptSource = z.infer<typeof aptSource>;

/** A kernel line that can be built and that a series exists for. */
export type Base = z.infer<typeof base> & {
  /** Key in configs/kernels.yaml, for example `6.12`. */
  name: string;
  /** A whole configuration below the fragments, and where it is from. What of it survives is up to Kconfig. */
  configuration?: { name: string; path: string; text: string };
};

/**
 * Every base of configs/kernels.yaml, in the file's order.
 * @throws what {@link readYaml} throws
 */
export async function allBases(file = projectPath("configs/kernels.yaml")): Promise<Base[]> {
  const { bases } = await readYaml(file, kernels);
  return Object.entries(bases).map(([name, found]) => ({ name, ...found }));
}

/**
 * Looks up a base of configs/kernels.yaml.
 * @param name the file's default when absent
 * @throws UsageError KERNEL_UNKNOWN (names what is allowed), or what {@link readYaml} throws
 */
export async function findBase(name?: string, file = projectPath("configs/kernels.yaml")): Promise<Base> {
  const parsed = await readYaml(file, kernels);
  const wanted = name ?? parsed.default;
  const found = Object.hasOwn(parsed.bases, wanted) ? parsed.bases[wanted] : undefined;
  if (found) return { name: wanted, ...found };
  throw new UsageError({
    code: "KERNEL_UNKNOWN",
    message: `There is no kernel base "${wanted}".`,
    remedy: `Allowed: ${Object.keys(parsed.bases).join(", ")} (configs/kernels.yaml).`,
  });
}

/** Where the series of a base is. */
export function seriesDir(base: Pick<Base, "patches">): string {
  return resolve(projectDir, base.patches);
}
