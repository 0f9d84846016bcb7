/** Rounding, and noise that is bound to the persons of a cell (cell-key method; Fraser and Wooton 2005, as ONS and ABS use it). */
import { createHmac, createSecretKey } from 'node:crypto'
import { accumulate, type PersonKeys } from './persons.ts'

/** To the nearest multiple, half upwards. A base of 0 or 1 changes nothing. */
export function roundTo(value: number, base: number): number {
  return base > 1 ? Math.round(value / base) * base : value
}

/** Triangular: relative frequencies of -spread … spread are 1, 2, …, spread + 1, …, 2, 1. Mean 0. */
export function triangularWeights(spread: number): readonly number[] {
  return Array.from({ length: 2 * spread + 1 }, (_, index) => spread + 1 - Math.abs(index - spread))
}

/** Of the triangular noise: spread (spread + 2) / 6. */
export function triangularVariance(spread: number): number {
  return (spread * (spread + 2)) / 6
}

/** Numbers in [0, 1) that depend on the persons of a cell only. */
export interface CellKey {
  readonly first: number
  readonly second: number
  /** One of its own for each measure. */
  ofMeasure(name: string): number
}

export type CellKeyOf = (persons: PersonKeys) => CellKey

const UNIT = 2 ** 48

/** @param secret of the node; the noise of two datasets has nothing in common */
export function cellKeyMaker(secret: Uint8Array, dataset: string): CellKeyOf {
  const derived = createHmac('sha256', secret).update(`tessera disclosure noise 1\0${dataset}`).digest()
  const key = createSecretKey(derived)
  return (persons) => {
    const set = `${persons.length}:${accumulate(persons)}`
    const digest = createHmac('sha256', key).update(set).digest()
    return {
      first: digest.readUIntBE(0, 6) / UNIT,
      second: digest.readUIntBE(6, 6) / UNIT,
      ofMeasure: (name) => createHmac('sha256', key).update(`${set}\0${name}`).digest().readUIntBE(0, 6) / UNIT,
    }
  }
}

/** Triangular noise of a count: the difference of two uniform steps. */
export function countNoise({ first, second }: CellKey, spread: number): number {
  return Math.floor(first * (spread + 1)) - Math.floor(second * (spread + 1))
}

/** Noise of a sum: up to the largest contribution, either way. Uniform in [-largest, largest]. */
export function sumNoise(cellKey: CellKey, measure: string, largest: number): number {
  return (2 * cellKey.ofMeasure(measure) - 1) * largest
}

/** To so many significant decimal digits. */
export function significant(value: number, digits: number): number {
  return Number(value.toPrecision(digits))
}
