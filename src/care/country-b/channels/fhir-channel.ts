/** Asks another country over the NCPeH FHIR API, with an access token (IUA) for each step. */
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { Log } from '#platform/log/log.ts'
import type { AccessGrant, AccessScope } from '#trust/tokens/access-grant.ts'
import { issueAccessToken, type TokenSigner } from '#trust/tokens/issue.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import {
  type DocumentQuestion,
  documentQuery,
  type NcpehClient,
  ncpehClient,
  type PatientQuestion,
  patientQuery,
} from '#wire/fhir/ncpeh-client.ts'
import { FHIR_JSON } from '#wire/fhir/outcome.ts'
import { writeProvision } from '#wire/fhir/provide-documents.ts'
import { within } from '#wire/fhir/remote-resources.ts'
import type { Form, IdentifyQuestion, ListQuestion, RetrieveQuestion } from '../../border/border-service.ts'
import { classOf } from '../document-classes.ts'
import type { Step } from '../failures.ts'
import type { AskingCall, Channel } from './channel.ts'
import { listedDocument } from './listed-from-fhir.ts'
import { type Asked, fhirRefusal, refusal } from './peer-refusals.ts'
import type { Route } from './route.ts'

export interface FhirAsking {
  /** OID of this national contact point, bare. */
  readonly homeCommunityId: string
  readonly fetch: PeerFetch
  /** Signs the access tokens and binds them to the certificate of `fetch`. */
  readonly signer: TokenSigner
  readonly clock: () => Date
  readonly log: Log
  readonly timeoutMs: number
  readonly maxDocumentBytes?: number
}

/** The NCPeH API asks for a lower bound on the date; this one leaves nothing out. */
const FROM_THE_BEGINNING = '1900-01-01'

export function fhirChannel(
  options: FhirAsking,
  participant: Participant,
  route: Extract<Route, { readonly wire: 'fhir' }>,
): Channel {
  const { country } = participant
  const base = route.base.replace(/\/$/, '')

  function clientFor(call: AskingCall): NcpehClient {
    return ncpehClient({
      fetch: options.fetch,
      base,
      fingerprints: route.fingerprints,
      timeoutMs: options.timeoutMs,
      requestId: call.requestId,
      ...(options.maxDocumentBytes === undefined ? {} : { maxDocumentBytes: options.maxDocumentBytes }),
    })
  }

  function tokenFor(call: AskingCall, patient: string, scope: AccessScope): Promise<string> {
    return issueAccessToken(grantOf(call, participant, patient, scope, options), options.signer, options.clock())
  }

  const asked = (step: Step, service: Asked['service']): Asked => ({ country, step, service, log: options.log })
  const heard = (call: AskingCall, transaction: string, request: string): void =>
    call.heard?.({ wire: 'fhir', transaction, messageId: call.requestId, request })

  return {
    async identify(question, call) {
      const search = patientQuestion(question)
      heard(call, 'ITI-78', `GET ${patientQuery(search)}`)
      const token = await tokenFor(call, question.identifiers[0] ?? '', 'user/Patient.search')
      const found = await clientFor(call).searchPatients(search, token)
      return found.ok ? found : fhirRefusal(found, asked('identify', 'patient-identification'))
    },
    async list(question, call) {
      const token = await tokenFor(call, question.patient, 'user/DocumentReference.search')
      const documents = []
      for (const search of documentQuestions(question)) {
        heard(call, 'ITI-67', `GET ${documentQuery(search)}`)
        const found = await clientFor(call).searchDocuments(search, token)
        if (!found.ok) return fhirRefusal(found, asked('list', question.service))
        documents.push(...found.value.map((remote) => listedDocument(remote, base)))
      }
      // The API has no parameter for the size.
      const { maximumSize = Number.POSITIVE_INFINITY } = question
      return { ok: true, value: documents.filter(({ forms }) => forms.some(({ size = 0 }) => size <= maximumSize)) }
    },
    async retrieve(question, call) {
      const url = within(question.id, base)
      const step = asked('retrieve', question.service)
      if (url === undefined) return refusal('ERROR_GENERIC_DOCUMENT_MISSING', country, 'refused', 'id-outside-base')
      heard(call, 'ITI-68', `GET ${question.id}`)
      const scope = question.form === 'structured' ? 'user/Bundle.read' : 'user/Binary.read'
      const token = await tokenFor(call, question.patient, scope)
      const { hash } = question
      const content = { url, contentTypes: contentTypesOf(question), ...(hash === undefined ? {} : { hash }) }
      const fetched = await clientFor(call).read(content, token)
      if (!fetched.ok) return fhirRefusal(fetched, step)
      const { contentType: mediaType, bytes } = fetched.value
      return { ok: true, value: { id: question.id, classCode: classOf(question.service), mediaType, bytes } }
    },
    async submit(submission, call) {
      const transaction = writeProvision(submission, options.homeCommunityId)
      heard(call, 'ITI-65', transaction)
      const token = await tokenFor(call, submission.patient, 'user/Bundle.create')
      const sent = await clientFor(call).provide(transaction, token)
      if (!sent.ok) return fhirRefusal(sent, asked('submit', 'edispensation'))
      return { ok: true, value: { submissionId: submission.submissionId, first: sent.value.first } }
    },
  }
}

/** What the token says: the caller as he was verified, for this country, this patient and this step. */
function grantOf(
  { caller, emergencyReasonGiven }: AskingCall,
  { homeCommunityId: audience }: Participant,
  patient: string,
  scope: AccessScope,
  options: FhirAsking,
): AccessGrant {
  const { country, homeCommunityId = options.homeCommunityId, patient: _patient, ...rest } = caller
  return { ...rest, issuer: country, homeCommunityId, audience, emergencyReasonGiven, patient, scopes: [scope] }
}

function patientQuestion({ identifiers, family, given, birthDate, gender, traits }: IdentifyQuestion): PatientQuestion {
  return {
    identifiers,
    traits: {
      ...(family === undefined ? {} : { family }),
      ...(given === undefined ? {} : { given }),
      ...(birthDate === undefined ? {} : { birthdate: birthDate }),
      ...(gender === undefined ? {} : { gender }),
      ...traits,
    },
  }
}

function documentQuestions({ patient, classCodes, createdAfter, createdBefore }: ListQuestion): DocumentQuestion[] {
  return classCodes.map((type) => ({
    patient,
    type,
    since: createdAfter ?? FROM_THE_BEGINNING,
    ...(createdBefore === undefined ? {} : { until: createdBefore }),
  }))
}

const CONTENT_TYPES: Readonly<Record<Form, readonly string[]>> = {
  structured: [FHIR_JSON],
  pdf: ['application/pdf'],
  image: ['image/png', 'image/jpeg'],
  source: ['text/xml', 'application/xml'],
}

function contentTypesOf({ form, mediaType }: RetrieveQuestion): readonly string[] {
  return mediaType === undefined ? CONTENT_TYPES[form] : [mediaType]
}
