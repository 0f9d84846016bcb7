/** recordTarget (CDA R2 §4.2.2.11) → Patient, with guardian, contacts and general practitioners. */
import type { Extension, Patient, PatientCommunication, PatientContact } from 'fhir/r4'
import { attribute, child, words } from '#platform/xml/access.ts'
import { codeOf, codings, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { address, addresses, contactPoints, humanNames, identifiers } from '../datatypes/identity.ts'
import { absent, nullFlavorExtension, nullFlavorOf } from '../datatypes/nulls.ts'
import { dateOnly } from '../datatypes/time.ts'
import { each, every, first, type Located } from '../located.ts'
import { addResource, newTrace, type Reading, type Trace } from '../reading.ts'
import { structural } from '../statement.ts'
import { BIRTH_PLACE_EXTENSION, BIRTH_TIME_EXTENSION, EPS, PARTICIPATION_TYPE, ROLE_CLASS } from '../tables/urls.ts'
import { participant, readOrganization } from './people.ts'

const GENDERS: Readonly<Record<string, Patient['gender']>> = {
  M: 'male',
  F: 'female',
  UN: 'other',
  U: 'unknown',
  UNK: 'unknown',
  OTH: 'other',
  '248152002': 'female',
  '248153007': 'male',
}

/** Participants that are people around the patient and not professionals (v3 RoleClass). */
const CONTACT_CLASSES = new Set(['NOK', 'ECON', 'PRS', 'CON', 'AGNT', 'GUAR', 'GUARD', 'CAREGIVER'])

const ROLE_FIELDS = new Set(['id', 'addr', 'telecom', 'patient', 'providerOrganization', 'templateId'])
const PERSON_FIELDS = new Set([
  'name',
  'administrativeGenderCode',
  'birthTime',
  'maritalStatusCode',
  'guardian',
  'birthplace',
  'languageCommunication',
  'templateId',
])

export function readPatient(root: Located, reading: Reading): string {
  const target = first(root, 'recordTarget')
  const role = first(target, 'patientRole')
  const person = first(role, 'patient')
  const trace = newTrace(target?.path ?? `${root.path}/recordTarget`)
  const gender = child(person?.element, 'administrativeGenderCode')
  structural(trace, gender, reading, 'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender')
  const birth = dateOnly(child(person?.element, 'birthTime'))
  const names = humanNames(person?.element)
  const patient: Patient = {
    resourceType: 'Patient',
    meta: { profile: [`${EPS}patient-eu-eps`] },
    extension: birthExtensions(person),
    identifier: patientIdentifiers(role, reading),
    name: names.length > 0 ? names : [{ extension: absent(child(person?.element, 'name')) }],
    telecom: contactPoints(role?.element),
    gender: GENDERS[codeOf(gender) ?? nullFlavorOf(gender) ?? ''],
    _gender:
      gender === undefined || codeOf(gender) !== undefined ? undefined : { extension: nullFlavorExtension(gender) },
    birthDate: birth?.value,
    _birthDate: birth === undefined ? { extension: absent() } : birth.element,
    address: addresses(role?.element),
    maritalStatus: concept(child(person?.element, 'maritalStatusCode'), reading),
    contact: each(person, 'guardian').flatMap((guardian) => readGuardian(guardian, reading, trace) ?? []),
    communication: each(person, 'languageCommunication').flatMap((part) => readLanguage(part, reading, trace) ?? []),
  }
  const provider = first(role, 'providerOrganization')
  if (provider !== undefined) patient.managingOrganization = { reference: readOrganization(provider, reading) }
  for (const part of [...(role ? every(role) : []), ...(person ? every(person) : [])]) {
    if (ROLE_FIELDS.has(part.element.name) || PERSON_FIELDS.has(part.element.name)) continue
    keep(part, reading, trace)
  }
  for (const other of each(root, 'participant')) readParticipant(other, patient, reading, trace)
  for (const second of each(root, 'recordTarget').slice(1)) keep(second, reading, trace)
  return addResource(reading, patient, trace)
}

function patientIdentifiers(role: Located | undefined, reading: Reading): Patient['identifier'] {
  const stated = identifiers(role?.element, reading)
  const absentIds = each(role, 'id').filter(({ element }) => nullFlavorOf(element) !== undefined && stated.length === 0)
  return [...stated, ...absentIds.map(({ element }) => ({ extension: nullFlavorExtension(element) }))]
}

/** Place of birth, and the hour of birth when the source gives one. */
function birthExtensions(person: Located | undefined): Extension[] {
  const place = child(first(person, 'birthplace', 'place')?.element, 'addr')
  const name = words(child(first(person, 'birthplace', 'place')?.element, 'name'))
  const found = place === undefined ? undefined : address(place)
  const where = name === '' ? found : { ...found, text: found?.text === undefined ? name : `${name}, ${found.text}` }
  const stamp = attribute(child(person?.element, 'birthTime'), 'value')
  const moment = stamp !== undefined && stamp.length > 8 ? dateOnly(child(person?.element, 'birthTime')) : undefined
  return [
    ...(where === undefined ? [] : [{ url: BIRTH_PLACE_EXTENSION, valueAddress: where }]),
    ...(moment?.value?.includes('T') ? [{ url: BIRTH_TIME_EXTENSION, valueDateTime: moment.value }] : []),
  ]
}

function readLanguage(at: Located, reading: Reading, trace: Trace): PatientCommunication | undefined {
  const code = child(at.element, 'languageCode')
  const language = codeOf(code)
  for (const part of every(at)) {
    if (!['languageCode', 'preferenceInd', 'templateId'].includes(part.element.name)) {
      const kept = detail(part.element, reading)
      if (kept !== undefined) trace.details.push({ url: 'languageCommunication', extension: [kept] })
    }
  }
  if (code === undefined || language === undefined) return undefined
  const [coding] = codings(code, reading)
  const preferred = attribute(child(at.element, 'preferenceInd'), 'value')
  return {
    language: { coding: [{ system: 'urn:ietf:bcp:47', ...coding, code: language }] },
    ...(preferred === undefined ? {} : { preferred: preferred === 'true' }),
  }
}

const GUARDIAN_FIELDS = new Set(['code', 'addr', 'telecom', 'guardianPerson', 'guardianOrganization', 'templateId'])

function readGuardian(at: Located, reading: Reading, trace: Trace): PatientContact | undefined {
  if (nullFlavorOf(at.element) !== undefined) {
    keep(at, reading, trace)
    return undefined
  }
  const person = first(at, 'guardianPerson')
  const organization = first(at, 'guardianOrganization')
  for (const part of every(at)) if (!GUARDIAN_FIELDS.has(part.element.name)) keepUnder('guardian', part, reading, trace)
  return {
    ...contactOf(at, person, reading, trace, 'guardian'),
    relationship: [
      { coding: [{ system: ROLE_CLASS, code: attribute(at.element, 'classCode') ?? 'GUARD' }] },
      ...[concept(child(at.element, 'code'), reading)].flatMap((code) => code ?? []),
    ],
    ...(organization === undefined ? {} : { organization: { reference: readOrganization(organization, reading) } }),
  }
}

/** Name, addresses and numbers of a contact. R4 has room for one name and one address; further ones are details. */
function contactOf(
  at: Located,
  person: Located | undefined,
  reading: Reading,
  trace: Trace,
  label: string,
): PatientContact {
  const [name, ...names] = humanNames(person?.element)
  const [where, ...places] = addresses(at.element)
  for (const more of names) trace.details.push({ url: label, extension: [{ url: 'name', valueHumanName: more }] })
  for (const more of places) trace.details.push({ url: label, extension: [{ url: 'addr', valueAddress: more }] })
  for (const part of person ? every(person) : []) {
    if (part.element.name !== 'name') keepUnder(label, part, reading, trace)
  }
  return { name, address: where, telecom: contactPoints(at.element) }
}

/** Header participants (CDA R2 §4.2.2.12): next of kin and others to the contacts, preferred professionals to the general practitioners. */
function readParticipant(at: Located, patient: Patient, reading: Reading, trace: Trace): void {
  const entity = first(at, 'associatedEntity')
  const classCode = attribute(entity?.element, 'classCode') ?? ''
  if (entity !== undefined && CONTACT_CLASSES.has(classCode)) {
    const contact = readContact(at, entity, classCode, reading, trace)
    // FHIR pat-1: a contact without name, address, number or organisation is none; what it says is kept beside.
    const reachable = contact.name ?? contact.address ?? contact.organization ?? contact.telecom?.[0]
    if (reachable !== undefined) patient.contact = [...(patient.contact ?? []), contact]
    else
      for (const code of contact.relationship ?? []) trace.details.push({ url: 'contact', valueCodeableConcept: code })
    return
  }
  const reference = participant(at, reading)
  if (reference === undefined) return
  const primary = classCode === 'PROV' || codeOf(child(at.element, 'functionCode')) === 'PCP'
  if (primary) patient.generalPractitioner = [...(patient.generalPractitioner ?? []), { reference }]
  else
    trace.others.push({
      url: 'urn:tessera:related',
      extension: [
        { url: 'type', valueCode: attribute(at.element, 'typeCode') ?? 'PART' },
        { url: 'target', valueReference: { reference } },
      ],
    })
}

const ENTITY_FIELDS = new Set(['code', 'addr', 'telecom', 'associatedPerson', 'scopingOrganization', 'templateId'])

function readContact(at: Located, entity: Located, classCode: string, reading: Reading, trace: Trace): PatientContact {
  const organization = first(entity, 'scopingOrganization')
  const typeCode = attribute(at.element, 'typeCode')
  for (const part of every(entity))
    if (!ENTITY_FIELDS.has(part.element.name)) keepUnder('contact', part, reading, trace)
  for (const part of every(at)) {
    if (!['associatedEntity', 'templateId', 'functionCode'].includes(part.element.name))
      keepUnder('contact', part, reading, trace)
  }
  const codes = [child(entity.element, 'code'), child(at.element, 'functionCode')].flatMap(
    (code) => concept(code, reading) ?? [],
  )
  return {
    ...contactOf(entity, first(entity, 'associatedPerson'), reading, trace, 'contact'),
    relationship: [
      {
        coding: [
          { system: ROLE_CLASS, code: classCode },
          ...(typeCode === undefined ? [] : [{ system: PARTICIPATION_TYPE, code: typeCode }]),
        ],
      },
      ...codes,
    ],
    ...(organization === undefined ? {} : { organization: { reference: readOrganization(organization, reading) } }),
  }
}

function keep(part: Located, reading: Reading, trace: Trace): void {
  const extra = detail(part.element, reading)
  if (extra !== undefined) trace.details.push(extra)
}

function keepUnder(label: string, part: Located, reading: Reading, trace: Trace): void {
  const extra = detail(part.element, reading)
  if (extra !== undefined) trace.details.push({ url: label, extension: [extra] })
}
