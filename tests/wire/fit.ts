// How well samples fit a distribution. The bounds are passed by chance once in a thousand runs; with a fixed seed, never or
// always. That they are tight enough is for each test to show with a formula that is nearly right.

/** Kolmogorov's distance between samples and a distribution, by the bound for this many: below 1 they fit. */
export function ks(samples: readonly number[], below: (x: number) => number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const distance = sorted.reduce((most, x, i) => {
    const share = below(x);
    return Math.max(most, share - i / sorted.length, (i + 1) / sorted.length - share);
  }, 0);
  return distance / (1.95 / Math.sqrt(sorted.length));
}

/** Pearson's chi-square of counts against their expectations, by the bound for so many: below 1 they fit. */
export function chiSquare(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const sum = counts.reduce((sofar, count, i) => {
    const expected = total * (shares[i] ?? 0);
    if (expected < 5) throw new RangeError(`bin ${i} is too small: ${expected}`);
    return sofar + (count - expected) ** 2 / expected;
  }, 0);
  return sum / chiSquareBound(counts.length - 1);
}

/** What chi-square exceeds once in a thousand: Wilson and Hilferty's approximation. */
function chiSquareBound(freedom: number): number {
  const third = 2 / (9 * freedom);
  return freedom * (1 - third + 3.09 * Math.sqrt(third)) ** 3;
}

/** Counts of whole numbers from 1, the last bin for that and all above. */
export function histogram(values: readonly number[], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins, value) - 1]!++;
  return counts;
}

/** Shares of a geometric distribution from 1, with a chance `stop` to end after each; the last is that and all above. */
export function geometric(stop: number, bins: number): number[] {
  return Array.from({ length: bins }, (_, i) => (1 - stop) ** i * (i === bins - 1 ? 1 : stop));
}

/** Lengths of runs of true. */
export function runs(flags: readonly boolean[]): number[] {
  const lengths: number[] = [];
  let length = 0;
  for (const flag of [...flags, false]) {
    if (flag) length++;
    else if (length > 0) lengths.push(length);
    if (!flag) length = 0;
  }
  return lengths;
}

/** The share of a normal distribution below x: the integral by Simpson's rule, from the mean. */
export function normalBelow(x: number, mean: number, sigma: number): number {
  const z = Math.max(-8, Math.min(8, (x - mean) / sigma));
  const [steps, density] = [200, (at: number) => Math.exp((-at * at) / 2) / Math.sqrt(2 * Math.PI)];
  const width = z / steps;
  let sum = density(0) + density(z);
  for (let i = 1; i < steps; i++) sum += density(i * width) * (i % 2 === 1 ? 4 : 2);
  return 0.5 + (sum * width) / 3;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How alike each value is to the one before. */
export function autocorrelation(values: readonly number[]): number {
  const middle = mean(values);
  const product = (a: number, b: number) => (a - middle) * (b - middle);
  const pairs = values.slice(1).map((value, i) => product(value, values[i]!));
  return mean(pairs) / mean(values.map((value) => product(value, value)));
}
