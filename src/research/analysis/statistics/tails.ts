/** Tails of Student's t and the normal distribution: p-values and intervals of coefficients. */

/** Lanczos' approximation with g = 7, to about fifteen digits. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const
const SMALLEST = 1e-300
const PRECISE = 1e-15
const MOST_TERMS = 10_000

/**
 * Chance of a value at least so far from zero, on both sides.
 * @param degreesOfFreedom infinite: of the normal distribution
 */
export function twoSidedTail(value: number, degreesOfFreedom: number): number {
  if (Number.isNaN(value)) return Number.NaN
  if (!Number.isFinite(value)) return 0
  if (!Number.isFinite(degreesOfFreedom)) return upperGammaOfHalf((value * value) / 2)
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + value * value), degreesOfFreedom / 2, 0.5)
}

/** How far from zero the tails of both sides together have this chance. */
export function twoSidedQuantile(chance: number, degreesOfFreedom: number): number {
  let [low, high] = [0, 1]
  while (twoSidedTail(high, degreesOfFreedom) > chance) high *= 2
  for (let halving = 0; halving < 200 && high - low > 1e-14 * high; halving += 1) {
    const middle = (low + high) / 2
    if (twoSidedTail(middle, degreesOfFreedom) > chance) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function logGamma(value: number): number {
  const from = value - 1
  const [first, ...others] = LANCZOS
  const sum = others.reduce((all, factor, index) => all + factor / (from + index + 1), first as number)
  const base = from + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (from + 0.5) * Math.log(base) - base + Math.log(sum)
}

/** Regularised, of x from 0 to 1. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  // The fraction converges fast on one side only; the other follows by symmetry.
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b
}

/** By Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  return lentz((index) => {
    const half = Math.floor(index / 2)
    if (index === 0) return [1, 1]
    if (index % 2 === 0) return [(half * (b - half) * x) / ((a + 2 * half - 1) * (a + 2 * half)), 1]
    return [(-(a + half) * (a + b + half) * x) / ((a + 2 * half) * (a + 2 * half + 1)), 1]
  })
}

/** Regularised upper incomplete gamma function of one half: the tails of the normal distribution. */
function upperGammaOfHalf(x: number): number {
  if (x <= 0) return 1
  const front = Math.exp(-x + 0.5 * Math.log(x) - logGamma(0.5))
  if (x < 1.5) {
    let [term, sum] = [2, 2]
    for (let index = 1; index < MOST_TERMS && term > PRECISE * sum; index += 1) {
      term *= x / (0.5 + index)
      sum += term
    }
    return 1 - front * sum
  }
  const [a, start] = [0.5, x + 0.5]
  return front * lentz((index) => (index === 0 ? [1, start] : [-index * (index - a), start + 2 * index]))
}

/** a/(b + a/(b + …)), from the first pair on. */
function lentz(term: (index: number) => readonly [number, number]): number {
  let value = SMALLEST
  let ratio = value
  let inverse = 0
  for (let index = 0; index < MOST_TERMS; index += 1) {
    const [a, b] = term(index)
    inverse = b + a * inverse
    inverse = 1 / (Math.abs(inverse) < SMALLEST ? SMALLEST : inverse)
    ratio = b + a / ratio
    if (Math.abs(ratio) < SMALLEST) ratio = SMALLEST
    const change = ratio * inverse
    value *= change
    if (index > 0 && Math.abs(change - 1) < PRECISE) return value
  }
  return value
}
