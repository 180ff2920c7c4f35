/** Far beyond any quantile asked for: t of 1 degree of freedom at p = 1e-9 is 3e8. */
const T_MAX = 1e12;

/**
 * Student's t: probability of a value up to t with whole degrees of freedom, by the finite series of Abramowitz and
 * Stegun, Handbook of Mathematical Functions, 26.7.3 (odd) and 26.7.4 (even).
 */
export function studentCdf(t: number, degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) throw new RangeError(`degrees of freedom: ${degrees}`);
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const cos = Math.cos(angle);
  const odd = degrees % 2 === 1;
  let term = odd ? cos : 1;
  let series = degrees === 1 ? 0 : term;
  for (let i = odd ? 3 : 2; i < degrees; i += 2) {
    term *= ((i - 1) / i) * cos * cos;
    series += term;
  }
  // Probability of a value between -|t| and |t|.
  const central = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * series) : Math.sin(angle) * series;
  return t < 0 ? (1 - central) / 2 : (1 + central) / 2;
}

/** The t below which a share p (0 to 1, both excluded) of Student's distribution lies; found by halving. */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability between 0 and 1, not ${p}`);
  let low = -T_MAX;
  let high = T_MAX;
  for (;;) {
    const middle = low / 2 + high / 2;
    if (middle <= low || middle >= high) return high;
    if (studentCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
}
