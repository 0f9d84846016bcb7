/** ITI-39: documents are fetched by their ids (IHE ITI TF-2 3.43, 3.39), one or several at a time. */
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { child, children, text } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { readWireCode } from '../../errors/ehdsi-errors.ts'
import type { DocumentRequest, IheError, IheProfile, RetrieveAnswer, RetrievedContent } from '../exchange.ts'
import { bareOid } from '../registry/document-entry.ts'
import { content as escaped } from '../registry/registry-object.ts'
import { type RegistryStatus, readErrors, readStatus, statusUri, writeErrors } from '../registry/registry-response.ts'
import { RS, XDSB } from '../registry/schemes.ts'
import type { Attach, ContentOf } from '../soap/attachments.ts'

export type RetrieveProblemCode =
  /** Not a request at all: a SOAP fault. The other is answered as a request is (`refusedRetrieve`). */
  'retrieve-malformed' | 'retrieve-id-missing'

export function readRetrieveRequest(body: XmlElement): Result<readonly DocumentRequest[], RetrieveProblemCode> {
  const asked = children(body, 'DocumentRequest', XDSB)
  if (body.name !== 'RetrieveDocumentSetRequest' || body.namespace !== XDSB || asked.length === 0) {
    return refused('retrieve-malformed', 'The message is not a RetrieveDocumentSetRequest for a document.')
  }
  const requests = asked.map(readIds)
  if (requests.some(({ documentId }) => documentId === '')) {
    return refused('retrieve-id-missing', 'A document is asked for without its id.')
  }
  return ok(requests)
}

function readIds(element: XmlElement): DocumentRequest {
  const value = (name: string) => text(child(element, name, XDSB)).trim()
  return {
    homeCommunityId: bareOid(value('HomeCommunityId')),
    repositoryId: value('RepositoryUniqueId'),
    documentId: value('DocumentUniqueId'),
  }
}

function refused(code: RetrieveProblemCode, sentence: string): Result<never, RetrieveProblemCode> {
  return failed(code, sentence, 'Send a RetrieveDocumentSetRequest as the eHDSI XCA profile has it.')
}

/** The answer to a request that is not looked into. */
export function refusedRetrieve({ sentence }: Problem<RetrieveProblemCode>): RetrieveAnswer {
  return { documents: [], errors: [{ code: MISSING, severity: 'error', text: sentence }], status: 'failure' }
}

export function writeRetrieveRequest(requests: readonly DocumentRequest[]): string {
  const asked = requests.map((request) => `<DocumentRequest>${writeIds(request)}</DocumentRequest>`)
  return `<RetrieveDocumentSetRequest xmlns="${XDSB}">${asked.join('')}</RetrieveDocumentSetRequest>`
}

function writeIds({ homeCommunityId, repositoryId, documentId }: DocumentRequest): string {
  const home = homeCommunityId === '' ? '' : `<HomeCommunityId>urn:oid:${escaped(homeCommunityId)}</HomeCommunityId>`
  return `${home}<RepositoryUniqueId>${escaped(repositoryId)}</RepositoryUniqueId><DocumentUniqueId>${escaped(documentId)}</DocumentUniqueId>`
}

const MISSING = 'ERROR_GENERIC_DOCUMENT_MISSING'

export function writeRetrieveResponse(answer: RetrieveAnswer, profile: IheProfile, attach: Attach): string {
  const documents = answer.documents.map((document) => {
    const part = /xml/i.test(document.mimeType) ? attach(document.bytes) : attach(document.bytes, document.mimeType)
    return `<DocumentResponse>${writeIds(document)}<mimeType>${escaped(document.mimeType)}</mimeType><Document>${part}</Document></DocumentResponse>`
  })
  const errors = writeErrors(answer.errors.map(asMissing), profile)
  return `<RetrieveDocumentSetResponse xmlns="${XDSB}"><rs:RegistryResponse xmlns:rs="${RS}" status="${statusUri(statusOf(answer, profile))}">${errors}</rs:RegistryResponse>${documents.join('')}</RetrieveDocumentSetResponse>`
}

/** A document that is not there has a code of IHE's own; the code of eHDSI goes into its text. */
function asMissing(error: IheError): IheError {
  if (error.code !== MISSING) return error
  return { ...error, code: 'XDSMissingDocument', text: `${MISSING} : ${error.text}` }
}

/** The reference implementation calls it a partial success that none of the documents is there. */
function statusOf({ documents, errors, status }: RetrieveAnswer, profile: IheProfile): RegistryStatus {
  const nothing = documents.length === 0 && errors.length > 0
  const missing = errors.every(({ code }) => readWireCode(code) === MISSING)
  return profile === 'openncp' && nothing && missing ? 'partial' : status
}

export type RetrieveResponseProblemCode = 'retrieve-response-malformed'

export function readRetrieveResponse(
  body: XmlElement,
  content: ContentOf,
): Result<RetrieveAnswer, RetrieveResponseProblemCode> {
  const registry = child(body, 'RegistryResponse', RS)
  const status = readStatus(registry)
  if (body.name !== 'RetrieveDocumentSetResponse' || body.namespace !== XDSB || status === undefined) {
    return malformed('The answer is not a RetrieveDocumentSetResponse with a status.')
  }
  const documents: RetrievedContent[] = []
  for (const element of children(body, 'DocumentResponse', XDSB)) {
    const document = child(element, 'Document', XDSB)
    const bytes = document === undefined ? undefined : content(document)
    const ids = readIds(element)
    if (ids.documentId === '') return malformed('A document of the answer has no id.')
    if (bytes === undefined || !bytes.ok) return malformed('The content of a document of the answer cannot be had.')
    const mimeType = text(child(element, 'mimeType', XDSB)).trim() || 'text/xml'
    documents.push({ ...ids, mimeType, bytes: bytes.value })
  }
  return ok({ documents, errors: readErrors(registry, status), status })
}

function malformed(sentence: string): Result<never, RetrieveResponseProblemCode> {
  return failed('retrieve-response-malformed', sentence, 'Tell the operator of that national contact point.')
}
