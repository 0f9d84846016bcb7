/**
 * Entries of an XCA query → documents as a professional sees them: level 3 and level 1 of one document are two forms of it
 * (XFRM association), the same as over FHIR.
 */
import { groupOf, type Rendition, renditionOf } from '#wire/ihe/document-classes.ts'
import type { DocumentMetadata } from '#wire/ihe/exchange.ts'
import type { Form, ListedDocument, ListedForm } from '../../border/border-service.ts'

export function listedDocuments(entries: readonly DocumentMetadata[]): readonly ListedDocument[] {
  const structured = entries.filter((entry) => formOf(entry) === 'structured')
  const taken = new Set<DocumentMetadata>()
  const documents = structured.map((main) => {
    const originals = entries.filter(
      (other) => formOf(other) !== 'structured' && !taken.has(other) && belongTogether(main, other),
    )
    for (const one of originals) taken.add(one)
    return listedDocument(main, [main, ...originals])
  })
  const alone = entries.filter((entry) => formOf(entry) !== 'structured' && !taken.has(entry))
  return [...documents, ...alone.map((entry) => listedDocument(entry, [entry]))]
}

function belongTogether(left: DocumentMetadata, right: DocumentMetadata): boolean {
  return left.transforms === right.documentId || right.transforms === left.documentId
}

/** By the format code; by the media type where a country has a format code of its own. */
function renditionIn({ formatCode, mimeType }: DocumentMetadata): Rendition {
  return renditionOf(formatCode) ?? BY_MEDIA_TYPE[mimeType] ?? 'structured'
}

const BY_MEDIA_TYPE: Readonly<Record<string, Rendition>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpeg',
}
const MEDIA_TYPES: Readonly<Partial<Record<Rendition, string>>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpeg: 'image/jpeg',
}

function formOf(entry: DocumentMetadata): Form {
  const rendition = renditionIn(entry)
  return rendition === 'png' || rendition === 'jpeg' ? 'image' : rendition
}

function listedDocument(main: DocumentMetadata, entries: readonly DocumentMetadata[]): ListedDocument {
  const { documentId, repositoryId, title, description, serviceStart, reasonOfHospitalisation } = main
  const specialty = main.authors.flatMap(({ specialties }) => specialties)[0]
  return {
    id: formId(main),
    name: `urn:oid:${repositoryId}|${documentId}`,
    classCode: main.classCode,
    title,
    created: main.created,
    author: main.authors
      .map(({ person }) => person)
      .filter(Boolean)
      .join(', '),
    ...(specialty === undefined ? {} : { authorSpecialty: specialty }),
    language: main.language,
    confidentiality: main.confidentiality,
    forms: entries.map(listedForm),
    ...(description === undefined ? {} : { description }),
    ...(serviceStart === undefined ? {} : { serviceStart }),
    ...(reasonOfHospitalisation ? { reasonOfHospitalisation } : {}),
    ...(groupOf(main.classCode) === 'EP' ? { prescription: prescriptionOf(main) } : {}),
  }
}

function listedForm(entry: DocumentMetadata): ListedForm {
  const { mimeType, size, hash } = entry
  return {
    form: formOf(entry),
    id: formId(entry),
    // Originals travel inside CDA; what is inside, the format code says.
    mediaType: MEDIA_TYPES[renditionIn(entry)] ?? mimeType,
    ...(size === undefined ? {} : { size }),
    ...(hash === undefined ? {} : { hash }),
  }
}

/** What a form is asked for with: the repository must be told as well. */
function formId({ repositoryId, documentId }: DocumentMetadata): string {
  return `${repositoryId}|${documentId}`
}

/** The prescription is named by its document (eHDSI eD: `inFulfillmentOf/order/id`). A list that does not say open means closed. */
function prescriptionOf({ documentId, prescription, description }: DocumentMetadata): ListedDocument['prescription'] {
  const caret = documentId.indexOf('^')
  const prescriptionId =
    caret < 0
      ? `urn:ietf:rfc:3986|urn:oid:${documentId}`
      : `urn:oid:${documentId.slice(0, caret)}|${documentId.slice(caret + 1)}`
  return {
    ...(prescription ?? { dispensable: false }),
    prescriptionId,
    ...(description === undefined ? {} : { product: description }),
  }
}
