/** The people that the attacker wants to know about; seeded. He knows how they are described, and not who they are. */

export interface Citizen {
  readonly id: number
  /** Days since a century ago. */
  readonly birthday: number
  readonly sex: 0 | 1
  readonly region: number
  /** Bit c: has condition c. */
  readonly conditions: number
}

export const REGIONS = 8
export const CONDITIONS = 10
export const DAYS = 36_500

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Condition 0 is common (30 %), each further one about half as common, more so in the old and in some regions. */
export function citizens(count: number, seed: number): readonly Citizen[] {
  const random = seeded(seed)
  return Array.from({ length: count }, (_, id) => {
    const birthday = Math.floor(random() * DAYS)
    const region = Math.floor(random() * REGIONS)
    let conditions = 0
    for (let condition = 0; condition < CONDITIONS; condition += 1) {
      const old = 1.5 - birthday / DAYS
      const here = region % 3 === condition % 3 ? 1.4 : 0.8
      if (random() < 0.3 * 0.62 ** condition * old * here) conditions |= 1 << condition
    }
    return { id: id + 1, birthday, sex: random() < 0.5 ? 0 : 1, region, conditions }
  })
}

export interface Target {
  readonly name: string
  readonly has: (citizen: Citizen) => boolean
  readonly truth: number
}

/** Cells of condition, region and sex with 1 … floor - 1 persons: what the attacker is after. */
export function smallCells(people: readonly Citizen[], floor: number): readonly Target[] {
  const found: Target[] = []
  for (let condition = 0; condition < CONDITIONS; condition += 1) {
    for (let region = 0; region < REGIONS; region += 1) {
      for (const sex of [0, 1]) {
        const has = (one: Citizen) =>
          ((one.conditions >> condition) & 1) === 1 && one.region === region && one.sex === sex
        const truth = people.filter(has).length
        if (truth >= 1 && truth < floor)
          found.push({ name: `condition ${condition}, region ${region}, sex ${sex}`, has, truth })
      }
    }
  }
  return found
}
