/**
 * Asking side of the IHE wire: one client for each country asked. Answers are bounded and parsed strictly; failures are
 * values that tell apart what the caller must tell apart, above all whether a submission may have arrived.
 */
import { randomUUID } from 'node:crypto'
import type { PeerFetch, PeerProblemCode, PeerResponse } from '#platform/http/peer-fetch.ts'
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { IheEndpoints } from '../discovery/directory.ts'
import type {
  ExchangedMessages,
  IheClient,
  IheProblemCode,
  IheReply,
  OutgoingAssertions,
  RetrieveAnswer,
} from './exchange.ts'
import type { ContentOf } from './soap/attachments.ts'
import { readFault } from './soap/fault.ts'
import { readMessage, type SoapMessage } from './soap/message.ts'
import { type Attachments, collectAttachments, digestOf, writeMessage } from './soap/write-message.ts'
import { TRANSACTIONS, type Transaction } from './transactions.ts'
import { writeDocumentQuery } from './xca/query-request.ts'
import { readQueryResponse } from './xca/query-response.ts'
import { readRetrieveResponse, writeRetrieveRequest } from './xca/retrieve.ts'
import { writePatientDiscovery } from './xcpd/discovery-request.ts'
import { readDiscoveryResponse } from './xcpd/discovery-response.ts'
import { readSubmissionResponse } from './xdr/submission-response.ts'
import { writeSubmission } from './xdr/write-submission.ts'

export interface IheClientOptions {
  readonly fetch: PeerFetch
  /** The peer's services and profile. */
  readonly endpoints: IheEndpoints
  /** Hex SHA-256 of its TLS certificates on the trust list. */
  readonly fingerprints: readonly string[]
  readonly timeoutMs?: number
  /** Bytes of one document; default 64 MiB. */
  readonly maxDocumentBytes?: number
  readonly newId?: () => string
  readonly clock?: () => Date
}

interface Question<T> {
  readonly transaction: Transaction
  readonly url: string
  readonly body: string
  readonly attachments?: Attachments
  readonly assertions: OutgoingAssertions
  readonly maxBytes: number
  readonly read: (body: XmlElement, content: ContentOf) => Result<T, string>
}

const SMALL_ANSWER = 8 * 1024 * 1024
const MOST_DOCUMENT_BYTES = 64 * 1024 * 1024

/** A client for the country whose services are at `endpoints`. */
export function iheClient(options: IheClientOptions): IheClient {
  const { endpoints, newId = randomUUID, clock = () => new Date(), maxDocumentBytes = MOST_DOCUMENT_BYTES } = options
  const { profile } = endpoints
  const origin = { newId, now: clock }
  return {
    discoverPatients: async (question, assertions) =>
      exchange(options, newId, {
        transaction: 'ITI-55',
        url: endpoints.patientDiscovery,
        body: writePatientDiscovery(question, profile, origin),
        assertions: { ...assertions, trc: undefined },
        maxBytes: SMALL_ANSWER,
        read: readDiscoveryResponse,
      }),
    queryDocuments: async (question, assertions) =>
      exchange(options, newId, {
        transaction: 'ITI-38',
        url: endpoints.query,
        body: writeDocumentQuery(question, profile),
        assertions,
        maxBytes: SMALL_ANSWER,
        read: readQueryResponse,
      }),
    retrieveDocument: async (request, assertions) => {
      const reply = await exchange(options, newId, {
        transaction: 'ITI-39',
        url: endpoints.retrieve,
        body: writeRetrieveRequest([request]),
        assertions,
        // The same document as base64 is a third longer.
        maxBytes: Math.ceil((maxDocumentBytes * 4) / 3) + SMALL_ANSWER,
        read: (body, content) => onlyAsked(readRetrieveResponse(body, content), request.documentId),
      })
      return withinSize(reply, maxDocumentBytes)
    },
    submitDocument: async (submission, assertions) => {
      const attachments = collectAttachments(newId)
      return exchange(options, newId, {
        transaction: 'ITI-41',
        url: endpoints.submission,
        body: writeSubmission(submission, profile, attachments.attach, newId),
        attachments,
        assertions,
        maxBytes: SMALL_ANSWER,
        read: readSubmissionResponse,
      })
    },
  }
}

/** A document that was not asked for may be another patient's. */
function onlyAsked(answer: Result<RetrieveAnswer, string>, documentId: string): Result<RetrieveAnswer, string> {
  if (!answer.ok || answer.value.documents.every((document) => document.documentId === documentId)) return answer
  return failed('retrieve-other-document', 'The answer holds a document that was not asked for.', ASK_OPERATOR)
}

function withinSize(reply: IheReply<RetrieveAnswer>, most: number): IheReply<RetrieveAnswer> {
  if (!reply.ok || reply.value.documents.every(({ bytes }) => bytes.length <= most)) return reply
  const sentence = `The document of the other country is larger than the ${most} bytes that are taken here.`
  return { ...failed('peer-too-large', sentence, ASK_OPERATOR), messages: reply.messages }
}

const ASK_OPERATOR = 'Tell the operator of that national contact point.'

async function exchange<T>(
  options: IheClientOptions,
  newId: () => string,
  question: Question<T>,
): Promise<IheReply<T>> {
  const { transaction, url, body, attachments } = question
  const messageId = `urn:uuid:${newId()}`
  const { requestAction: action } = TRANSACTIONS[transaction]
  const request = writeMessage(
    {
      addressing: { action, messageId, to: url },
      assertions: inOrder(question.assertions),
      body,
      ...(attachments === undefined ? {} : { attachments }),
    },
    newId,
  )
  const sent: ExchangedMessages = { messageId, requestEnvelope: request.text, requestDigest: request.digest }
  const reply = await options.fetch.fetch({
    url,
    method: 'POST',
    headers: { 'content-type': request.contentType, accept: 'application/soap+xml, multipart/related' },
    body: request.body,
    pinnedFingerprints: options.fingerprints,
    maxBytes: question.maxBytes,
    // What only reads may be asked again when a kept connection turns out to be closed.
    repeatable: transaction !== 'ITI-41',
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  })
  if (!reply.ok) {
    const code = transaction === 'ITI-41' ? SUBMISSION_CODES[reply.problem.code] : PEER_CODES[reply.problem.code]
    return { ...failed(code, reply.problem.sentence, nextStep(code, reply.problem.next)), messages: sent }
  }
  return answerOf(question, reply.value, sent)
}

/** Order on the wire: next of kin, HCP, TRC. */
function inOrder({ nextOfKin, hcp, trc }: OutgoingAssertions): string[] {
  return [nextOfKin, hcp, trc].filter((assertion) => assertion !== undefined)
}

const PEER_CODES: Readonly<Record<PeerProblemCode, IheProblemCode>> = {
  'connection-refused': 'peer-unreachable',
  'connection-lost': 'peer-unreachable',
  timeout: 'peer-timeout',
  'tls-untrusted': 'peer-untrusted',
  'too-large': 'peer-too-large',
}

/** Once a submission may have arrived, nobody but country A knows what became of it. */
const SUBMISSION_CODES: Readonly<Record<PeerProblemCode, IheProblemCode>> = {
  ...PEER_CODES,
  'connection-lost': 'peer-outcome-unknown',
  timeout: 'peer-outcome-unknown',
  'too-large': 'peer-outcome-unknown',
}

const SEND_AGAIN = 'Send the same submission again until its answer is known.'

function nextStep(code: IheProblemCode, next: string): string {
  return code === 'peer-outcome-unknown' ? SEND_AGAIN : next
}

function answerOf<T>(question: Question<T>, response: PeerResponse, sent: ExchangedMessages): IheReply<T> {
  const message = readMessage(response.headers.get('content-type') ?? '', response.body)
  const responseDigest = digestOf(response.body)
  if (!message.ok)
    return { ...unreadable(question, response, message.problem.sentence), messages: { ...sent, responseDigest } }
  const messages = { ...sent, responseEnvelope: message.value.text, responseDigest }
  return { ...contentOfAnswer(question, response, message.value, sent.messageId), messages }
}

function contentOfAnswer<T>(
  question: Question<T>,
  response: PeerResponse,
  message: SoapMessage,
  messageId: string,
): Result<T, IheProblemCode> {
  const { action, addressing, body, content } = message
  // WS-Addressing 1.0 Core §3.4: an answer names the request that it is the answer to.
  if (addressing.relatesTo !== undefined && addressing.relatesTo !== messageId) {
    return unreadable(question, response, 'It belongs to another question.')
  }
  const fault = readFault(body)
  if (fault !== undefined) {
    const said = fault.reason === '' ? 'The other country refuses the request and does not say why.' : fault.reason
    return failed('peer-fault', said, ASK_OPERATOR)
  }
  if (response.status !== 200) return unreadable(question, response, `It has the HTTP status ${response.status}.`)
  if (action !== undefined && action !== TRANSACTIONS[question.transaction].responseAction) {
    return unreadable(question, response, 'It is the answer to something else.')
  }
  const read = question.read(body, content)
  return read.ok ? ok(read.value) : unreadable(question, response, read.problem.sentence)
}

/**
 * A submission may have been kept by a country whose answer cannot be read. Not when HTTP itself refused it: then no
 * service saw it.
 */
function unreadable<T>(question: Question<T>, { status }: PeerResponse, why: string): Failed<IheProblemCode> {
  const unknown = question.transaction === 'ITI-41' && !(status >= 400 && status < 500)
  const code = unknown ? 'peer-outcome-unknown' : 'peer-malformed'
  return failed(
    code,
    `The answer of the other country (HTTP ${status}) cannot be read. ${why}`,
    nextStep(code, ASK_OPERATOR),
  )
}
