/**
 * The border's service of a country that speaks another wire than the caller: what comes in at the door is asked of the
 * country in the caller's name. Nothing is kept but the ledger's entries, one as who answers and one as who asks.
 */
import { randomUUID } from 'node:crypto'
import { originalContentOf } from '#documents/originals/original-content.ts'
import type { Participant, ServiceKind } from '#wire/discovery/directory.ts'
import { ehdsiError } from '#wire/errors/ehdsi-errors.ts'
import { FHIR_JSON } from '#wire/fhir/outcome.ts'
import { documentClass } from '#wire/ihe/document-classes.ts'
import type {
  BorderAnswer,
  BorderRefusal,
  DispensationSubmission,
  DocumentContent,
  Form,
  ListedDocument,
  ListedForm,
  ListQuestion,
  SubmissionReceipt,
  VerifiedCaller,
  Wire,
} from '../border/border-service.ts'
import type { ExchangedEnvelopes } from '../context/recorder.ts'
import type { AuthenticatedCall } from '../country-a/authenticated-call.ts'
import { type Desk, type DeskAnswer, type Done, type Errand, receive, refused } from '../country-a/desk.ts'
import {
  type CareRefusal,
  careRefusal,
  NO_SUCH_DOCUMENT,
  NOT_ALLOWED,
  UNREADABLE_DOCUMENT,
} from '../country-a/refusals.ts'
import type { Retrieval } from '../country-a/retrieve-document.ts'
import type { CountryAService } from '../country-a/service.ts'
import { type AskingCall, NOT_REPEATABLE, type OpenChannel } from '../country-b/channels/channel.ts'
import { askingRecord } from './asking-record.ts'
import { bridgedId, readBridgedId } from './bridged-id.ts'
import { type Conversions, type Converted, type OriginalFile, toCda, toFhir, toPdf, wrapOriginal } from './convert.ts'

export interface Bridging {
  /** The country that runs the bridge: it vouches for what it lets through. */
  readonly owner: string
  /** The country that is asked. */
  readonly target: string
  /** Wire of the door; the channel is on the other one. */
  readonly door: Wire
  /** The way to the target and its entry in the directory; undefined while there is none. */
  readonly open: () => Promise<{ readonly channel: OpenChannel; readonly participant: Participant } | undefined>
  /** The trust list. */
  readonly participant: (country: string) => Promise<Participant | undefined>
  /** OID of the repository that documents are listed with on the IHE wire. */
  readonly repositoryId: string
  readonly conversions: Conversions
  /**
   * The notice that this country's professionals give each patient before they confirm his treatment. Assertions have no
   * place for it, tokens need it: with this the bridge states it for its own country's professionals, and for nobody else's.
   */
  readonly notice?: { readonly version: string; readonly languages: readonly string[] }
}

/** What the target is asked with, once the caller is accepted. */
interface Asking {
  readonly channel: OpenChannel
  readonly participant: Participant
  readonly call: AskingCall
  readonly exchanged: ExchangedEnvelopes[]
}

/** `desk`: of the bridge, with its policies and its ledger; it has nothing national behind it. */
export function bridgeService(desk: Desk, bridging: Bridging): CountryAService {
  return {
    identify: (question, call) => {
      const errand = { step: 'identify', service: 'patient-identification', patients: question.identifiers } as const
      return across(desk, bridging, errand, call, async ({ channel, call: asking }) => {
        const { names, ...asked } = question
        const traits = { ...question.traits, ...(names?.length ? { name: names.join(' ') } : {}) }
        return channel.channel.identify({ ...asked, traits }, asking)
      })
    },
    list: (question, call) => {
      const { isWanted, ...asked } = question
      const errand = { step: 'list', service: question.service, patients: [question.patient] } as const
      return across(desk, bridging, errand, call, async ({ channel, call: asking }) => {
        const listed = await channel.channel.list(asked, asking)
        if (!listed.ok) return listed
        const documents = listed.value.flatMap((document) => bridgedDocument(bridging, question.service, document))
        return { ...listed, value: documents.filter((document) => isWanted?.(document) ?? true) }
      })
    },
    retrieve: (question, call) => {
      const { service, id, patient } = question
      const errand = { step: 'retrieve', service, document: id, patients: [patient] } as const
      const retrieval: Retrieval = 'forms' in question ? question : { ...question, forms: [question.form] }
      return across(desk, bridging, errand, call, (asking) => retrieve(bridging, retrieval, asking))
    },
    submit: (submission, call) => {
      const { kind, patient, dispensationId, prescriptionId, submissionId } = submission
      const step = kind === 'discard' ? 'discard' : 'dispense'
      const names = { document: dispensationId, prescription: prescriptionId, submission: submissionId }
      const errand = { step, service: 'edispensation', patients: [patient], ...names } as const
      return across(desk, bridging, errand, call, (asking) => submit(bridging, submission, asking))
    },
  }
}

/** Who may ask through this bridge: outbound its own country only, inbound everybody else (docs/BORDER.md). */
function mayPass({ owner, target }: Bridging, { country }: VerifiedCaller): boolean {
  return target === owner ? country !== owner : country === owner
}

async function across<T>(
  desk: Desk,
  bridging: Bridging,
  errand: Errand,
  call: AuthenticatedCall,
  ask: (asking: Asking) => Promise<BorderAnswer<T>>,
): Promise<DeskAnswer<T>> {
  return receive<T>(desk, errand, call, async (caller): Promise<Done<T>> => {
    if (!mayPass(bridging, caller)) return refused(NOT_ALLOWED, { detail: 'not-through-this-bridge' })
    const way = await bridging.open()
    const home = await bridging.participant(caller.country)
    if (!way || !home) return refused(NO_WAY, { detail: 'no-way' })
    const exchanged: ExchangedEnvelopes[] = []
    const asking: Asking = {
      ...way,
      exchanged,
      call: {
        caller: { ...caller, ...noticeFor(bridging, caller), homeCommunityId: home.homeCommunityId },
        requestId: call.requestId ?? randomUUID(),
        // Whoever let the caller in has asked for the reason; its words stayed in his country.
        emergencyReasonGiven: caller.purpose === 'EMERGENCY',
        heard: (one) => exchanged.push(one),
      },
    }
    const answer = await ask(asking)
    await desk.recorder.record(askingRecord(desk, bridging.owner, errand, asking, call.query, answer), exchanged[0])
    if (answer.ok) return { answer, outcome: isNothing(answer.value) ? 'nothing' : 'success' }
    const refusal = bridgedRefusal(answer.refusal, way.channel)
    return refused(refusal, refusal.detail === undefined ? {} : { detail: refusal.detail })
  })
}

function noticeFor({ owner, notice }: Bridging, caller: VerifiedCaller): Pick<VerifiedCaller, 'notice'> {
  const { country, relationship } = caller
  if (!notice || caller.notice || !relationship || country !== owner) return {}
  return { notice: { ...notice, recordedAt: relationship.declaredAt } }
}

function isNothing(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

const NO_WAY = careRefusal(
  [503, 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE'],
  'There is no way to that country at present.',
  'Try again later.',
)

/** The other country's refusal in the words of the door's wire. What is not known stays not known. */
function bridgedRefusal({ code, sentence, next, outcome, detail }: BorderRefusal, channel: OpenChannel): CareRefusal {
  if (outcome === 'unknown') {
    const sure = 'ERROR_ED_EDISPENSATION_ACK_NOT_RECEIVED'
    return careRefusal([503, sure], sentence, 'Send the same submission again until it is known.', {
      outcome,
      detail: 'outcome-unknown',
    })
  }
  const status = outcome === 'failed' ? 503 : ehdsiError(code).status
  const finer = outcome === 'refused' && !channel.repeatsAnswers ? NOT_REPEATABLE : detail
  return careRefusal([status, code], sentence, next, { outcome, ...(finer === undefined ? {} : { detail: finer }) })
}

/** The entry with the forms that the door's wire can carry, under names that lead back. Sizes and hashes change on the way. */
function bridgedDocument(bridging: Bridging, service: ServiceKind, document: ListedDocument): ListedDocument[] {
  const forms = document.forms.flatMap((form) => bridgedForm(bridging, service, document, form))
  const [main] = forms
  const { name: _, patients: __, ...rest } = document
  return main ? [{ ...rest, id: main.id, forms }] : []
}

function bridgedForm(
  bridging: Bridging,
  service: ServiceKind,
  document: ListedDocument,
  listed: ListedForm,
): ListedForm[] {
  const { door, repositoryId } = bridging
  const { form, id: peerId, mediaType } = listed
  // A content that came inside the list has no name to ask for it with; the national source is for its own wire.
  if (peerId === '' || form === 'source') return []
  const id = bridgedId({ service, form, peerId }, door, repositoryId)
  if (isPrinted(bridging, document.classCode, form)) {
    const hasOriginal = document.forms.some((one) => one.form === 'pdf' || one.form === 'image')
    return hasOriginal ? [] : [{ form: 'pdf', id, mediaType: 'application/pdf' }]
  }
  const coded = door === 'fhir' ? FHIR_JSON : 'text/xml'
  return [{ form, id, mediaType: form === 'structured' ? coded : mediaType }]
}

/** Reports travel over IHE as PDF or picture (eHDSI OrCD): a coded one without an original is printed. */
function isPrinted({ door, conversions }: Bridging, classCode: string, form: Form): boolean {
  return (
    door === 'ihe' &&
    form === 'structured' &&
    conversions.renderPdf !== undefined &&
    !documentClass(classCode)?.structured
  )
}

async function retrieve(
  bridging: Bridging,
  { id, patient, service, forms }: Retrieval,
  { channel, call }: Asking,
): Promise<BorderAnswer<DocumentContent>> {
  const { conversions, door, target } = bridging
  const name = readBridgedId(id)
  if (!name || name.service !== service || !forms.includes(name.form)) return { ok: false, refusal: NO_SUCH_DOCUMENT }
  const { form, peerId } = name
  const fetched = await channel.channel.retrieve({ patient, service, id: peerId, form, as: 'as-is' }, call)
  if (!fetched.ok) return fetched
  const { bytes, mediaType, classCode } = fetched.value
  let converted: Converted | undefined
  if (form === 'structured' && door === 'fhir') converted = await toFhir(conversions, bytes)
  else if (door === 'fhir') converted = { mediaType, bytes }
  else if (form === 'structured' && !isPrinted(bridging, classCode, form)) converted = await toCda(conversions, bytes)
  else {
    const file = form === 'structured' ? await toPdf(conversions, bytes) : fileOf(bytes)
    const listed = await entryOf(channel, call, { patient, service, classCodes: [classCode] }, peerId)
    converted = file && listed && (await wrapOriginal(conversions, target, listed, patient, file))
  }
  if (!converted) return { ok: false, refusal: UNREADABLE_DOCUMENT }
  return { ok: true, value: { id, classCode, ...converted } }
}

/** What an original is, by its bytes and not by what is claimed of it. */
function fileOf(bytes: Uint8Array): OriginalFile | undefined {
  const content = originalContentOf(bytes, { maximumBytes: MOST_ORIGINAL_BYTES })
  return content.ok ? content.value : undefined
}

const MOST_ORIGINAL_BYTES = 64 * 1024 * 1024

/** What the list says of a document, asked again: a bridge remembers nothing. */
async function entryOf(
  { channel }: OpenChannel,
  call: AskingCall,
  question: ListQuestion,
  peerId: string,
): Promise<ListedDocument | undefined> {
  const listed = await channel.list(question, call)
  return listed.ok ? listed.value.find(({ forms }) => forms.some(({ id }) => id === peerId)) : undefined
}

/** The eD in the form of the other wire; equal submissions stay equal, so that a repetition is one there too. */
async function submit(
  { conversions }: Bridging,
  submission: DispensationSubmission,
  { channel, call }: Asking,
): Promise<BorderAnswer<SubmissionReceipt>> {
  const format = channel.wire === 'fhir' ? 'fhir' : 'cda'
  const { bytes } = submission.document
  const converted = await (format === 'fhir' ? toFhir(conversions, bytes) : toCda(conversions, bytes))
  if (!converted) return { ok: false, refusal: UNUSABLE_DISPENSATION }
  return channel.channel.submit({ ...submission, document: { format, bytes: converted.bytes } }, call)
}

const UNUSABLE_DISPENSATION = careRefusal(
  [400, 'ERROR_ED_INCORRECT_FORMATTING'],
  'The document of the submission cannot be read.',
  'Send the eDispensation as the profile of the wire says.',
)
