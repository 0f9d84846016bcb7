/** One ExtrinsicObject: the metadata of one document (IHE ITI TF-3 4.2.3.2, as eHDSI's XCA profile fills it). */
import { attribute } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { CLASS_CODE_SYSTEM, documentClass, documentFormat } from '../document-classes.ts'
import type { DocumentMetadata, IheProfile } from '../exchange.ts'
import { readEvents, writeEvents } from './event-codes.ts'
import { readCx, readTime, readXcn, writeCx, writeTime, writeXcn } from './hl7-v2.ts'
import {
  classifications,
  coded,
  externalIdentifier,
  localName,
  named,
  ObjectParts,
  quoted,
  slot,
  slotValue,
  slotValues,
} from './registry-object.ts'
import { APPROVED, CONFIDENTIALITY, COUNTRIES, ENTRY, STABLE_ENTRY } from './schemes.ts'

/** IHE ITI TF-3 4.2.3.2.10: a document that is made when it is asked for has size 0 and the hash of nothing. */
export const HASH_OF_NOTHING = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'

/** The metadata; undefined when it names no document or no patient. What it transforms stands in an association. */
export function readDocumentEntry(object: XmlElement): DocumentMetadata | undefined {
  const documentId = externalIdentifier(object, ENTRY.uniqueId)
  const patient = readCx(externalIdentifier(object, ENTRY.patientId) ?? slotValue(object, 'sourcePatientId') ?? '')
  const code = (scheme: string) => coded(classifications(object, scheme)[0])?.code
  const classCode = code(ENTRY.classCode) ?? code(ENTRY.typeCode)
  if (documentId === undefined || patient === undefined || classCode === undefined) return undefined
  const description = localName(object, 'Description')
  const country = code(ENTRY.facility)?.toUpperCase() ?? ''
  return {
    repositoryId: slotValue(object, 'repositoryUniqueId') ?? '',
    documentId,
    homeCommunityId: bareOid(attribute(object, 'home')),
    patient,
    classCode,
    formatCode: code(ENTRY.formatCode) ?? '',
    mimeType: attribute(object, 'mimeType')?.trim() || 'text/xml',
    title: localName(object, 'Name'),
    ...(description === '' ? {} : { description }),
    created: readTime(slotValue(object, 'creationTime') ?? '') ?? '',
    ...readOptionalTime(object),
    language: slotValue(object, 'languageCode') ?? '',
    // Others put kinds of facilities here; eHDSI has the country.
    country: /^[A-Z]{2}$/.test(country) ? country : '',
    confidentiality: code(ENTRY.confidentiality) ?? '',
    authors: readAuthors(object),
    ...readBytes(object),
    ...readEvents(classifications(object, ENTRY.event), classCode),
  }
}

export function bareOid(value: string | undefined): string {
  return (value ?? '').trim().replace(/^urn:oid:/i, '')
}

function readOptionalTime(object: XmlElement): Pick<DocumentMetadata, 'serviceStart'> {
  const serviceStart = readTime(slotValue(object, 'serviceStartTime') ?? '')
  return serviceStart === undefined ? {} : { serviceStart }
}

function readAuthors(object: XmlElement): DocumentMetadata['authors'] {
  return classifications(object, ENTRY.author)
    .map((author) => ({
      person: readXcn(slotValue(author, 'authorPerson') ?? ''),
      specialties: slotValues(author, 'authorSpecialty'),
    }))
    .filter(({ person, specialties }) => person !== '' || specialties.length > 0)
}

function readBytes(object: XmlElement): Pick<DocumentMetadata, 'size' | 'hash'> {
  const size = Number(slotValue(object, 'size') ?? '0')
  const hash = slotValue(object, 'hash')?.toLowerCase()
  return {
    ...(Number.isSafeInteger(size) && size > 0 ? { size } : {}),
    ...(hash !== undefined && /^[0-9a-f]{40}$/.test(hash) && hash !== HASH_OF_NOTHING ? { hash } : {}),
  }
}

export interface WrittenEntry {
  /** Id of the object in the message, `urn:uuid:…`. */
  readonly id: string
  readonly xml: string
}

/**
 * @param newId a new UUID at each call
 * @param more slots that only one transaction has
 */
export function writeDocumentEntry(
  metadata: DocumentMetadata,
  profile: IheProfile,
  newId: () => string,
  more = '',
): WrittenEntry {
  const id = `urn:uuid:${newId()}`
  const home = metadata.homeCommunityId === '' ? '' : ` home="urn:oid:${quoted(metadata.homeCommunityId)}"`
  const names = `${named('Name', metadata.title)}${named('Description', metadata.description)}<VersionInfo versionName="1.1"/>`
  const parts = new ObjectParts(id, newId)
  const identifiers = [
    parts.identifier(ENTRY.patientId, 'XDSDocumentEntry.patientId', writeCx(metadata.patient)),
    parts.identifier(ENTRY.uniqueId, 'XDSDocumentEntry.uniqueId', metadata.documentId),
  ]
  const xml = `<ExtrinsicObject${home} id="${id}" lid="${id}" mimeType="${quoted(metadata.mimeType)}" objectType="${STABLE_ENTRY}" status="${APPROVED}">${writeSlots(metadata)}${more}${names}${writeCodes(metadata, profile, parts)}${identifiers.join('')}</ExtrinsicObject>`
  return { id, xml }
}

function writeSlots(metadata: DocumentMetadata): string {
  const { hash, serviceStart, size } = metadata
  return [
    slot('creationTime', [writeTime(metadata.created)]),
    slot('hash', [hash]),
    slot('languageCode', [metadata.language]),
    slot('repositoryUniqueId', [metadata.repositoryId]),
    slot('serviceStartTime', [serviceStart === undefined ? undefined : writeTime(serviceStart)]),
    slot('size', [size === undefined ? undefined : String(size)]),
    slot('sourcePatientId', [writeCx(metadata.patient)]),
  ].join('')
}

function writeCodes(metadata: DocumentMetadata, profile: IheProfile, parts: ObjectParts): string {
  const { classCode, formatCode, country, confidentiality } = metadata
  const display = documentClass(classCode)?.display ?? metadata.title
  const kind = { code: classCode, scheme: CLASS_CODE_SYSTEM, display }
  const format = documentFormat(formatCode) ?? { code: formatCode, scheme: 'IHE PCC', display: formatCode }
  const one = (scheme: string, code: string, codingScheme: string, name: string) =>
    code === '' ? '' : parts.classification(scheme, { code, scheme: codingScheme, display: name })
  return [
    ...metadata.authors.map(({ person, specialties }) =>
      parts.author(
        ENTRY.author,
        `${slot('authorPerson', [writeXcn(person, profile)])}${slot('authorSpecialty', specialties)}`,
      ),
    ),
    parts.classification(ENTRY.classCode, kind),
    one(ENTRY.confidentiality, confidentiality, CONFIDENTIALITY, CONFIDENTIALITIES[confidentiality] ?? confidentiality),
    ...writeEvents(metadata).map((event) => parts.classification(ENTRY.event, event)),
    formatCode === '' ? '' : parts.classification(ENTRY.formatCode, format),
    one(ENTRY.facility, country, COUNTRIES, countryName(country)),
    one(ENTRY.practiceSetting, 'Not Used', 'eHDSI Practice Setting Codes-Not Used', 'Not Used'),
    parts.classification(ENTRY.typeCode, kind),
  ].join('')
}

/** HL7 Confidentiality. */
const CONFIDENTIALITIES: Readonly<Record<string, string>> = { N: 'Normal', R: 'Restricted', V: 'Very Restricted' }

const COUNTRY_NAMES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' })

function countryName(country: string): string {
  return /^[A-Z]{2}$/.test(country) ? (COUNTRY_NAMES.of(country) ?? country) : country
}
