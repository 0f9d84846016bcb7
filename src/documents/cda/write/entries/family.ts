/** FamilyMemberHistory → statements with a relative as subject (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.15). */
import type { Extension, FamilyMemberHistory, FamilyMemberHistoryCondition } from 'fhir/r4'
import { code } from '../datatypes/code.ts'
import { ids } from '../datatypes/identity.ts'
import { time, timeAttributes } from '../datatypes/time.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import { text } from '../people.ts'
import { type Source, sourceOf } from '../source.ts'
import { isDenied, link, type Statement } from '../statement.ts'
import type { Place, Writing } from '../writing.ts'

const GENDER = 'http://hl7.org/fhir/administrative-gender'
const SEXES: Readonly<Record<string, string>> = { male: 'M', female: 'F', other: 'UN' }
const DIAGNOSIS = { coding: [{ system: 'http://snomed.info/sct', code: '282291009', display: 'Diagnosis' }] }

export function writeFamilyHistory(history: FamilyMemberHistory, writing: Writing, _place: Place): Statement {
  const source = sourceOf(history)
  const single = source.element === 'observation' && history.condition?.length === 1
  const className = single ? 'Observation' : 'Organizer'
  const [only] = history.condition ?? []
  const code_ = source.details.find(({ url }) => url === 'code')?.valueCodeableConcept
  return {
    className,
    attributes: { negationInd: single && isDenied(source.details) ? 'true' : undefined },
    expressed: ['sex'],
    pieces: [
      ...templateIds(single ? '1.3.6.1.4.1.19376.1.5.3.1.4.13.3' : '1.3.6.1.4.1.19376.1.5.3.1.4.15'),
      ...ids(history.identifier, writing),
      single ? code('code', code_ ?? DIAGNOSIS, writing) : code('code', code_, writing),
      element('statusCode', { code: source.statuses.at(-1) ?? 'completed' }),
      single
        ? (onset(only) ?? time('effectiveTime', history.date, history._date))
        : time('effectiveTime', history.date, history._date),
      single ? code('value', only?.code, writing, { xsiType: 'CD' }) : undefined,
      subject(history, source, writing),
      ...(single
        ? []
        : (history.condition ?? []).map((condition) => link(className, 'COMP', conditionOf(condition, writing)))),
    ],
  }
}

function onset(condition: FamilyMemberHistoryCondition | undefined): Piece | undefined {
  const attributes = timeAttributes(condition?.onsetString, undefined)
  return attributes.value === undefined ? undefined : element('effectiveTime', {}, [element('low', attributes)])
}

function conditionOf(condition: FamilyMemberHistoryCondition, writing: Writing): Piece {
  return assemble('Observation', 'observation', {}, [
    ...templateIds('1.3.6.1.4.1.19376.1.5.3.1.4.13.3', '1.3.6.1.4.1.19376.1.5.3.1.4.13'),
    code('code', DIAGNOSIS, writing),
    element('statusCode', { code: 'completed' }),
    onset(condition),
    code('value', condition.code, writing, { xsiType: 'CD' }),
  ])
}

/** Who it is about: relationship, name, sex and birth of the relative. */
function subject(history: FamilyMemberHistory, source: Source, writing: Writing): Piece {
  const details: readonly Extension[] = source.details.flatMap(({ url, extension }) =>
    url === 'relative' ? (extension ?? []) : [],
  )
  const person = assemble('SubjectPerson', 'subject', {}, [
    text('name', details.some(({ url }) => url === 'name') ? undefined : history.name),
    ...detailPieces('SubjectPerson', details, writing),
    sexOf(history, writing),
    time('birthTime', history.bornDate, history._bornDate),
  ])
  return assemble('Subject', 'subject', {}, [
    assemble('RelatedSubject', 'relatedSubject', { classCode: 'PRS' }, [
      code('code', history.relationship, writing, { type: 'CE' }),
      ...detailPieces('RelatedSubject', details, writing),
      person,
    ]),
  ])
}

function sexOf({ sex }: FamilyMemberHistory, writing: Writing): Piece | undefined {
  if (sex === undefined) return undefined
  const own = (sex.coding ?? []).filter(({ system }) => system !== GENDER)
  const known = SEXES[sex.coding?.find(({ system }) => system === GENDER)?.code ?? '']
  const v3 = { system: 'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender', code: known ?? 'UN' }
  return code(
    'administrativeGenderCode',
    own.length > 0 ? { ...sex, coding: own } : { ...sex, coding: [v3] },
    writing,
    {
      type: 'CE',
    },
  )
}
