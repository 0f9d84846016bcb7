/** A document is shown only for the patient it is about, whatever the other country says in its list. */
import type { Composition, Patient, Resource } from 'fhir/r4'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'

/**
 * True when the document's patient carries one of the expected identifiers (`system|value`). Systems are written in
 * several ways for the same register, so values are compared, without spaces and punctuation.
 */
export function isAbout({ bundle }: ClinicalDocument, expected: readonly string[]): boolean {
  return shareValue(subjectOf(bundle)?.identifier?.map(({ value = '' }) => value) ?? [], expected)
}

/**
 * Under which identifiers a document of this patient may stand. Further ones that the list gives him count when the one that
 * was asked for is among them: a list of somebody else must not vouch for a document of somebody else.
 */
export function identifiersOf(patient: string, listed: readonly string[]): readonly string[] {
  return shareValue(listed.map(valueIn), [patient]) ? [patient, ...listed] : [patient]
}

/** Whether one of these values is that of one of the expected identifiers. */
export function shareValue(values: readonly string[], expected: readonly string[]): boolean {
  const wanted = expected.map((identifier) => comparable(valueIn(identifier)))
  return values.map(comparable).some((value) => value !== '' && wanted.includes(value))
}

/** The patient that the Composition is about; in a document with one patient, that one. */
function subjectOf(bundle: ClinicalDocument['bundle']): Patient | undefined {
  const entries = bundle.entry ?? []
  const composition = entries.map(({ resource }) => resource).find(isComposition)
  const reference = composition?.subject?.reference
  const referred = entries.find(
    ({ fullUrl, resource }) =>
      reference !== undefined &&
      (fullUrl === reference ||
        `${resource?.resourceType}/${resource?.id}` === reference ||
        fullUrl?.endsWith(`/${reference}`)),
  )?.resource
  if (isPatient(referred)) return referred
  const patients = entries.map(({ resource }) => resource).filter(isPatient)
  return patients.length === 1 ? patients[0] : undefined
}

function isPatient(resource: Resource | undefined): resource is Patient {
  return resource?.resourceType === 'Patient'
}

function isComposition(resource: Resource | undefined): resource is Composition {
  return resource?.resourceType === 'Composition'
}

function valueIn(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf('|') + 1)
}

function comparable(value: string): string {
  return value.replace(/[\s.\-/]/g, '').toUpperCase()
}
