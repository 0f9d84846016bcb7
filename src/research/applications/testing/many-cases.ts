/** Many cases of one body with whole lives, for reports, lists and the benchmark: the same ones for the same seed. */
import { createHash } from 'node:crypto'
import type { CaseEvent } from '../case/events.ts'
import type { Procedure } from '../procedure.ts'
import type { Answers } from '../rules/application.ts'
import { actor, answersFor, assessAll, desk, HOLDER, type Place, permitTerms } from './example-case.ts'

export interface MadeCase {
  readonly caseId: string
  readonly events: readonly CaseEvent[]
}

/** A UUID from a number. */
export function caseIdOf(index: number): string {
  const hex = createHash('sha256').update(`case ${index}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const APPLICANTS = ['university', 'hospital', 'company', 'public-body', 'natural-person'] as const

/** One in eight is a request, one in seven is refused, one in eleven lapses; the others go to their end, or stop on the way. */
export function makeCase(index: number, procedure: Procedure, place: Place = 'FR'): MadeCase {
  const made = desk(procedure)
  const caseId = caseIdOf(index)
  const begins = Date.parse('2029-04-03T08:00:00Z') + (index % 700) * 86_400_000
  let day = 0
  const at = (days: number): string => {
    day += days
    return new Date(begins + day * 86_400_000).toISOString()
  }
  const kind = index % 8 === 0 ? 'data-request' : 'data-permit'
  const by = actor('applicant')
  const changes: Answers = {
    title: `Study ${index}`,
    applicantIdentifier: `applicant-${index % 400}`,
    applicantKind: APPLICANTS[index % APPLICANTS.length] ?? 'university',
    purposes: [index % 3 === 0 ? 'd' : 'e'],
  }
  made.give({
    kind: 'draft',
    at: at(0),
    by,
    caseId,
    applicationKind: kind,
    answers: answersFor(kind, [place], changes),
  })
  made.give({ kind: 'edit', at: at(1), by, answers: { sources: 'Hospitals' } })
  made.give({ kind: 'submit', at: at(1), by })
  const part = { memberState: place }
  const intake = actor('intake', place)
  made.give({ kind: 'ask-completion', at: at(3), by: intake, ...part, questions: ['Which hospitals?'] })
  if (index % 11 === 0) {
    made.give({ kind: 'lapse', at: at(40), by: actor('system', place), ...part })
    return { caseId, events: made.events }
  }
  made.give({ kind: 'complete', at: at(5), by, ...part, answers: { geography: 'All regions' } })
  made.give({ kind: 'confirm-complete', at: at(2), by: intake, ...part })
  const assessor = actor('assessor', place)
  const questions = [
    'Why these variables?',
    'Why this period?',
    'Who reads it?',
    'Where from?',
    'Which method?',
    'Since when?',
  ]
  for (const question of questions) {
    made.give({ kind: 'ask-question', at: at(2), by: assessor, ...part, question })
    made.give({ kind: 'answer-question', at: at(2), by, ...part, answer: 'As the protocol says.' })
  }
  assessAll(made, procedure, place, at(3))
  made.give({
    kind: 'estimate-fee',
    at: at(1),
    by: intake,
    ...part,
    items: [{ component: 'procedure', cents: 90_000 }],
  })
  made.give({ kind: 'accept-fee', at: at(1), by, ...part })
  const coordinator = actor('coordinator', place)
  if (index % 7 === 0) {
    made.give({ kind: 'refuse', at: at(5), by: coordinator, ...part, justification: 'Not proportionate.' })
    made.give({ kind: 'publish-decision', at: at(5), by: coordinator, ...part, summary: 'Not proportionate.' })
    return { caseId, events: made.events }
  }
  const granted = at(5)
  const until = new Date(Date.parse(granted) + 400 * 86_400_000).toISOString()
  made.give({
    kind: 'grant',
    at: granted,
    by: coordinator,
    ...part,
    terms: { ...permitTerms(place, until), from: granted },
  })
  made.give({ kind: 'publish-decision', at: at(10), by: coordinator, ...part, summary: 'Granted.' })
  if (kind === 'data-request') {
    made.give({ kind: 'respond', at: at(30), by: actor('output-checker', place), ...part, reference: 'tables' })
    return { caseId, events: made.events }
  }
  if (index % 5 === 0) return { caseId, events: made.events }
  const holder = HOLDER[place]
  made.give({ kind: 'ask-holder', at: at(1), by: actor('data-preparer', place), ...part, holder })
  made.give({ kind: 'deliver', at: at(40), by: actor('data-holder', place), ...part, holder, release: 'r1' })
  made.give({ kind: 'make-available', at: at(20), by: actor('data-preparer', place), ...part, environment: 'spe' })
  made.give({ kind: 'publish-results', at: at(200), by, ...part, reference: 'doi', product: index % 9 === 0 })
  made.give({ kind: 'end', at: at(200), by: actor('system', place), ...part, why: 'expired', reasons: 'End.' })
  made.give({ kind: 'delete-data', at: at(20), by: actor('data-preparer', place), ...part })
  return { caseId, events: made.events }
}
