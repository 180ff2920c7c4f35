import type { Shell } from "../../base/shell.ts";
import { describeApplyFailure, explainApplyFailure } from "../../series/apply.ts";
import type { Series } from "../../series/series.ts";
import type { BaseRepository } from "../base-repository.ts";
import { APPLY_CACHED } from "../commit-series.ts";
import { git, withIndex } from "../git.ts";

/**
 * How well a series fits a source, best first. moved: lines above a hunk were added or removed; fuzzy: a hunk finds its
 * place with a single line of context on each side, so somebody has to look at it; not: a patch does not apply.
 */
export const FITS = ["clean", "moved", "fuzzy", "not"] as const;
export type Fit = (typeof FITS)[number];

/** The worst fit among the patches, and a line for each that is not clean. */
export type SeriesFit = { fit: Fit; notes: string[] };

const APPLY_AND_TELL = [...APPLY_CACHED, "--verbose"];
const MOVED = /^Hunk #\d+ succeeded at \d+ \(offset -?\d+ lines?\)/m;

/**
 * Tries a series on a pristine source, in an index of its own: nothing is written but objects. After a patch that does
 * not apply the rest is not tried.
 */
export async function fitSeries($: Shell, base: BaseRepository, { patches }: Series): Promise<SeriesFit> {
  return withIndex($, base.gitDir, base.root, async (env) => {
    const found: SeriesFit = { fit: "clean", notes: [] };
    const note = (fit: Fit, text: string) => {
      if (FITS.indexOf(fit) > FITS.indexOf(found.fit)) found.fit = fit;
      found.notes.push(text);
    };
    const options = { env, okExitCodes: [0, 1, 128] };
    for (const patch of patches) {
      const strict = await git($, base.gitDir, [...APPLY_AND_TELL, patch.path], options);
      if (strict.exitCode === 0) {
        if (MOVED.test(strict.stderr)) note("moved", `${patch.name}: lines have moved`);
        continue;
      }
      const why = describeApplyFailure(explainApplyFailure(patch, strict.stderr));
      const loose = await git($, base.gitDir, [...APPLY_AND_TELL, "-C1", patch.path], options);
      note(loose.exitCode === 0 ? "fuzzy" : "not", why);
      if (loose.exitCode !== 0) break;
    }
    return found;
  });
}
