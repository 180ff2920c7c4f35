import { UsageError } from "../base/errors.ts";
import type { KernelRecord } from "../run/record.ts";
import type { Fingerprint } from "../run/sample.ts";

/** Parts of a fingerprint in which the arms of one run are meant to differ. */
const KERNEL_PARTS = new Set(["kernelRelease", "kernelImageSha256", "kernelConfigSha256", "kernelVariant"]);

/**
 * Checks that a host is what the run measures: its arm's kernel, and otherwise the setting of the samples so far.
 * @param earlier fingerprint of any sample that counts; undefined when there is none yet
 * @throws UsageError RUN_CHANGED naming what differs
 */
export function assertSameSetting(
  host: Fingerprint,
  kernel: Pick<KernelRecord, "imageSha256" | "configSha256"> | undefined,
  earlier: Fingerprint | undefined,
): void {
  const differences: string[] = [];
  if (kernel !== undefined && kernel.imageSha256 !== host.kernelImageSha256) {
    differences.push(`kernel image ${kernel.imageSha256.slice(0, 12)}, now ${host.kernelImageSha256.slice(0, 12)}`);
  }
  for (const [part, value] of Object.entries(host)) {
    const before = earlier?.[part as keyof Fingerprint];
    if (earlier !== undefined && !KERNEL_PARTS.has(part) && before !== value) {
      differences.push(`${part} was ${before}, now ${value}`);
    }
  }
  if (differences.length > 0) throw changed(differences);
}

/**
 * Checks that the guests of a run that goes on are those that it began with.
 * @throws UsageError RUN_CHANGED
 */
export function assertSameGuest(now: ImageHash | null, recorded: ImageHash | null): void {
  if (now?.imageSha256 === recorded?.imageSha256) return;
  throw changed([`guest's kernel image ${shorten(recorded)}, now ${shorten(now)}`]);
}

type ImageHash = { imageSha256: string };

function shorten(image: ImageHash | null): string {
  return image?.imageSha256.slice(0, 12) ?? "none";
}

function changed(differences: readonly string[]): UsageError {
  return new UsageError({
    code: "RUN_CHANGED",
    message: "This is not the setting that the run was started in; its samples would not be comparable",
    detail: differences.join("\n"),
    remedy: "Restore what changed, or start a new run with `npm run bench`.",
  });
}
