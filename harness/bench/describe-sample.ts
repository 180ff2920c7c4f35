import { formatSize } from "../base/size.ts";
import type { Sample } from "../run/sample.ts";

/** One line for a person about a sample that was just taken. */
export function describeSample(sample: Sample): string {
  const parts = [`THP ${sample.thp}, ${formatSize(sample.memoryBytes)}, round ${sample.round}: ${seconds(sample)} s`];
  if (sample.hugeShare !== null) parts.push(`huge ${percent(sample.hugeShare)}`);
  const pool = sample.poolBefore;
  if (pool !== null && (sample.refillSeconds !== null || pool.zeroedPages > 0)) {
    const level = pool.freePages === 0 ? 0 : pool.zeroedPages / pool.freePages;
    const waited = sample.refillSeconds === null ? "" : ` after ${sample.refillSeconds.toFixed(0)} s`;
    parts.push(`pool ${percent(level)}${waited}`);
  }
  const wanted = (sample.hitPages ?? 0) + (sample.missPages ?? 0);
  if (sample.hitPages !== null && wanted > 0) parts.push(`${percent(sample.hitPages / wanted)} served zero`);
  return parts.join(", ");
}

/** A program may take a few milliseconds. */
function seconds({ seconds }: Sample): string {
  return seconds < 0.1 ? seconds.toPrecision(2) : seconds.toFixed(2);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
