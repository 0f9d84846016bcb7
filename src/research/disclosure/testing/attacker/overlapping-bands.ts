/**
 * Many tables of one condition by age, sex and region, each with other age bands, with and without regions, of those who have
 * the condition and of those who have not; margins and all. The unknowns are the persons of each five-year group, sex and
 * region; every shown entry of every table is a sum of them.
 */
import type { TableDimension } from '../../table.ts'
import { beliefOfSmall, type Conclusion } from './conclusion.ts'
import { estimator } from './estimator.ts'
import { type Citizen, DAYS, REGIONS, type Target } from './population.ts'
import type { System } from './system.ts'

const GROUPS = 20

interface Banding {
  /** First five-year group of each band. */
  readonly starts: readonly number[]
  readonly bySex: boolean
  readonly byRegion: boolean
}

function* bandings(): Generator<Banding> {
  for (const width of [20, 10, 7, 5, 4, 3]) {
    for (let shift = 0; shift < width; shift += Math.max(1, Math.floor(width / 3))) {
      const starts = Array.from({ length: GROUPS }, (_, group) => group).filter(
        (group) => group === 0 || (group >= shift && (group - shift) % width === 0),
      )
      for (const [bySex, byRegion] of [
        [true, true],
        [true, false],
        [false, true],
      ] as const) {
        yield { starts, bySex, byRegion }
      }
    }
  }
}

const groupOf = ({ birthday }: Citizen) => Math.floor((birthday / DAYS) * GROUPS)
const unknownOf = (group: number, sex: number, region: number) => (group * 2 + sex) * REGIONS + region

/** @param has who is counted; the targets are cells of region and sex among them */
export async function overlappingBandsAttack(
  system: System,
  people: readonly Citizen[],
  has: (citizen: Citizen) => boolean,
  targets: readonly { readonly target: Target; readonly sex: number; readonly region: number }[],
  floor: number,
): Promise<readonly Conclusion[]> {
  const counted = people.filter(has)
  const small = beliefOfSmall(floor)
  const knowledge = estimator(
    Array.from({ length: GROUPS * 2 * REGIONS }, () => ({
      mean: small.mean / GROUPS,
      deviation: small.deviation / Math.sqrt(GROUPS),
    })),
  )
  for (const banding of bandings()) {
    const bandOf = (group: number) => banding.starts.filter((start) => start <= group).length - 1
    const keyOf = (group: number, sex: number, region: number) => [
      `${bandOf(group)}`,
      ...(banding.bySex ? [`${sex}`] : []),
      ...(banding.byRegion ? [`${region}`] : []),
    ]
    const cells = new Map<string, { key: string[]; persons: number[] }>()
    for (const one of counted) {
      const key = keyOf(groupOf(one), one.sex, one.region)
      const cell = cells.get(key.join()) ?? { key, persons: [] }
      cells.set(key.join(), cell)
      cell.persons.push(one.id)
    }
    const answer = await system.ask({ dimensions: dimensionsOf(banding), cells: [...cells.values()] }, 'one')
    for (const { key, persons } of answer?.cells ?? []) {
      if (persons === null) continue
      const summed: number[] = []
      for (let group = 0; group < GROUPS; group += 1) {
        for (const sex of [0, 1]) {
          for (let region = 0; region < REGIONS; region += 1) {
            const own = keyOf(group, sex, region)
            if (key.every((level, d) => level === null || level === own[d])) summed.push(unknownOf(group, sex, region))
          }
        }
      }
      knowledge.observe(summed, persons, system.errorVariance)
    }
  }
  return targets.map(({ target, sex, region }) => {
    const groups = Array.from({ length: GROUPS }, (_, group) => unknownOf(group, sex, region))
    return { target, ...knowledge.estimate(groups) }
  })
}

function dimensionsOf({ starts, bySex, byRegion }: Banding): readonly TableDimension[] {
  const levels = (count: number) => Array.from({ length: count }, (_, level) => `${level}`)
  return [
    { name: 'age', levels: levels(starts.length) },
    ...(bySex ? [{ name: 'sex', levels: levels(2) }] : []),
    ...(byRegion ? [{ name: 'region', levels: levels(REGIONS) }] : []),
  ]
}
