/** Asks another country over IHE: XCPD, XCA and XDR, in the name of a professional whom assertions vouch for. */
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { Log } from '#platform/log/log.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import { hasHash } from '#wire/fhir/ncpeh-client.ts'
import { iheClient } from '#wire/ihe/client.ts'
import type {
  Address,
  DiscoveryAnswer,
  ExchangedMessages,
  IheCall,
  OutgoingAssertions,
  PatientDiscovery,
} from '#wire/ihe/exchange.ts'
import type { BorderAnswer, FoundPatient, IdentifyQuestion, RetrieveQuestion } from '../../border/border-service.ts'
import { classOf } from '../document-classes.ts'
import type { Step } from '../failures.ts'
import { shareValue } from '../same-patient.ts'
import type { AssertionDesk, AssertionDeskOptions } from './assertion-desk.ts'
import type { AskingCall, Channel } from './channel.ts'
import { innerFile } from './inner-file.ts'
import { listedDocuments } from './listed-from-ihe.ts'
import { type Asked, iheProblem, iheRefusal, nothingFound, type Refused, refusal } from './peer-refusals.ts'
import type { Route } from './route.ts'
import { xdrSubmission } from './xdr-submission.ts'

export interface IheAsking extends AssertionDeskOptions {
  /** OID of this national contact point, bare. */
  readonly homeCommunityId: string
  /** Mutual TLS with this node's certificate. */
  readonly fetch: PeerFetch
  readonly log: Log
  readonly timeoutMs: number
  readonly maxDocumentBytes?: number
}

export function iheChannel(
  options: IheAsking,
  desk: AssertionDesk,
  participant: Participant,
  route: Extract<Route, { readonly wire: 'ihe' }>,
): Channel {
  const { country } = participant
  const { fetch, timeoutMs, maxDocumentBytes, clock } = options
  const client = iheClient({
    fetch,
    timeoutMs,
    clock,
    endpoints: route.endpoints,
    fingerprints: route.fingerprints,
    ...(maxDocumentBytes === undefined ? {} : { maxDocumentBytes }),
  })
  const asked = (step: Step, service: Asked['service']): Asked => ({ country, step, service, log: options.log })

  /** With the caller's assertions; a role that MyHealth@EU does not know asks nothing. */
  async function withAssertions<T>(
    call: AskingCall,
    patient: string | undefined,
    ask: (assertions: OutgoingAssertions) => Promise<BorderAnswer<T>>,
  ): Promise<BorderAnswer<T>> {
    const assertions = await desk.assertionsFor(call.caller, patient)
    return assertions
      ? ask(assertions)
      : refusal('ERROR_HPI_INSUFFICIENT_INFORMATION', country, 'failed', 'not-assertable')
  }

  return {
    identify: (question, call) =>
      withAssertions(call, undefined, async (assertions) => {
        const sent = discoveryOf(question, options.homeCommunityId, participant.homeCommunityId)
        const reply = await client.discoverPatients(sent, assertions)
        heard(call, 'ITI-55', reply.messages)
        const step = asked('identify', 'patient-identification')
        return reply.ok ? foundPatients(reply.value, step) : iheProblem(reply.problem.code, step)
      }),
    list: (question, call) =>
      withAssertions(call, question.patient, async (assertions) => {
        const { patient, classCodes, maximumSize, createdAfter, createdBefore } = question
        const reply = await client.queryDocuments(
          {
            patient,
            classCodes,
            status: ['urn:oasis:names:tc:ebxml-regrep:StatusType:Approved'],
            ...(maximumSize === undefined ? {} : { maximumSize }),
            ...(createdAfter === undefined ? {} : { createdAfter: instantOf(createdAfter, 'T00:00:00Z') }),
            ...(createdBefore === undefined ? {} : { createdBefore: instantOf(createdBefore, 'T23:59:59Z') }),
          },
          assertions,
        )
        heard(call, 'ITI-38', reply.messages)
        const step = asked('list', question.service)
        if (!reply.ok) return iheProblem(reply.problem.code, step)
        const { documents, errors, status } = reply.value
        if (status === 'failure' && errors.length === 0) return refusal('ERROR_GENERIC', country, 'failed', 'no-reason')
        if (documents.length > 0) return { ok: true, value: listedDocuments(documents), ...warningsOf(errors) }
        const refused = errors.length > 0 ? iheRefusal(errors, step) : undefined
        // "Nothing there" is an answer: Success with a warning for summaries, Failure for prescriptions.
        return refused && refused.refusal.code !== nothingFound(step) ? refused : { ok: true, value: [] }
      }),
    retrieve: (question, call) =>
      withAssertions(call, question.patient, async (assertions) => {
        const step = asked('retrieve', question.service)
        const [repositoryId = '', documentId = ''] = splitId(question.id)
        const request = { homeCommunityId: participant.homeCommunityId, repositoryId, documentId }
        const reply = await client.retrieveDocument(request, assertions)
        heard(call, 'ITI-39', reply.messages)
        if (!reply.ok) return iheProblem(reply.problem.code, step)
        const document = reply.value.documents.find((one) => one.documentId === documentId)
        if (!document) return iheRefusal(reply.value.errors, step)
        return content(question, document.bytes, document.mimeType, step)
      }),
    submit: (submission, call) =>
      withAssertions(call, submission.patient, async (assertions) => {
        const step = asked('submit', 'edispensation')
        const sent = xdrSubmission(submission, call.caller, options.homeCommunityId)
        if (!sent) return refusal('ERROR_ED_INCORRECT_FORMATTING', country, 'failed', 'not-cda')
        const reply = await client.submitDocument(sent, assertions)
        heard(call, 'ITI-41', reply.messages)
        if (!reply.ok) return iheProblem(reply.problem.code, step)
        if (reply.value.status === 'failure') return iheRefusal(reply.value.errors, step)
        const receipt = { submissionId: submission.submissionId, first: true }
        return { ok: true, value: receipt, ...warningsOf(reply.value.errors) }
      }),
  }
}

function heard(call: AskingCall, transaction: IheCall['transaction'], messages: ExchangedMessages): void {
  const { messageId, requestEnvelope, requestDigest, responseEnvelope, responseDigest } = messages
  call.heard?.({
    wire: 'ihe',
    transaction,
    messageId,
    request: requestEnvelope,
    requestDigest,
    ...(responseEnvelope === undefined ? {} : { response: responseEnvelope }),
    ...(responseDigest === undefined ? {} : { responseDigest }),
  })
}

function discoveryOf(question: IdentifyQuestion, sender: string, receiver: string): PatientDiscovery {
  const { identifiers, family, given, birthDate, gender, traits = {} } = question
  const address = addressOf(traits)
  return {
    identifiers,
    ...(family === undefined ? {} : { family }),
    ...(given === undefined ? {} : { given: [given] }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(gender === 'male' || gender === 'female' || gender === 'other' || gender === 'unknown' ? { gender } : {}),
    ...(address ? { address } : {}),
    sender,
    receiver,
  }
}

/** ISM text fields of the address, by the FHIR parameter that each has. */
function addressOf(traits: Readonly<Record<string, string>>): Address | undefined {
  const { address: street, 'address-city': city, 'address-postalcode': postalCode, 'address-country': country } = traits
  const found = {
    ...(street === undefined ? {} : { street }),
    ...(city === undefined ? {} : { city }),
    ...(postalCode === undefined ? {} : { postalCode }),
    ...(country === undefined ? {} : { country }),
  }
  return Object.keys(found).length > 0 ? found : undefined
}

/** Nobody found is an empty answer, whether the other country says it with a code or with none. */
function foundPatients(answer: DiscoveryAnswer, step: Asked): BorderAnswer<readonly FoundPatient[]> {
  const { patients, errors, reason } = answer
  if (patients.length > 0) return { ok: true, value: patients }
  const said =
    errors.length > 0 || reason === undefined ? errors : [{ code: reason, severity: 'error', text: reason } as const]
  const refused: Refused | undefined = said.length > 0 ? iheRefusal(said, step) : undefined
  return refused && refused.refusal.code !== nothingFound(step) ? refused : { ok: true, value: [] }
}

function content(
  question: RetrieveQuestion,
  bytes: Uint8Array,
  mimeType: string,
  step: Asked,
): ReturnType<Channel['retrieve']> extends Promise<infer Answer> ? Answer : never {
  const { id, form, as, hash, service } = question
  if (hash !== undefined && !isOnDemand(hash) && !hasHash(bytes, hash)) {
    return refusal('ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED', step.country, 'refused', 'hash')
  }
  const classCode = classOf(service)
  if (form === 'structured' || form === 'source' || as === 'cda') {
    return { ok: true, value: { id, classCode, mediaType: mimeType, bytes } }
  }
  const inner = innerFile(bytes)
  if (inner?.patients && !shareValue(inner.patients, [question.patient])) {
    step.log.error('document-of-another-patient', { country: step.country })
    return refusal('ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED', step.country, 'refused', 'another-patient')
  }
  if (!inner) return refusal('ERROR_GENERIC_DOCUMENT_MISSING', step.country, 'refused', 'no-file-inside')
  return { ok: true, value: { id, classCode, mediaType: inner.mediaType, bytes: inner.bytes } }
}

/** IHE on-demand documents have the hash of nothing (ITI TF-3 4.2.3.2). */
function isOnDemand(hash: string): boolean {
  return hash.toLowerCase() === 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
}

/** `repository|document`, as `listed-from-ihe.ts` names a form. */
function splitId(id: string): readonly string[] {
  const bar = id.indexOf('|')
  return bar < 0 ? ['', id] : [id.slice(0, bar), id.slice(bar + 1)]
}

function instantOf(date: string, time: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(date) ? `${date}${time}` : date
}

function warningsOf(errors: readonly { readonly code: string }[]) {
  return errors.length === 0 ? {} : { warnings: errors.map(({ code }) => code) }
}
