import { MeasurementError } from "../base/errors.ts";
import type { Fingerprint, Sample } from "../run/sample.ts";
import type { Setting } from "./figures.ts";

/** The part of a fingerprint that must be equal wherever two samples are compared. */
export function settingOf(fingerprint: Fingerprint): Setting {
  const { kernelRelease, kernelImageSha256, kernelConfigSha256, kernelVariant, ...setting } = fingerprint;
  return setting;
}

/** Names and both values of the fields in which two records of one type differ; empty when they are alike. */
export function differences<T extends object>(a: T, b: T): string[] {
  const fields = Object.keys(a) as (keyof T & string)[];
  return fields.filter((field) => a[field] !== b[field]).map((field) => `${field}: ${a[field]} and ${b[field]}`);
}

/**
 * Setting that all samples share; null without samples.
 * @throws MeasurementError UNLIKE_SAMPLES when machine, accelerator, CPU model or device changed in the run, or the
 * kernel inside an arm: such samples are never put into one figure.
 */
export function commonSetting(samples: readonly Sample[]): Setting | null {
  const [first] = samples;
  if (first === undefined) return null;
  const firstOfArm = new Map(samples.toReversed().map((sample) => [sample.arm, sample]));
  for (const sample of samples) {
    const unlike = [
      ...differences(settingOf(first.fingerprint), settingOf(sample.fingerprint)),
      ...differences((firstOfArm.get(sample.arm) as Sample).fingerprint, sample.fingerprint),
    ];
    if (unlike.length > 0) {
      throw new MeasurementError({
        code: "UNLIKE_SAMPLES",
        message: `The samples of this run are not comparable: boot ${sample.boot} (${sample.arm}) ran in another setting`,
        detail: [...new Set(unlike)].join("\n"),
        remedy: "Measure again with `npm run bench`; a run must begin and end on the same machine, QEMU and kernels.",
      });
    }
  }
  return settingOf(first.fingerprint);
}
