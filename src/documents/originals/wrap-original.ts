/** A PDF or picture of a national system → an original clinical document (eHDSI OrCD): CDA level 1 with what is known of it. */
import type { Address, Bundle, BundleEntry, Composition, FhirResource, Patient, PractitionerRole } from 'fhir/r4'
import type { Result } from '#platform/result/result.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { prune } from '../cda/prune.ts'
import { uuidOf } from '../cda/reading.ts'
import { DATA_ABSENT_EXTENSION } from '../cda/tables/urls.ts'
import { type WriteProblemCode, type WrittenCda, writeCda } from '../cda/write/index.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { identifierFrom } from '../pharmacy/parts.ts'
import type { OriginalContent } from './original-content.ts'
import type { OriginalFacts } from './original-facts.ts'

/** What a country knows of an original beside the file. */
export interface OriginalToWrap extends OriginalFacts {
  /** `system|value` or `urn:uuid:…`. */
  readonly id: string
  readonly classCode: string
  readonly title: string
  readonly written: string
  readonly patient: {
    /** `system|value` each, the first being the one that documents are asked with. */
    readonly identifiers: readonly string[]
    readonly family?: string
    readonly given?: readonly string[]
    readonly birthDate?: string
    readonly gender?: Patient['gender']
  }
  /** Who keeps the original; its country is the document's. */
  readonly custodian: { readonly name: string; readonly identifier?: string; readonly country: string }
  readonly confidentiality?: Composition['confidentiality']
}

/** The original in the one model: a header, and a section that is the file. The same input gives the same bytes. */
export function originalDocument(
  original: OriginalToWrap,
  file: Pick<OriginalContent, 'mediaType' | 'bytes'>,
): ClinicalDocument {
  const { id, classCode, title, language, written, custodian } = original
  const urlOf = (name: string): string => `urn:uuid:${uuidOf(`${id}|${name}`)}`
  const type = { coding: [{ system: 'http://loinc.org', code: classCode }] }
  const tag = language === 'und' ? undefined : language
  const authors = original.authors.map((author, at) => authorEntries(author, (name) => urlOf(`${name} ${at}`)))
  const composition: Composition = {
    resourceType: 'Composition',
    language: tag,
    status: 'final',
    type,
    subject: { reference: urlOf('patient') },
    date: written,
    author: authorsOf(authors),
    title,
    confidentiality: original.confidentiality ?? 'N',
    custodian: { reference: urlOf('custodian') },
    event: original.serviceStart === undefined ? [] : [{ period: { start: original.serviceStart } }],
    section: [{ title, code: type, entry: [{ reference: urlOf('file') }] }],
  }
  const attachment = {
    contentType: file.mediaType,
    language: tag,
    title,
    url: urlOf('bytes'),
    size: file.bytes.length,
  }
  const bundle: Bundle = {
    resourceType: 'Bundle',
    ...(tag === undefined ? {} : { language: tag }),
    identifier: identifierFrom(id),
    type: 'document',
    timestamp: written,
    entry: [
      entry(urlOf('composition'), composition),
      entry(urlOf('patient'), patientOf(original.patient)),
      ...authors.flat(),
      entry(urlOf('custodian'), organization(custodian.name, custodian.identifier, { country: custodian.country })),
      entry(urlOf('file'), {
        resourceType: 'DocumentReference',
        identifier: [identifierFrom(id)],
        status: 'current',
        type,
        subject: { reference: urlOf('patient') },
        content: [{ attachment }],
      }),
      entry(urlOf('bytes'), {
        resourceType: 'Binary',
        contentType: file.mediaType,
        data: Buffer.from(file.bytes).toString('base64'),
      }),
    ],
  }
  return {
    bundle,
    kind: 'original-document',
    origin: { format: 'fhir', level: 1, language, country: custodian.country },
    account: { statements: [], notCarried: [] },
  }
}

/** The same as CDA level 1, for countries that exchange CDA. */
export function wrapOriginal(
  original: OriginalToWrap,
  file: Pick<OriginalContent, 'mediaType' | 'bytes'>,
  options: { readonly terminology: Terminology },
): Result<WrittenCda, WriteProblemCode> {
  return writeCda(originalDocument(original, file), options)
}

/** FHIR and CDA want an author: where nobody is named, it is said that nobody is. */
function authorsOf(authors: readonly BundleEntry[][]): Composition['author'] {
  const named = authors.flatMap(([role]) => (role?.fullUrl === undefined ? [] : [{ reference: role.fullUrl }]))
  return named.length > 0 ? named : [{ extension: [{ url: DATA_ABSENT_EXTENSION, valueCode: 'unknown' }] }]
}

function entry(fullUrl: string, resource: FhirResource): BundleEntry {
  return { fullUrl, resource: prune({ ...resource, id: fullUrl.slice('urn:uuid:'.length) }) }
}

function patientOf({ identifiers, family, given = [], birthDate, gender }: OriginalToWrap['patient']): Patient {
  return {
    resourceType: 'Patient',
    identifier: identifiers.map(identifierFrom),
    name: [{ family, given: [...given] }],
    birthDate,
    gender,
  }
}

function organization(name: string, identifier: string | undefined, address?: Address): FhirResource {
  return {
    resourceType: 'Organization',
    identifier: identifier === undefined ? [] : [identifierFrom(identifier)],
    name,
    address: address === undefined ? [] : [address],
  }
}

/** An author as role, person and organisation; the role is the first. */
function authorEntries(
  { name, organisation, specialty }: OriginalFacts['authors'][number],
  urlOf: (name: string) => string,
): BundleEntry[] {
  const role: PractitionerRole = {
    resourceType: 'PractitionerRole',
    practitioner: { reference: urlOf('person') },
    ...(organisation === undefined ? {} : { organization: { reference: urlOf('organisation') } }),
    ...(specialty === undefined ? {} : { code: [{ coding: [specialty] }] }),
  }
  return [
    entry(urlOf('role'), role),
    entry(urlOf('person'), { resourceType: 'Practitioner', name: [{ text: name }] }),
    ...(organisation === undefined ? [] : [entry(urlOf('organisation'), organization(organisation, undefined))]),
  ]
}
