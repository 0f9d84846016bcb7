/** What a case is decided with: the rules it began under, the calendars, and whose node this is. */
import type { Day } from './calendar/civil-day.ts'
import type { Calendar, Calendars } from './calendar/holidays.ts'
import { calendarFor } from './calendar/holidays.ts'
import type { RuleSet, RuleSets } from './rules/rule-set.ts'

/** The health data access body of this node (Art. 55), or the service of the Union (Art. 56, `EU`). */
export interface Body {
  readonly country: string
  readonly id: string
  readonly name: string
}

export interface Procedure {
  readonly rules: RuleSet
  readonly calendars: Calendars
  readonly body: Body
  /** Identifier of a user or holder → last day of its exclusion (Art. 63(3), (4)). */
  readonly exclusions?: ReadonlyMap<string, Day>
}

/** Where procedures come from: every version of the rules that a case may have begun under. */
export interface Procedures extends Omit<Procedure, 'rules' | 'exclusions'> {
  readonly ruleSets: RuleSets
}

/** The procedure of a case; throws when its version of the rules was removed from the data. */
export function procedureOf(procedures: Procedures, ruleSet: string): Procedure {
  const rules = procedures.ruleSets.get(ruleSet)
  if (!rules) throw new Error(`The rules ${ruleSet}, under which a case began, are not in data/research/rules.`)
  return { rules, calendars: procedures.calendars, body: procedures.body }
}

export function calendarOf(procedure: Pick<Procedure, 'calendars'>, country: string): Calendar {
  return calendarFor(procedure.calendars, country)
}
