/** Rounding, and noise that is bound to the persons of a cell (cell-key method; Fraser and Wooton 2005, as ONS and ABS use it). */
import { createHmac } from 'node:crypto'
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

/** Numbers in [0, 1) that depend on the persons of a cell and on `purpose` only. */
export interface CellKey {
  uniform(purpose: string): number
}

/** @param secret of the node; the noise of two datasets has nothing in common */
export function cellKeyMaker(secret: Uint8Array, dataset: string): (persons: PersonKeys) => CellKey {
  const key = createHmac('sha256', secret).update(`tessera disclosure noise 1\0${dataset}`).digest()
  return (persons) => {
    const set = `${persons.length}:${accumulate(persons)}`
    return {
      uniform: (purpose) => {
        const digest = createHmac('sha256', key).update(`${set}\0${purpose}`).digest()
        return digest.readUIntBE(0, 6) / 2 ** 48
      },
    }
  }
}

/** Triangular noise of a count: the sum of two uniform steps. */
export function countNoise(cellKey: CellKey, spread: number): number {
  const step = (name: string) => Math.floor(cellKey.uniform(name) * (spread + 1))
  return step('count') - step('count again')
}

/** Noise of a sum: up to the largest contribution, either way. Uniform in [-largest, largest]. */
export function sumNoise(cellKey: CellKey, measure: string, largest: number): number {
  return (2 * cellKey.uniform(`sum ${measure}`) - 1) * largest
}

/** To so many significant decimal digits. */
export function significant(value: number, digits: number): number {
  return Number(value.toPrecision(digits))
}
