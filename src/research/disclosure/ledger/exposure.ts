/**
 * How much of each person is visible in everything that was answered, and whether one more answer shows too much.
 *
 * An answered count is the sum of a 0/1 vector over persons. From several of them every linear combination can be computed:
 * differences, sums of parts, inclusion and exclusion, least squares over thousands of answers. Let V be the space that the
 * answered vectors span. The *exposure* of a person is the squared length of the projection of his unit vector on V (his
 * leverage, in regression). For a set A of persons, the projection of its vector has a squared length of at most |A|² times
 * the largest exposure in A. A is computable exactly only when its vector lies in V, when that is |A|. So
 *
 *     every exposure ≤ 1/k   ⇒   no set of 1 … k-1 persons can be computed, by any number of answers, even exact ones,
 *
 * and of the vector of a set of m persons a share of 1 - m/k always stays outside of V: it is known the worse, the smaller it is.
 * This holds for symmetric differences (an answer that differs by d persons from an earlier one gives them an exposure of 1/d),
 * for unions and intersections of any number of answers, nested chains, complements and margins. The exposures add up
 * to the number of independent answers: k persons must stand behind each number. Answers inside V (repeats, margins of what
 * was told) cost nothing.
 */
import type { PersonKeys } from '../persons.ts'
import { type Atoms, emptyAtoms, type Part, UNSEEN } from './atoms.ts'

/** Below this squared distance from V a set teaches nothing new: using it would multiply the noise a thousand times. */
const NOTHING_NEW = 1e-6

const ROOM = 16
const NOWHERE = new Float64Array(0)

export type Admission = 'new' | 'known' | 'refused' | 'full'

export interface Exposure {
  /** Independent answers so far. */
  readonly rank: () => number
  /** Takes the set in, unless it would expose somebody to more than 1/floor. */
  admit(set: PersonKeys, floor: number): Admission
  /** Takes in what was decided before. */
  restore(set: PersonKeys): void
  /** The sets that were independent of those before them, from one of them on. */
  independent(from: number): readonly PersonKeys[]
  /** Forgets all but the first so many independent answers. */
  truncate(rank: number): void
}

/** Coordinates of one person of an atom in the orthonormal basis of V, and their squared length. */
interface Place {
  /** The first `rank` of them; the rest is room for more. */
  coordinates: Float64Array
  exposure: number
}

/** The part of a set that is perpendicular to V: for persons of an atom outside the set, and one more for those inside. */
interface Residual {
  readonly parts: readonly Part[]
  readonly outside: readonly number[]
  readonly squaredLength: number
}

/**
 * Gram-Schmidt on atoms.
 * @param mostNumbers coordinates kept at most (8 bytes each): atoms times independent answers
 */
export function emptyExposure(mostNumbers: number): Exposure {
  const atoms = emptyAtoms()
  const places: Place[] = [{ coordinates: new Float64Array(ROOM), exposure: 0 }]
  const independent: PersonKeys[] = []
  let rank = 0

  const take = (set: PersonKeys, residual: Residual) => {
    const length = Math.sqrt(residual.squaredLength)
    const insideOf = new Map(residual.parts.map(({ atom }) => [atom, ((residual.outside[atom] ?? 0) + 1) / length]))
    const divided = new Set<number>()
    const made: number[] = []
    const before = places.length
    atoms.cut(set, (from, atom) => {
      divided.add(from)
      const place = places[from]
      if (place) places[atom] = { coordinates: place.coordinates.slice(), exposure: place.exposure }
      made.push(insideOf.get(from) ?? 0)
    })
    places.forEach((place, atom) => {
      const inside = atom >= before ? made[atom - before] : divided.has(atom) ? undefined : insideOf.get(atom)
      const coordinate = inside ?? (residual.outside[atom] ?? 0) / length
      if (rank === place.coordinates.length) place.coordinates = withRoom(place.coordinates)
      place.coordinates[rank] = coordinate
      place.exposure += coordinate ** 2
    })
    independent.push(set)
    rank += 1
  }

  return {
    rank: () => rank,
    admit: (set, floor) => {
      const limit = 1 / floor
      const parts = atoms.parts(set)
      const projection = projectionOf(parts, places, rank)
      const squaredLength = set.length - dot(projection, projection)
      if (squaredLength < NOTHING_NEW) return 'known'
      // Most refusals are seen at the persons of the set itself, before everybody else is looked at.
      const insideTooMuch = parts.some(({ atom }) => {
        const place = places[atom]
        const value = 1 - (place ? dot(place.coordinates, projection) : 0)
        return (place?.exposure ?? 0) + value ** 2 / squaredLength > limit * 1.001
      })
      if (insideTooMuch) return 'refused'
      if ((places.length + parts.length) * (rank + 1) > mostNumbers) return 'full'
      const residual = residualOf(set.length, parts, atoms, places, rank)
      if (residual.squaredLength < NOTHING_NEW) return 'known'
      if (exposes(residual, atoms, places, limit)) return 'refused'
      take(set, residual)
      return 'new'
    },
    restore: (set) => {
      const residual = residualOf(set.length, atoms.parts(set), atoms, places, rank)
      if (residual.squaredLength >= NOTHING_NEW) take(set, residual)
    },
    truncate: (to) => {
      for (const place of places) {
        const kept = place.coordinates.subarray(0, to)
        place.exposure = dot(kept, kept)
      }
      independent.length = to
      rank = to
    },
    independent: (from) => independent.slice(from),
  }
}

function projectionOf(parts: readonly Part[], places: readonly Place[], rank: number): Float64Array {
  const projection = new Float64Array(rank)
  for (const { atom, inside } of parts) addTimes(projection, places[atom]?.coordinates ?? NOWHERE, inside)
  return projection
}

function residualOf(
  size: number,
  parts: readonly Part[],
  atoms: Atoms,
  places: readonly Place[],
  rank: number,
): Residual {
  const projection = projectionOf(parts, places, rank)
  const outside = places.map(({ coordinates }) => -dot(coordinates, projection))
  const first = { parts, outside, squaredLength: size - dot(projection, projection) }
  return rank === 0 ? first : perpendicular(first, atoms, places, rank)
}

/** Once more, since the first time leaves rounding errors ("twice is enough", Kahan). */
function perpendicular(first: Residual, atoms: Atoms, places: readonly Place[], rank: number): Residual {
  const weights = first.outside.map((outside, atom) => (atom === UNSEEN ? 0 : outside * atoms.size(atom)))
  for (const { atom, inside } of first.parts) weights[atom] = (weights[atom] ?? 0) + inside
  const rest = new Float64Array(rank)
  places.forEach(({ coordinates }, atom) => {
    addTimes(rest, coordinates, weights[atom] ?? 0)
  })
  const outside = first.outside.map((value, atom) => value - dot(places[atom]?.coordinates ?? NOWHERE, rest))
  let squaredLength = 0
  outside.forEach((value, atom) => {
    if (atom !== UNSEEN) squaredLength += atoms.size(atom) * value ** 2
  })
  for (const { atom, inside } of first.parts) squaredLength += inside * (1 + 2 * (outside[atom] ?? 0))
  return { parts: first.parts, outside, squaredLength }
}

function exposes(
  { parts, outside, squaredLength }: Residual,
  atoms: Atoms,
  places: readonly Place[],
  limit: number,
): boolean {
  const tooMuch = (atom: number, value: number) =>
    (places[atom]?.exposure ?? 0) + value ** 2 / squaredLength > limit + 1e-9
  if (parts.some(({ atom }) => tooMuch(atom, (outside[atom] ?? 0) + 1))) return true
  const insideOf = new Map(parts.map(({ atom, inside }) => [atom, inside]))
  return outside.some((value, atom) => insideOf.get(atom) !== atoms.size(atom) && tooMuch(atom, value))
}

function withRoom(coordinates: Float64Array): Float64Array {
  const larger = new Float64Array(coordinates.length * 2)
  larger.set(coordinates)
  return larger
}

/** As far as `b` goes. */
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let index = 0; index < b.length; index += 1) sum += (a[index] as number) * (b[index] as number)
  return sum
}

function addTimes(sum: Float64Array, values: Float64Array, times: number): void {
  if (times === 0) return
  for (let index = 0; index < sum.length; index += 1) {
    sum[index] = (sum[index] as number) + times * (values[index] as number)
  }
}
