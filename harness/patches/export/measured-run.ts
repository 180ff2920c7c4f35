import { UsageError } from "../../base/errors.ts";
import { type Series, seriesSha256 } from "../../series/series.ts";
import type { PristineSource } from "../base-repository.ts";

/** What decides whether a run's figures belong into a letter; its record has all of it. */
export type MeasuredRun = {
  id: string;
  state: string;
  /** measure: null where the run creates VMs. */
  settings: { scenario: string; measure: object | null };
  /** By arm. */
  kernels: Record<
    string,
    { variant: string; source: { package: string; version: string }; patchesSha256: string | null }
  >;
};

type Exported = Pick<PristineSource, "packageName" | "version">;

const SHA_DIGITS = 12;

/**
 * Refuses figures that are not of the series, the source and the scenario that the letter is about.
 * @throws UsageError RUN_OF_ANOTHER_SERIES with everything that differs
 */
export function requireRunOf(run: MeasuredRun, series: Series, base: Exported): void {
  const { scenario, measure } = run.settings;
  const differences = [
    ...(run.state === "finished" ? [] : [`it is ${run.state}, not finished`]),
    ...(measure === null ? [] : [`its scenario is ${scenario}, and the letter is about creating VMs`]),
    ...Object.entries(run.kernels).flatMap(([arm, kernel]) => kernelDifferences(arm, kernel, series, base)),
  ];
  if (differences.length === 0) return;
  throw new UsageError({
    code: "RUN_OF_ANOTHER_SERIES",
    message: `The figures of run ${run.id} are not those of the series that is exported.`,
    detail: differences.join("\n"),
    remedy:
      "Name a run of these patches, measured to its end (npm run results lists runs), or make one with npm run bench.",
  });
}

/** Only the arms of the pair are compared in the table. */
function kernelDifferences(
  arm: string,
  { variant, source, patchesSha256 }: MeasuredRun["kernels"][string],
  series: Series,
  base: Exported,
): string[] {
  if (variant !== "base" && variant !== "prezero") return [];
  const [measured, exported] = [`${source.package} ${source.version}`, `${base.packageName} ${base.version}`];
  if (measured !== exported) return [`its arm ${arm} ran on ${measured}, the series is for ${exported}`];
  const own = seriesSha256(series.patches);
  if (variant === "base" || patchesSha256 === own) return [];
  const digits = (sha256: string | null) => sha256?.slice(0, SHA_DIGITS) ?? "none";
  return [`its arm ${arm} ran with series ${digits(patchesSha256)}, the one exported is ${digits(own)}`];
}
