/** Lists and retrieves the documents of a patient in another country. */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { PATIENT_SUMMARY } from '#documents/model/clinical-document.ts'
import { ok, type Result } from '#platform/result/result.ts'
import { documentQuery } from '#wire/fhir/ncpeh-client.ts'
import type { RemoteContent, RemoteDocument } from '#wire/fhir/remote-resources.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import { type Answered, ask, type Line } from './asking.ts'
import type { CountryBOptions, DocumentEntry, RetrievedDocument } from './country-b.ts'
import { careFailure, peerFailure } from './failures.ts'
import type { ListedDocuments } from './listed-documents.ts'
import { pdfDocument } from './pdf-document.ts'
import { isAbout } from './same-patient.ts'

/** The NCPeH API asks for a lower bound on the date; this one leaves nothing out. */
const FROM_THE_BEGINNING = '1900-01-01'

export async function listDocuments(
  options: CountryBOptions,
  listed: ListedDocuments,
  context: CareContext,
): Promise<Result<readonly DocumentEntry[], CareProblemCode>> {
  const found = await listRemote(options, listed, context)
  return found.ok ? ok(found.value.map(entryOf)) : found
}

async function listRemote(
  options: CountryBOptions,
  listed: ListedDocuments,
  context: CareContext,
): Promise<Result<readonly RemoteDocument[], CareProblemCode>> {
  const { country, patient } = context
  const question = { patient, type: PATIENT_SUMMARY, since: FROM_THE_BEGINNING }
  return ask(
    options,
    { ...common(context), step: 'list', asked: documentQuery(question), scopes: ['user/DocumentReference.search'] },
    async ({ client, token }): Promise<Answered<readonly RemoteDocument[]>> => {
      const found = await client.searchDocuments(question, token)
      if (!found.ok) return { result: peerFailure(found, country, 'list', options.log) }
      if (found.value.length === 0) return { result: careFailure('ERROR_PS_NOT_FOUND', country) }
      listed.remember(context, found.value)
      return { result: ok(found.value), documents: found.value.map(nameOf) }
    },
  )
}

function common(context: CareContext) {
  const { professional, country, patient, purpose } = context
  return { service: 'patient-summary' as const, professional, country, patient, purpose, context }
}

/** How the document is named in the ledger: as country A names it. */
function nameOf({ masterIdentifier, id }: RemoteDocument): string {
  return masterIdentifier ?? id
}

export async function retrieveDocument(
  options: CountryBOptions,
  listed: ListedDocuments,
  context: CareContext,
  documentId: string,
): Promise<Result<RetrievedDocument, CareProblemCode>> {
  let remote = listed.recall(context, documentId)
  if (!remote) {
    // Another replica may have listed; the list is then asked for again.
    const again = await listRemote(options, listed, context)
    if (!again.ok) return again
    remote = again.value.find(({ id }) => id === documentId)
  }
  if (!remote) return careFailure('ERROR_GENERIC_DOCUMENT_MISSING', context.country)
  const document = remote
  return ask(
    options,
    {
      ...common(context),
      step: 'retrieve',
      asked: nameOf(document),
      scopes: ['user/Bundle.read', 'user/Binary.read'],
    },
    async (line) => ({ result: await fetchAll(options, context, document, line) }),
  )
}

/** The structured document and the original PDF. Without the PDF the summary is still shown; never the other way round. */
async function fetchAll(
  options: CountryBOptions,
  context: CareContext,
  remote: RemoteDocument,
  line: Line,
): Promise<Result<RetrievedDocument, CareProblemCode>> {
  const { country } = context
  const { client, token } = line
  const main = byKind(remote, 'structured') ?? byKind(remote, 'source')
  const original = byKind(remote, 'pdf')
  if (!main) return fetchPdfOnly(options, context, remote, original, line)
  const [fetched, pdf] = await Promise.all([client.read(main, token), original && client.read(original, token)])
  if (!fetched.ok) return peerFailure(fetched, country, 'retrieve', options.log)
  if (pdf && !pdf.ok) options.log.warn('original-not-fetched', { country, code: pdf.problem.code })
  const read = await options.readDocument(fetched.value.bytes)
  if (!read.ok) {
    options.log.warn('document-not-read', { country, code: read.problem.code })
    return careFailure('ERROR_GENERIC', country)
  }
  if (!isAbout(read.value, [context.patient, ...remote.patients])) {
    options.log.error('document-of-another-patient', { country })
    return careFailure('ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED', country)
  }
  return ok({ entry: entryOf(remote), document: read.value, ...(pdf?.ok ? { pdf: pdf.value.bytes } : {}) })
}

/** A document that exists as PDF only is shown as that. */
async function fetchPdfOnly(
  options: CountryBOptions,
  context: CareContext,
  remote: RemoteDocument,
  original: RemoteContent | undefined,
  { client, token }: Line,
): Promise<Result<RetrievedDocument, CareProblemCode>> {
  if (!original) return careFailure('ERROR_GENERIC_DOCUMENT_MISSING', context.country)
  const fetched = await client.read(original, token)
  if (!fetched.ok) return peerFailure(fetched, context.country, 'retrieve', options.log)
  return ok({ entry: entryOf(remote), document: pdfDocument(remote, context), pdf: fetched.value.bytes })
}

function byKind(remote: RemoteDocument, kind: DocumentEntry['renditions'][number]['kind']): RemoteContent | undefined {
  return remote.contents.find(({ contentType }) => kindOf(contentType) === kind)
}

const XML = ['text/xml', 'application/xml', 'application/hl7-cda+xml', 'application/hl7-sda+xml']

function kindOf(contentType: string): DocumentEntry['renditions'][number]['kind'] | undefined {
  if (contentType === 'application/fhir+json') return 'structured'
  if (contentType === 'application/pdf') return 'pdf'
  return XML.includes(contentType) ? 'source' : undefined
}

function entryOf(remote: RemoteDocument): DocumentEntry {
  const { id, type, title, date, author, contents } = remote
  const language = contents.find((content) => content.language !== undefined)?.language
  return {
    id,
    type,
    title,
    date,
    author,
    ...(language === undefined ? {} : { language }),
    renditions: contents.flatMap(({ contentType, url }) => {
      const kind = kindOf(contentType)
      return kind ? [{ contentType, url: url ?? '', kind }] : []
    }),
  }
}

/** The reading of retrieved bytes, as the composition root gives it. */
export type ReadDocument = (bytes: Uint8Array) => Result<ClinicalDocument> | Promise<Result<ClinicalDocument>>
