/** Each transaction of the answering side: body → question → handler → answer → body. */
import { ok, type Result } from '#platform/result/result.ts'
import type { IheCall, IheHandlers, IheProfile } from './exchange.ts'
import type { SoapMessage } from './soap/message.ts'
import { type Attachments, collectAttachments } from './soap/write-message.ts'
import type { Transaction } from './transactions.ts'
import { readDocumentQuery, refusedQuery } from './xca/query-request.ts'
import { writeQueryResponse } from './xca/query-response.ts'
import { readRetrieveRequest, refusedRetrieve, writeRetrieveResponse } from './xca/retrieve.ts'
import { readPatientDiscovery, refusalBeforeSearch } from './xcpd/discovery-request.ts'
import { writeDiscoveryResponse } from './xcpd/discovery-response.ts'
import { readSubmission, refusedSubmission } from './xdr/submission-request.ts'
import { writeSubmissionResponse } from './xdr/submission-response.ts'

export interface AnsweringNode {
  readonly handlers: IheHandlers
  /** Own, a bare OID. */
  readonly homeCommunityId: string
  newId(): string
  now(): Date
}

export interface AnswerBody {
  /** XML text of the child of the Body. */
  readonly body: string
  readonly attachments?: Attachments
  /** Why no handler was asked: a stable code. */
  readonly refused?: string
}

/**
 * Answers one question. The problem is a body that is not what the transaction has; a question that only cannot be looked
 * into gets the transaction's own answer.
 */
export function answerOf(
  message: SoapMessage,
  call: IheCall,
  profile: IheProfile,
  node: AnsweringNode,
): Promise<Result<AnswerBody>> {
  return ANSWERS[call.transaction](message, call, profile, node)
}

type Answer = typeof answerOf

const ANSWERS: Readonly<Record<Transaction, Answer>> = {
  async 'ITI-55'({ body }, call, profile, node) {
    const read = readPatientDiscovery(body)
    if (!read.ok) return read
    const { question, echo } = read.value
    const { handlers, homeCommunityId } = node
    const refusal = refusalBeforeSearch(question, homeCommunityId)
    const answer = refusal ?? (await handlers.discoverPatients(question, call))
    const { newId, now } = node
    const written = writeDiscoveryResponse(answer, echo, { homeCommunityId, profile, newId, now })
    return ok({ body: written, ...(refusal ? { refused: `discovery-${refusal.reason ?? 'refused'}` } : {}) })
  },
  async 'ITI-38'({ body }, call, profile, { handlers, newId }) {
    const question = readDocumentQuery(body)
    if (!question.ok && question.problem.code === 'query-malformed') return question
    const answer = question.ok ? await handlers.queryDocuments(question.value, call) : refusedQuery(question.problem)
    return ok({ body: writeQueryResponse(answer, profile, newId), ...refusedWith(question) })
  },
  async 'ITI-39'({ body }, call, profile, { handlers, newId }) {
    const requests = readRetrieveRequest(body)
    if (!requests.ok && requests.problem.code === 'retrieve-malformed') return requests
    const answer = requests.ok
      ? await handlers.retrieveDocuments(requests.value, call)
      : refusedRetrieve(requests.problem)
    // IHE ITI TF-2 3.39.4.2: documents travel as MTOM/XOP.
    const attachments = collectAttachments(newId)
    const written = writeRetrieveResponse(answer, profile, attachments.attach)
    return ok({ body: written, attachments, ...refusedWith(requests) })
  },
  async 'ITI-41'({ body, content }, call, profile, { handlers }) {
    const submission = readSubmission(body, content)
    if (!submission.ok && submission.problem.code === 'submission-malformed') return submission
    const answer = submission.ok
      ? await handlers.submitDocument(submission.value, call)
      : refusedSubmission(submission.problem)
    return ok({ body: writeSubmissionResponse(answer, profile), ...refusedWith(submission) })
  },
}

function refusedWith(read: Result<unknown>): Pick<AnswerBody, 'refused'> {
  return read.ok ? {} : { refused: read.problem.code }
}
