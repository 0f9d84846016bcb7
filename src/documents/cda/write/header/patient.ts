/** Patient → recordTarget (CDA R2 §4.2.2.11), with guardians; other contacts are participants (contacts.ts). */
import type { Patient, PatientContact, Resource } from 'fhir/r4'
import { BIRTH_PLACE_EXTENSION, BIRTH_TIME_EXTENSION, ROLE_CLASS } from '../../tables/urls.ts'
import { code } from '../datatypes/code.ts'
import { truth } from '../datatypes/count.ts'
import { address, contactOf, ids, personName } from '../datatypes/identity.ts'
import { extensionValue, nullFlavorIn } from '../datatypes/nulls.ts'
import { time } from '../datatypes/time.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, type Piece } from '../element.ts'
import { organization } from '../people.ts'
import { type Source, sourceOf } from '../source.ts'
import { isA, resolve, type Writing } from '../writing.ts'

const GENDER = 'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender'
const GENDERS: Readonly<Record<string, readonly [string, string]>> = {
  male: ['M', 'Male'],
  female: ['F', 'Female'],
  other: ['UN', 'Undifferentiated'],
}

export function recordTarget(patient: Patient, writing: Writing, folded: Resource[]): Piece {
  const source = sourceOf(patient)
  const provider = resolve(patient.managingOrganization, writing, patient)
  folded.push(patient)
  const role = assemble('PatientRole', 'patientRole', {}, [
    ...ids(patient.identifier, writing),
    ...contactOf(patient),
    personOf(patient, source, writing, folded),
    isA(provider, 'Organization')
      ? organization('Organization', 'providerOrganization', provider, writing, folded)
      : undefined,
    ...detailPieces('PatientRole', source.details, writing),
  ])
  return assemble('RecordTarget', 'recordTarget', {}, [role])
}

function personOf(patient: Patient, source: Source, writing: Writing, folded: Resource[]): Piece {
  return assemble('Patient', 'patient', {}, [
    ...(patient.name ?? []).map((name) => personName(name)),
    genderOf(patient, source, writing),
    birthTime(patient),
    code('maritalStatusCode', patient.maritalStatus, writing, { type: 'CE' }),
    ...guardians(patient, source, writing, folded),
    birthplace(patient),
    ...(patient.communication ?? []).flatMap((one) => language(one)),
    ...detailPieces(
      'Patient',
      source.details.filter(({ url }) => url !== 'guardian'),
      writing,
    ),
  ])
}

/** The source's own code with its translations, else the v3 code for FHIR's. */
function genderOf(patient: Patient, source: Source, writing: Writing): Piece {
  const known = GENDERS[patient.gender ?? '']
  const own = known === undefined ? [] : [{ system: GENDER, code: known[0], display: known[1] }]
  const coding = source.others.length > 0 ? [...source.others] : own
  return (
    code('administrativeGenderCode', coding.length === 0 ? undefined : { coding }, writing, { type: 'CE' }) ??
    element('administrativeGenderCode', { nullFlavor: nullFlavorIn(patient._gender) ?? 'UNK' })
  )
}

/** The hour of birth is an extension in FHIR. */
function birthTime(patient: Patient): Piece {
  const hour = extensionValue(patient, BIRTH_TIME_EXTENSION) ?? extensionValue(patient._birthDate, BIRTH_TIME_EXTENSION)
  return (
    time('birthTime', hour?.valueDateTime ?? patient.birthDate, patient._birthDate) ??
    element('birthTime', { nullFlavor: 'UNK' })
  )
}

function birthplace(patient: Patient): Piece | undefined {
  const place = extensionValue(patient, BIRTH_PLACE_EXTENSION)?.valueAddress
  if (place === undefined) return undefined
  return assemble('Birthplace', 'birthplace', {}, [assemble('Place', 'place', {}, [address(place)])])
}

function language({ language: held, preferred }: NonNullable<Patient['communication']>[number]): Piece[] {
  const tag = held.coding?.find(({ code: one }) => one !== undefined && /^\S+$/.test(one))?.code
  if (tag === undefined) return []
  return [
    assemble('LanguageCommunication', 'languageCommunication', {}, [
      element('languageCode', { code: tag }),
      truth('preferenceInd', preferred),
    ]),
  ]
}

/** Whether a contact is a guardian (v3 RoleClass GUARD). */
export function isGuardian({ relationship }: PatientContact): boolean {
  return (
    relationship?.some(({ coding }) =>
      coding?.some(({ system, code: one }) => system === ROLE_CLASS && one === 'GUARD'),
    ) === true
  )
}

function guardians(patient: Patient, source: Source, writing: Writing, folded: Resource[]): Piece[] {
  const all = (patient.contact ?? []).filter(isGuardian)
  const kept = source.details.filter(({ url }) => url === 'guardian')
  const pieces = all.map((contact) => {
    const body = resolve(contact.organization, writing, patient)
    // Details of several guardians cannot be told apart.
    const details = all.length === 1 ? kept.flatMap(({ extension }) => extension ?? []) : []
    const person = assemble('Person', 'guardianPerson', {}, [
      contact.name === undefined ? undefined : personName(contact.name),
      ...detailPieces('Person', details, writing),
    ])
    return assemble('Guardian', 'guardian', { classCode: 'GUARD' }, [
      code(
        'code',
        contact.relationship?.find((one) => !isRoleClass(one)),
        writing,
        { type: 'CE' },
      ),
      ...contactOf({ address: contact.address ? [contact.address] : [], telecom: contact.telecom }),
      isA(body, 'Organization') && contact.name === undefined
        ? organization('Organization', 'guardianOrganization', body, writing, folded)
        : person,
      ...detailPieces('Guardian', details, writing),
    ])
  })
  // A guardian of whom the source says only why there is none.
  return [
    ...pieces,
    ...detailPieces(
      'Patient',
      kept.filter(({ extension }) => extension?.some(({ url }) => url.includes('nullFlavor'))),
      writing,
    ),
  ]
}

/** Whether a relationship only names the class of the role, which an attribute says. */
export function isRoleClass({ coding }: NonNullable<PatientContact['relationship']>[number]): boolean {
  return coding?.some(({ system }) => system === ROLE_CLASS) === true
}
