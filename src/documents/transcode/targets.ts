/** Which targets of a national code may stand for it. The rule is one for CDA and FHIR. */
import type { Coded, Mapped, Terminology } from '#terminology/terminology.ts'
import type { EuropeanSystems } from './european-systems.ts'
import { membershipOf } from './value-set.ts'

export type UnmappedReason =
  /** No loaded concept map knows the code. */
  | 'no-map'
  /** Maps know the code, but no mapping is valid today. */
  | 'no-valid-map'
  /** Every target says more or something else than the source, or depends on what is not known: using one would be a guess. */
  | 'only-unsafe-targets'
  /** A target exists, but in no European system. */
  | 'target-not-european'

export interface TargetQuestion {
  readonly terminology: Terminology
  readonly systems: EuropeanSystems
  /** Value sets from which the target should be; targets inside come first. */
  readonly valueSets?: readonly string[]
  /** The day of use, `YYYY-MM-DD`; default: today. */
  readonly at?: string
}

/**
 * Usable targets, the best first: those that say the same as the source, otherwise those that say less (`wider`). A
 * narrower target would claim what nobody said; `inexact` and `relatedto` would claim something else; a mapping with a
 * condition needs what the code does not tell. Among equals: inside the value set, then of higher quality, then as the
 * map orders them.
 */
export function usableTargets(source: Coded, question: TargetQuestion): readonly Mapped[] | UnmappedReason {
  const { terminology, systems, valueSets = [], at } = question
  const all = terminology.mapped(source.system, source.code, at === undefined ? {} : { at })
  if (all.length === 0) {
    const unusable = terminology.mapped(source.system, source.code, { status: 'all' }).length > 0
    return unusable ? 'no-valid-map' : 'no-map'
  }
  const inside = ({ target }: Mapped) => membershipOf(terminology, valueSets, target) === 'member'
  const european = all.filter((mapped) => systems.isEuropean(mapped.target.system) || inside(mapped))
  if (european.length === 0) return 'target-not-european'
  const known = european.filter(({ condition }) => condition === undefined)
  const same = known.filter(({ relationship }) => relationship === 'equal' || relationship === 'equivalent')
  const usable = same.length > 0 ? same : known.filter(({ relationship }) => relationship === 'wider')
  if (usable.length === 0) return 'only-unsafe-targets'
  return distinct(
    [...usable].sort(
      (left, right) => Number(inside(right)) - Number(inside(left)) || rank(right.quality) - rank(left.quality),
    ),
  )
}

/** Quality as a number where it is one (`0.8`, `80 %`); words of different catalogues cannot be compared. */
function rank(quality: string | undefined): number {
  const [, digits, percent] = /^(\d+(?:[.,]\d+)?)\s*(%?)$/.exec(quality?.trim() ?? '') ?? []
  if (digits === undefined) return 0
  const number = Number(digits.replace(',', '.'))
  return percent === '%' || number > 1 ? number / 100 : number
}

function distinct(targets: readonly Mapped[]): readonly Mapped[] {
  const seen = new Set<string>()
  return targets.filter(({ target }) => {
    const key = `${target.system} ${target.code}`
    return !seen.has(key) && seen.add(key)
  })
}
