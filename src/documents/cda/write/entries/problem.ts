/** Condition → problem observation in a concern act (eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.7 and .15). */
import type { Condition, Resource } from 'fhir/r4'
import { code, isWord } from '../datatypes/code.ts'
import { ids } from '../datatypes/identity.ts'
import { interval, time } from '../datatypes/time.ts'
import { element, type Piece, templateIds } from '../element.ts'
import { sourceOf } from '../source.ts'
import { comment, isDenied, isRefuted, type Statement, statementPeople } from '../statement.ts'
import type { Place, Writing } from '../writing.ts'
import { concern, concernDetails } from './concern.ts'
import { CERTAINTY_SNOMED, CLINICAL_STATUS_SNOMED, statusValue, subordinate } from './subordinate.ts'

const CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical'
const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status'
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/condition-category'
const PROBLEM = { coding: [{ system: 'http://snomed.info/sct', code: '55607006', display: 'Problem' }] }
const ENDED = new Set(['inactive', 'resolved', 'remission'])

export function writeProblem(condition: Condition, writing: Writing, place: Place): Statement {
  const source = sourceOf(condition)
  const folded: Resource[] = []
  const kind = condition.category?.find(({ coding }) => !coding?.some(({ system }) => system === CATEGORY))
  const denied = isRefuted(condition.verificationStatus)
  const over = condition.clinicalStatus?.coding?.some(({ code: status }) => ENDED.has(status ?? '')) === true
  const status = source.statuses[place.depth === 0 ? 1 : 0] ?? 'completed'
  return {
    className: 'Observation',
    attributes: { negationInd: denied || isDenied(source.details) ? 'true' : undefined },
    folded,
    expressed: [
      ...(denied ? ['verificationStatus'] : []),
      ...((condition.category ?? []).every((one) => (one === kind && isCoded(one)) || isListItem(one))
        ? ['category']
        : []),
    ],
    pieces: [
      ...templateIds(
        '1.3.6.1.4.1.12559.11.10.1.3.1.3.7',
        '1.3.6.1.4.1.19376.1.5.3.1.4.5',
        '2.16.840.1.113883.10.20.1.28',
      ),
      ...ids(condition.identifier, writing),
      code('code', kind ?? PROBLEM, writing),
      element('statusCode', { code: status }),
      timeOf(condition),
      code('value', condition.code, writing, { xsiType: 'CD' }),
      ...(condition.bodySite ?? []).flatMap((site) => code('targetSiteCode', site, writing) ?? []),
      ...peopleOf(condition, writing, folded),
      ...nestedOf(condition, denied, writing),
    ],
    ...(place.depth === 0
      ? {
          frame: concern(
            source,
            {
              templates: ['1.3.6.1.4.1.12559.11.10.1.3.1.3.15', '1.3.6.1.4.1.19376.1.5.3.1.4.5.2'],
              status: over ? 'completed' : 'active',
              details: concernDetails(source),
            },
            writing,
          ),
        }
      : {}),
  }
}

/** Whether the code of the observation says the whole of a category. */
function isCoded({ coding = [] }: NonNullable<Condition['category']>[number]): boolean {
  return coding.every(({ code: one }) => one === undefined || isWord(one))
}

function isListItem({ coding }: NonNullable<Condition['category']>[number]): boolean {
  return coding?.length === 1 && coding[0]?.code === 'problem-list-item'
}

function timeOf(condition: Condition): Piece | undefined {
  if (condition.onsetPeriod !== undefined) return interval('effectiveTime', condition.onsetPeriod)
  const low = time('low', condition.onsetDateTime, condition._onsetDateTime)
  const high = time('high', condition.abatementDateTime, condition._abatementDateTime)
  if (low === undefined && high === undefined) return undefined
  return element('effectiveTime', {}, [...(low ? [low] : []), ...(high ? [high] : [])])
}

function peopleOf(condition: Condition, writing: Writing, folded: Resource[]): Piece[] {
  return statementPeople(
    'Observation',
    [
      { reference: condition.recorder, as: 'author', time: condition.recordedDate },
      { reference: condition.asserter, as: 'informant' },
    ],
    writing,
    folded,
  )
}

function nestedOf(condition: Condition, denied: boolean, writing: Writing): (Piece | undefined)[] {
  const source = sourceOf(condition)
  const severity = code('value', condition.severity, writing, { xsiType: 'CD' })
  const clinical = statusValue(condition.clinicalStatus, CLINICAL, CLINICAL_STATUS_SNOMED, writing)
  const certainty = denied
    ? undefined
    : statusValue(condition.verificationStatus, VERIFICATION, CERTAINTY_SNOMED, writing)
  return [
    subordinate('Observation', 'severity', severity, source, writing),
    subordinate('Observation', 'status', clinical, source, writing, {
      templates: ['1.3.6.1.4.1.12559.11.10.1.3.1.3.9'],
    }),
    subordinate('Observation', 'certainty', certainty, source, writing, {
      templates: ['1.3.6.1.4.1.12559.11.10.1.3.1.3.49'],
    }),
    ...(condition.note ?? []).map((note) => comment('Observation', note, writing)),
  ]
}
