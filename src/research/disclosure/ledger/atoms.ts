/** Persons grouped into atoms: those who have stood in the same answers so far cannot be told apart by them. */
import type { PersonKeys } from '../persons.ts'

/** The part of one atom that is inside a set. */
export interface Part {
  readonly atom: number
  readonly inside: number
}

/** Atom 0 is of all persons who stand in no answer; how many they are need not be known. */
export const UNSEEN = 0

export interface Atoms {
  readonly count: () => number
  readonly size: (atom: number) => number
  /** Atoms that the set touches. Part 0 is of persons not seen before. */
  parts(set: PersonKeys): readonly Part[]
  /** Cuts each atom that the set divides; told `(from, made)` for each new atom. */
  cut(set: PersonKeys, made: (from: number, made: number) => void): void
}

/** Sorted keys beside the atom of each: 12 bytes for a person. */
export function emptyAtoms(): Atoms {
  let keys = new Float64Array(0)
  let atomOf = new Uint32Array(0)
  const sizes: number[] = [Number.POSITIVE_INFINITY]

  const insideOf = (positions: Int32Array): Map<number, number> => {
    const inside = new Map<number, number>()
    for (const position of positions) {
      const atom = position < 0 ? UNSEEN : (atomOf[position] ?? UNSEEN)
      inside.set(atom, (inside.get(atom) ?? 0) + 1)
    }
    return inside
  }

  return {
    count: () => sizes.length,
    size: (atom) => sizes[atom] ?? 0,
    parts: (set) => [...insideOf(locate(set, keys))].map(([atom, inside]) => ({ atom, inside })),
    cut: (set, made) => {
      let positions = locate(set, keys)
      if (positions.includes(-1)) {
        ;({ keys, atomOf } = withUnseen(set, positions, keys, atomOf))
        positions = locate(set, keys)
      }
      const next = new Map<number, number>()
      for (const [atom, inside] of insideOf(positions)) {
        if (inside === sizes[atom]) continue
        next.set(atom, sizes.length)
        made(atom, sizes.length)
        sizes.push(inside)
        sizes[atom] = (sizes[atom] ?? 0) - inside
      }
      for (const position of positions) {
        const atom = next.get(atomOf[position] ?? UNSEEN)
        if (atom !== undefined) atomOf[position] = atom
      }
    },
  }
}

/** Where each of the set stands among the keys; -1: nowhere. Both ascend. */
function locate(set: PersonKeys, keys: Float64Array): Int32Array {
  const positions = new Int32Array(set.length)
  const walks = set.length * 16 > keys.length
  let from = 0
  for (let index = 0; index < set.length; index += 1) {
    const key = set[index] ?? 0
    if (walks) while (from < keys.length && (keys[from] ?? 0) < key) from += 1
    else from = firstNotBelow(key, keys, from)
    positions[index] = keys[from] === key ? from : -1
  }
  return positions
}

function firstNotBelow(key: number, keys: Float64Array, from: number): number {
  let [low, high] = [from, keys.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? 0) < key) low = middle + 1
    else high = middle
  }
  return low
}

function withUnseen(set: PersonKeys, positions: Int32Array, keys: Float64Array, atomOf: Uint32Array) {
  const unseen = set.filter((_, index) => positions[index] === -1)
  const joined = new Float64Array(keys.length + unseen.length)
  const atoms = new Uint32Array(joined.length)
  let [old, fresh] = [0, 0]
  for (let index = 0; index < joined.length; index += 1) {
    const takesFresh = fresh < unseen.length && (old >= keys.length || (unseen[fresh] ?? 0) < (keys[old] ?? 0))
    joined[index] = (takesFresh ? unseen[fresh] : keys[old]) ?? 0
    atoms[index] = takesFresh ? UNSEEN : (atomOf[old] ?? UNSEEN)
    if (takesFresh) fresh += 1
    else old += 1
  }
  return { keys: joined, atomOf: atoms }
}
