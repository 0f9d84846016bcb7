/** Contacts, general practitioners and others around the patient → header participants (CDA R2 §4.2.2.12). */
import type { Patient, PatientContact, Resource } from 'fhir/r4'
import { PARTICIPATION_TYPE, ROLE_CLASS } from '../../tables/urls.ts'
import { code } from '../datatypes/code.ts'
import { contactOf, personName } from '../datatypes/identity.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import { organization, participation } from '../people.ts'
import { takes } from '../schema/attributes.ts'
import { type Source, sourceOf } from '../source.ts'
import { isA, resolve, type Writing } from '../writing.ts'
import { isGuardian, isRoleClass } from './patient.ts'

/** FHIR contact roles (v2-0131) → v3 role classes. */
const CLASSES: Readonly<Record<string, string>> = { N: 'NOK', C: 'ECON', E: 'ECON', F: 'ECON', I: 'GUARD' }
const CONTACT_TEMPLATE = '1.3.6.1.4.1.19376.1.5.3.1.2.4'

export function participants(patient: Patient, writing: Writing, folded: Resource[]): Piece[] {
  const source = sourceOf(patient)
  const contacts = (patient.contact ?? []).filter((contact) => !isGuardian(contact))
  return [
    ...contacts.map((contact) => contactPiece(contact, contacts.length === 1, patient, source, writing, folded)),
    ...(patient.generalPractitioner ?? []).flatMap((reference) => practitioner(reference.reference, writing, folded)),
    ...source.related.flatMap(({ target, typeCode }) => practitioner(target, writing, folded, typeCode)),
  ]
}

function contactPiece(
  contact: PatientContact,
  only: boolean,
  patient: Patient,
  source: Source,
  writing: Writing,
  folded: Resource[],
): Piece {
  const codings = contact.relationship?.flatMap(({ coding }) => coding ?? []) ?? []
  const stated = codings.find(({ system }) => system === ROLE_CLASS)?.code
  const guessed = codings.map(({ code: one }) => CLASSES[one ?? '']).find((found) => found !== undefined)
  const typeCode = codings.find(({ system }) => system === PARTICIPATION_TYPE)?.code
  const body = resolve(contact.organization, writing, patient)
  const details = only
    ? source.details.flatMap(({ url, extension }) => (url === 'contact' ? (extension ?? []) : []))
    : []
  const person =
    contact.name === undefined && details.length === 0
      ? undefined
      : assemble('Person', 'associatedPerson', {}, [
          contact.name === undefined ? undefined : personName(contact.name),
          ...detailPieces('Person', details, writing),
        ])
  const entity = assemble(
    'AssociatedEntity',
    'associatedEntity',
    { classCode: takes('AssociatedEntity', 'classCode', stated) ? stated : guessed },
    [
      code(
        'code',
        contact.relationship?.find((one) => !isRoleClass(one)),
        writing,
        { type: 'CE' },
      ),
      ...contactOf({ address: contact.address ? [contact.address] : [], telecom: contact.telecom }),
      person,
      isA(body, 'Organization')
        ? organization('Organization', 'scopingOrganization', body, writing, folded)
        : undefined,
      ...detailPieces('AssociatedEntity', details, writing),
    ],
  )
  return assemble('Participant1', 'participant', { typeCode }, [
    ...templateIds(CONTACT_TEMPLATE),
    ...detailPieces('Participant1', details, writing),
    entity,
  ])
}

/** A professional whom the patient prefers, or another who is named in the header. */
function practitioner(reference: string | undefined, writing: Writing, folded: Resource[], type = 'IND'): Piece[] {
  if (reference === undefined) return []
  const known = sourceOf(resolve({ reference }, writing))
  const attributes = known.typeCode === undefined ? { typeCode: type } : {}
  const pieces = known.element === '' ? [element('functionCode', PRIMARY_CARE)] : []
  const options = { role: 'associatedEntity', attributes, pieces }
  const made = participation('Participant1', 'participant', { reference }, writing, folded, options)
  return made === undefined ? [] : [made]
}

const PRIMARY_CARE = { code: 'PCP', codeSystem: '2.16.840.1.113883.5.88', displayName: 'Primary care physician' }
