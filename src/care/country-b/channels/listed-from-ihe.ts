/**
 * Entries of an XCA query → documents as a professional sees them: level 3 and level 1 of one document are two forms of it
 * (XFRM association), the same as over FHIR.
 */
import { renditionOf } from '#wire/ihe/document-classes.ts'
import type { DocumentMetadata } from '#wire/ihe/exchange.ts'
import type { Form, ListedDocument, ListedForm } from '../../border/border-service.ts'
import { EPRESCRIPTION } from '../document-classes.ts'

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

/** The format says it (level 1 holds a PDF, original documents a PDF or a picture), else the type; the rest is coded. */
function formOf({ formatCode, mimeType }: DocumentMetadata): Form {
  const rendition = renditionOf(formatCode)
  if (rendition === 'png' || rendition === 'jpeg' || mimeType.startsWith('image/')) return 'image'
  return rendition === 'pdf' || mimeType === 'application/pdf' ? 'pdf' : 'structured'
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
    ...(main.classCode === EPRESCRIPTION ? { prescription: prescriptionOf(main) } : {}),
  }
}

function listedForm(entry: DocumentMetadata): ListedForm {
  const { mimeType, size, hash } = entry
  const form = formOf(entry)
  return {
    form,
    id: formId(entry),
    mediaType: form === 'pdf' ? 'application/pdf' : form === 'image' ? imageType(entry) : mimeType,
    ...(size === undefined ? {} : { size }),
    ...(hash === undefined ? {} : { hash }),
  }
}

function imageType({ formatCode, mimeType }: DocumentMetadata): string {
  const kind = /:(png|jpeg):\d+$/.exec(formatCode)?.[1]
  return kind === undefined ? mimeType : `image/${kind}`
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
