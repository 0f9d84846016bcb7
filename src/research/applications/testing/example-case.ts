/** An application as a researcher would make it, the people who handle it, and the procedure of a body. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { DatasetId, PermitId } from '../../permits/permit.ts'
import { type Calendars, readCalendars } from '../calendar/holidays.ts'
import type { Command, PermitTerms } from '../case/commands.ts'
import { decide } from '../case/decide.ts'
import type { Actor, CaseEvent, Role } from '../case/events.ts'
import { evolve } from '../case/evolve.ts'
import type { CaseState } from '../case/state.ts'
import type { Procedure, Procedures } from '../procedure.ts'
import type { Answers, CaseKind } from '../rules/application.ts'
import { type RuleSets, readRuleSets, rulesInForce } from '../rules/rule-set.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'research')
export const RULES_FOLDER = join(DATA, 'rules')

export const HOLDER = { FR: 'holder-fr', PT: 'holder-pt', EE: 'holder-ee', GR: 'holder-gr' } as const
export type Place = keyof typeof HOLDER

export async function shipped(): Promise<{ readonly ruleSets: RuleSets; readonly calendars: Calendars }> {
  const [ruleSets, calendars] = [await readRuleSets(RULES_FOLDER), await readCalendars(join(DATA, 'holidays'))]
  assert.ok(ruleSets.ok && calendars.ok, JSON.stringify([ruleSets, calendars]))
  return { ruleSets: ruleSets.value, calendars: calendars.value }
}

export async function proceduresOf(country: Place): Promise<Procedures> {
  return { ...(await shipped()), body: { country, id: `hdab-${country}`, name: `Body of ${country}` } }
}

export async function procedureIn(country: Place): Promise<Procedure> {
  const { ruleSets, calendars, body } = await proceduresOf(country)
  const rules = rulesInForce(ruleSets, '2029-04-02')
  assert.ok(rules)
  return { rules, calendars, body }
}

/** A person for each role; of a data holder, its organisation too. */
export function actor(role: Role, place: Place = 'FR'): Actor {
  const person = `https://id.example|${role}-${place}`
  if (role === 'data-holder') return { person, role, organisation: HOLDER[place] }
  if (role === 'applicant' || role === 'member') return { person: `https://id.example|${role}`, role }
  return { person, role, organisation: `hdab-${place}` }
}

/** Complete answers of the form of 2029-03. */
export function answersFor(kind: CaseKind, places: readonly Place[] = ['FR'], changes: Answers = {}): Answers {
  const both: Answers = {
    title: 'Time to diagnosis of rare diseases',
    summary: 'How many people live with a rare disease, and how long they waited for a name.',
    applicantName: 'University of Lille',
    applicantIdentifier: 'fr-siren-130023583',
    applicantKind: 'university',
    applicantCountry: 'FR',
    function: 'Research in epidemiology',
    persons: [
      { identifier: 'https://id.example|applicant', name: 'Ada Example', role: 'principal-investigator' },
      { identifier: 'https://id.example|member', name: 'Max Example', role: 'authorised' },
    ],
    purposes: ['e'],
    intendedUse: 'Describe delays, for earlier referral.',
    prohibitedUses: ['a', 'b', 'c', 'd', 'e'],
    datasets: places.map((place) => ({
      dataset: `dataset-${place}` as DatasetId,
      memberState: place,
      holder: HOLDER[place],
      trustedHolder: true,
    })),
    categories: ['EHRS', 'HRAD'],
    scope: 'Persons with a rare disease; diagnoses and dates.',
    timeRange: { from: '2015-01-01', to: '2028-12-31' },
    geography: 'Whole countries',
    format: 'OMOP CDM 5.4',
    sources: 'Hospital records',
    safeguards: 'Access from the environment only.',
  }
  const own: Answers =
    kind === 'data-request'
      ? { legalBasis: 'GDPR Art. 6(1)(e)', statistics: 'Counts by age and sex.' }
      : {
          data: 'pseudonymised',
          pseudonymisedJustification: 'Events of one person must be joined.',
          dataProtection: 'GDPR Art. 6(1)(e), 9(2)(j)',
          months: 24,
          tools: 'R',
        }
  return { ...both, ...own, ...changes }
}

export function permitTerms(place: Place, until: string, id = 'permit-1'): PermitTerms {
  return {
    id: id as PermitId,
    from: '2029-06-01T00:00:00Z',
    until,
    datasets: [
      {
        dataset: `dataset-${place}` as DatasetId,
        tables: [{ table: 'condition_occurrence', columns: ['person_id', 'condition_concept_id'] }],
        period: { from: '2015-01-01', to: '2028-12-31' },
        population: {},
      },
    ],
    tools: ['typed-query'],
    disclosure: {
      version: '1',
      frequencyFloor: 10,
      perturbation: { kind: 'round', base: 5 },
      zerosShownFor: [],
      dominance: { n: 2, k: 0.9, p: 0.1 },
    },
  }
}

/** A case that commands are given to, one after another. */
export interface Desk {
  readonly events: readonly CaseEvent[]
  state(): CaseState
  /** The code of a refusal, or `ok`. */
  try(command: Command): string
  /** Fails the test when the command is refused. */
  give(command: Command): void
}

export function desk(procedure: Procedure, begun: readonly CaseEvent[] = []): Desk {
  const events: CaseEvent[] = [...begun]
  let state: CaseState | undefined
  for (const event of events) state = evolve(state, event)
  const run = (command: Command) => {
    const decided = decide(state, command, procedure)
    if (decided.ok) {
      for (const event of decided.value) {
        state = evolve(state, event)
        events.push(event)
      }
    }
    return decided
  }
  return {
    events,
    state() {
      assert.ok(state)
      return state
    },
    try(command) {
      const decided = run(command)
      return decided.ok ? 'ok' : decided.problem.code
    },
    give(command) {
      const decided = run(command)
      assert.ok(decided.ok, `${command.kind}: ${JSON.stringify(decided)}`)
    },
  }
}

export const CASE_ID = '5f2b1a52-54a8-4b9c-9a3d-0f6f0c7a1e11'

/** Drafted and submitted in France. */
export function submittedCase(
  procedure: Procedure,
  kind: CaseKind = 'data-permit',
  places: readonly Place[] = ['FR'],
  at = '2029-04-03T10:00:00Z',
  changes: Answers = {},
): Desk {
  const made = desk(procedure)
  const by = actor('applicant')
  made.give({
    kind: 'draft',
    at,
    by,
    caseId: CASE_ID,
    applicationKind: kind,
    answers: answersFor(kind, places, changes),
  })
  made.give({ kind: 'submit', at, by })
  return made
}

/** Brings a submitted case to a permit or an approval. */
export function grantCase(made: Desk, procedure: Procedure, place: Place, at: string, until: string): void {
  const part = { memberState: place, at }
  made.give({ kind: 'confirm-complete', by: actor('intake', place), ...part })
  assessAll(made, procedure, place, at)
  made.give({ kind: 'estimate-fee', by: actor('intake', place), ...part, items: [] })
  made.give({ kind: 'grant', by: actor('coordinator', place), ...part, terms: permitTerms(place, until) })
}

export function assessAll(made: Desk, procedure: Procedure, place: Place, at: string, met = true): void {
  const kind = made.state().parts[place]?.kind ?? 'data-permit'
  const criteria = procedure.rules.criteria[kind].map(({ code }) => ({ code, met, reason: 'Read and weighed.' }))
  made.give({ kind: 'assess', by: actor('assessor', place), memberState: place, at, criteria })
}
