import type { Random } from "./random.ts";

/** A standard normal number for simulations with a known truth (G. E. P. Box and M. E. Muller, 1958). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log((random.next() + 1) / 2 ** 32));
  return radius * Math.cos((2 * Math.PI * random.next()) / 2 ** 32);
}
