/** The door of the IHE wire: assertions become a verified caller, messages become questions, answers become messages. */
import type { ServiceKind } from '#wire/discovery/directory.ts'
import { ehdsiError } from '#wire/errors/ehdsi-errors.ts'
import { groupOf } from '#wire/ihe/document-classes.ts'
import type {
  DiscoveryAnswer,
  DocumentMetadata,
  DocumentQuery,
  DocumentRequest,
  DocumentSubmission,
  IheCall,
  IheError,
  IheHandlers,
  PatientDiscovery,
  QueryAnswer,
  RetrieveAnswer,
  RetrievedContent,
  SubmissionAnswer,
} from '#wire/ihe/exchange.ts'
import { serviceOfClass } from '../policy/policy.ts'
import { type AuthenticatedCall, exchangeOf } from './authenticated-call.ts'
import type { IheOptions } from './country-a.ts'
import { type Desk, receive, refused } from './desk.ts'
import { serviceOfDocument } from './document-id.ts'
import { type AskedOverIhe, iheCredentials } from './ihe-credentials.ts'
import { DISCARD_CLASS, DISPENSATION_CLASS, dispensationIn, submissionKind } from './ihe-dispensation.ts'
import { documentMetadata } from './ihe-entry.ts'
import { type CareRefusal, careRefusal, NO_SUCH_DOCUMENT, UNKNOWN_CLASS } from './refusals.ts'
import type { CountryAService } from './service.ts'

interface Door {
  readonly desk: Desk
  readonly service: CountryAService
  readonly options: IheOptions
}

export function iheDoor(desk: Desk, service: CountryAService, options: IheOptions): IheHandlers {
  const door = { desk, service, options }
  return {
    discoverPatients: (question, call) => discoverPatients(door, question, call),
    queryDocuments: (question, call) => queryDocuments(door, question, call),
    retrieveDocuments: (requests, call) => retrieveDocuments(door, requests, call),
    submitDocument: (submission, call) => submitDocument(door, submission, call),
  }
}

async function authenticated(
  { desk, options }: Door,
  call: IheCall,
  asked: AskedOverIhe,
  query: string,
): Promise<AuthenticatedCall> {
  const { connection, messageId, transaction, requestEnvelope, requestDigest } = call
  return {
    wire: 'ihe',
    connection,
    requestId: messageId,
    query,
    credentials: await iheCredentials(desk, options, call, asked),
    exchanged: exchangeOf(connection, {
      wire: 'ihe',
      transaction,
      request: requestEnvelope,
      requestDigest,
      ...(messageId === undefined ? {} : { messageId }),
    }),
  }
}

async function discoverPatients(door: Door, question: PatientDiscovery, call: IheCall): Promise<DiscoveryAnswer> {
  const { identifiers, family, given, birthDate, gender } = question
  const query = `PRPA_IN201305UV02 ${parametersOf('livingSubjectId', identifiers)}`
  const checked = await authenticated(door, call, { needsTrc: false, asked: 'identify' }, query)
  const found = await door.service.identify(
    {
      identifiers,
      ...(family === undefined ? {} : { family }),
      ...(given === undefined || given.length === 0 ? {} : { given: given.join(' ') }),
      ...(birthDate === undefined ? {} : { birthDate }),
      ...(gender === undefined ? {} : { gender }),
    },
    checked,
  )
  if (!found.ok) return { patients: [], errors: [errorOf(found.refusal)], reason: reasonOf(found.refusal) }
  if (found.value.length === 0) return { patients: [], errors: [tableError('ERROR_PI_NO_MATCH')] }
  return { patients: found.value, errors: [] }
}

/** IHE ITI TF-2 3.55.4.2.2.7 and eHDSI: insufficient rights are said, everything else is an answer that is not available. */
function reasonOf({ code }: CareRefusal): string {
  return code === 'ERROR_SEC_INSUFFICIENT_RIGHTS' || code === '4703' ? 'InsufficientRights' : 'AnswerNotAvailable'
}

async function submitDocument(door: Door, submission: DocumentSubmission, call: IheCall): Promise<SubmissionAnswer> {
  const kind = submissionKind(submission)
  const asked = { needsTrc: true, asked: kind === 'discard' ? DISCARD_CLASS : DISPENSATION_CLASS }
  const query = `ProvideAndRegisterDocumentSet-b ${submission.submissionId}`
  const checked = await authenticated(door, call, asked, query)
  const dispensation = kind && dispensationIn(submission, kind)
  const receipt = dispensation
    ? await door.service.submit(dispensation, checked)
    : await refuseSubmission(door, submission, checked, kind ? NO_CDA : UNKNOWN_CLASS)
  return receipt.ok ? { status: 'success', errors: [] } : { status: 'failure', errors: [errorOf(receipt.refusal)] }
}

/** What cannot be a dispensation is refused at the desk as well: after the credentials, and in the ledger. */
function refuseSubmission(
  { desk }: Door,
  { submissionId, patient, metadata }: DocumentSubmission,
  call: AuthenticatedCall,
  refusal: CareRefusal,
) {
  const { documentId: document } = metadata
  const errand = { step: 'dispense', service: 'edispensation', patients: [patient], document } as const
  return receive<never>(desk, { ...errand, prescription: '', submission: submissionId }, call, async () =>
    refused(refusal),
  )
}

const APPROVED = 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved'

async function queryDocuments(door: Door, question: DocumentQuery, call: IheCall): Promise<QueryAnswer> {
  const documents: DocumentMetadata[] = []
  const errors: IheError[] = []
  let refusals = 0
  for (const [service, classCodes] of byService(door.desk, question.classCodes)) {
    const listed = await listOf(door, question, call, service, classCodes)
    if (!listed.ok) {
      errors.push(errorOf(listed.refusal))
      refusals += 1
    } else if (listed.value.length === 0) {
      errors.push(notFound(classCodes[0]))
    } else {
      documents.push(...listed.value)
    }
  }
  // A patient has no ePrescription: OpenNCP answers Failure; no summary and no report: Success. Both with a warning.
  const failed = refusals > 0 || errors.some(({ code }) => code === 'ERROR_EP_NOT_FOUND')
  return { documents, errors, status: !failed ? 'success' : documents.length > 0 ? 'partial' : 'failure' }
}

/** Services in the order of the question; classes that nobody gives stand under `undefined`. */
function byService(desk: Desk, classCodes: readonly string[]): ReadonlyMap<ServiceKind | undefined, readonly string[]> {
  const found = new Map<ServiceKind | undefined, string[]>()
  for (const classCode of classCodes) {
    const service = serviceOfClass(desk.policies, classCode)
    found.set(service, [...(found.get(service) ?? []), classCode])
  }
  return found
}

async function listOf(
  door: Door,
  question: DocumentQuery,
  call: IheCall,
  service: ServiceKind | undefined,
  classCodes: readonly string[],
) {
  const { patient, maximumSize, createdAfter, createdBefore, status } = question
  const { country, homeCommunityId } = door.desk
  const query = `FindDocuments ${parametersOf('class', classCodes)}&${parametersOf('patient', [patient])}`
  const asked = { needsTrc: true, asked: classCodes[0] ?? '' }
  const checked = await authenticated(door, call, asked, query)
  const current = status.length === 0 || status.some((one) => one === APPROVED || one === 'Approved')
  const listed = await door.service.list(
    {
      patient,
      // An unknown class is refused at the desk, after the credentials.
      service: service ?? 'patient-summary',
      classCodes: service ? classCodes : [],
      ...(maximumSize === undefined ? {} : { maximumSize }),
      ...(createdAfter === undefined ? {} : { createdAfter }),
      ...(createdBefore === undefined ? {} : { createdBefore }),
      isWanted: () => current,
    },
    checked,
  )
  if (!listed.ok) return listed
  const frame = { country, homeCommunityId, repositoryId: door.options.repositoryId, patient }
  return { ok: true, value: listed.value.flatMap((document) => documentMetadata(document, frame)) } as const
}

function parametersOf(name: string, values: readonly string[]): string {
  return values.map((value) => `${name}=${encodeURIComponent(value)}`).join('&')
}

function notFound(classCode: string | undefined): IheError {
  const group = groupOf(classCode)
  const code = group === 'PS' ? 'ERROR_PS_NOT_FOUND' : group === 'EP' ? 'ERROR_EP_NOT_FOUND' : 'ERROR_ORCD_NOT_FOUND'
  return { ...tableError(code), severity: 'warning' }
}

/** More documents than a person asks for at once. */
const MOST_DOCUMENTS = 20

async function retrieveDocuments(
  door: Door,
  requests: readonly DocumentRequest[],
  call: IheCall,
): Promise<RetrieveAnswer> {
  const documents: RetrievedContent[] = []
  const errors: IheError[] = []
  for (const request of requests.slice(0, MOST_DOCUMENTS)) {
    const retrieved = await retrieve(door, request, call)
    // IHE ITI TF-2 3.39.4.2.2: the answer names the home community, also when the question left it out.
    const ids = { ...request, homeCommunityId: door.desk.homeCommunityId }
    if (retrieved.ok) documents.push({ ...ids, mimeType: 'text/xml', bytes: retrieved.value.bytes })
    else errors.push(retrievalError(retrieved.refusal))
  }
  if (requests.length > MOST_DOCUMENTS) errors.push({ ...tableError('4102'), severity: 'warning' })
  if (errors.length === 0) return { documents, errors, status: 'success' }
  // OpenNCP says partial success even when the one document that was asked for is missing.
  const missing = errors.every(({ code }) => code === 'XDSMissingDocument')
  const lax = missing && door.options.profile(call.connection.certificate?.country) === 'openncp'
  return { documents, errors, status: documents.length > 0 || lax ? 'partial' : 'failure' }
}

async function retrieve(door: Door, request: DocumentRequest, call: IheCall) {
  const { desk, service, options } = door
  // An id that this node never gave, or that belongs elsewhere, is looked for like any other, and not found. Some
  // gateways do not say whose it is: they ask this node, so they mean it.
  const home = bare(request.homeCommunityId) || desk.homeCommunityId
  const own = home === desk.homeCommunityId && bare(request.repositoryId) === options.repositoryId
  const id = own ? request.documentId : ''
  const kind = (desk.serviceOf ?? serviceOfDocument)(id) ?? 'patient-summary'
  const classCode = desk.policies.find((policy) => policy.service === kind)?.documentClasses[0] ?? ''
  const query = `RetrieveDocumentSet ${request.documentId}`
  const checked = await authenticated(door, call, { needsTrc: true, asked: classCode }, query)
  const patient = checked.credentials.caller?.patient ?? ''
  return service.retrieve({ patient, service: kind, id, forms: ['structured', 'pdf', 'image'], as: 'cda' }, checked)
}

function bare(oid: string): string {
  return oid.replace(/^urn:oid:/i, '')
}

/** IHE ITI TF-3 4.2.4: a document that is not there has a code of its own; OpenNCP looks for the eHDSI code in the text. */
function retrievalError(refusal: CareRefusal): IheError {
  if (refusal.code !== NO_SUCH_DOCUMENT.code) return errorOf(refusal)
  return { code: 'XDSMissingDocument', severity: 'error', text: `${refusal.code} : ${refusal.sentence}` }
}

function errorOf({ code, sentence }: CareRefusal): IheError {
  return { code, severity: 'error', text: sentence }
}

function tableError(code: Parameters<typeof ehdsiError>[0]): IheError {
  const { severity, meaning } = ehdsiError(code)
  return { code, severity, text: meaning }
}

const NO_CDA = careRefusal(
  [400, 'ERROR_ED_INCORRECT_FORMATTING'],
  'The document of the submission is no CDA.',
  'Send the eDispensation as CDA.',
)
