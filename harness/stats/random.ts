/**
 * xoshiro128** of Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021): the same
 * state gives the same numbers on every machine, which Math.random cannot promise.
 */
export class Random {
  readonly #state: Uint32Array;

  /** @throws RangeError when the state is all zero, from which the generator never leaves. */
  constructor(state: readonly [number, number, number, number]) {
    this.#state = Uint32Array.from(state);
    if (this.#state.every((word) => word === 0)) throw new RangeError("xoshiro128** needs a state that is not zero");
  }

  /** Next number, an integer from 0 to 2^32 - 1. */
  next(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** Integer from 0 to limit - 1, each as likely as another to within limit / 2^32. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** A standard normal number for simulations with a known truth (G. E. P. Box and M. E. Muller, 1958). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log((random.next() + 1) / 2 ** 32));
  return radius * Math.cos((2 * Math.PI * random.next()) / 2 ** 32);
}
