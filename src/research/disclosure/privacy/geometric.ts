/**
 * The geometric mechanism of differential privacy for counts (Ghosh, Roughgarden, Sundararajan 2009): whole-number noise with
 * P(d) = (1 - a)/(1 + a) a^|d|, a = exp(-epsilon/sensitivity).
 */
import { randomBytes } from 'node:crypto'

/** A number in (0, 1] that nobody can foresee, of 53 bits. */
export function secureUniform(): number {
  const bytes = randomBytes(7)
  return (bytes.readUIntBE(0, 6) * 32 + ((bytes[6] ?? 0) >> 3) + 1) / 2 ** 53
}

/**
 * The difference of two one-sided geometric numbers.
 * @param sensitivity how much one person can change the answer: in how many numbers of it he can stand
 */
export function geometricNoise(epsilon: number, sensitivity: number, uniform: () => number = secureUniform): number {
  const logarithm = -epsilon / sensitivity
  const oneSided = () => Math.floor(Math.log(uniform()) / logarithm)
  return oneSided() - oneSided()
}
