/**
 * Document provision over FHIR: how country B hands a dispensation, or its discard, to country A, written and read.
 * IHE MHD ITI-65 (Minimal Provide Document Bundle): one transaction with a List (the submission), one DocumentReference and
 * the document itself. NCPeH API "document provision": POST creates the DocumentReference, PUT updates it; a discard is the
 * update of the dispensation's DocumentReference to `entered-in-error`, found by its masterIdentifier.
 */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { parseKeepingDigits } from '../fhir-formats/exact-number.ts'
import { FHIR_JSON } from './outcome.ts'

export interface ProvidedDocument {
  readonly kind: 'dispensation' | 'discard'
  /** Key of the idempotent submission: bare OID, `urn:uuid:…` or `system|value`. */
  readonly submissionId: string
  /** Of the eD: `urn:uuid:…`, bare OID or `system|value`; for a discard, of the eD that is taken back. */
  readonly dispensationId: string
  /** `system|value`. */
  readonly patient: string
  /** `system|value` of the eP. */
  readonly prescriptionId: string
  /** ISO 8601. */
  readonly submitted: string
  readonly document: { readonly format: 'cda' | 'fhir'; readonly bytes: Uint8Array }
}

export type ProvisionProblemCode = 'provision-malformed' | 'provision-unsupported'

/** LOINC class of an eDispensation (eHDSI classCode). */
export const DISPENSATION_CLASS = '60593-1'

const MHD = 'https://profiles.ihe.net/ITI/MHD'
const URI_SYSTEM = 'urn:ietf:rfc:3986'

/** The transaction as it goes over the wire. Bytes that are not a FHIR document Bundle or a CDA document are not sent. */
export function writeProvision(provided: ProvidedDocument, sourceId: string): string {
  const { kind, patient, submitted, document, dispensationId } = provided
  const reference = 'urn:uuid:00000000-0000-4000-8000-000000000002'
  const content = 'urn:uuid:00000000-0000-4000-8000-000000000003'
  const subject = { identifier: identifierOf(patient) }
  const type = { coding: [{ system: 'http://loinc.org', code: DISPENSATION_CLASS }] }
  const master = identifierOf(dispensationId)
  const isFhir = document.format === 'fhir'
  const list = {
    resourceType: 'List',
    meta: { profile: [`${MHD}/StructureDefinition/IHE.MHD.Minimal.SubmissionSet`] },
    extension: [{ url: `${MHD}/StructureDefinition/ihe-sourceId`, valueIdentifier: { value: `urn:oid:${sourceId}` } }],
    identifier: [{ use: 'usual', ...identifierOf(provided.submissionId) }],
    status: 'current',
    mode: 'working',
    code: { coding: [{ system: `${MHD}/CodeSystem/MHDlistTypes`, code: 'submissionset' }] },
    subject,
    date: submitted,
    entry: [{ item: { reference } }],
  }
  const documentReference = {
    resourceType: 'DocumentReference',
    masterIdentifier: master,
    status: kind === 'discard' ? 'entered-in-error' : 'current',
    type,
    subject,
    date: submitted,
    content: [{ attachment: { contentType: isFhir ? FHIR_JSON : 'text/xml', url: content } }],
    context: { related: [{ type: 'MedicationRequest', identifier: identifierOf(provided.prescriptionId) }] },
  }
  const resource = isFhir
    ? parseKeepingDigits(new TextDecoder().decode(document.bytes))
    : { resourceType: 'Binary', contentType: 'text/xml', data: Buffer.from(document.bytes).toString('base64') }
  const update = `DocumentReference?identifier=${encodeURIComponent(`${master.system}|${master.value}`)}`
  return JSON.stringify({
    resourceType: 'Bundle',
    meta: { profile: [`${MHD}/StructureDefinition/IHE.MHD.Minimal.ProvideBundle`] },
    type: 'transaction',
    entry: [
      { fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001', resource: list, request: post('List') },
      {
        fullUrl: reference,
        resource: documentReference,
        request: kind === 'discard' ? { method: 'PUT', url: update } : post('DocumentReference'),
      },
      { fullUrl: content, resource, request: post(isFhir ? 'Bundle' : 'Binary') },
    ],
  })
}

const Identifier = z.object({ system: z.string().min(1).max(500), value: z.string().min(1).max(500) })
const Subject = z.object({ identifier: Identifier })
const Submission = z.object({
  resourceType: z.literal('List'),
  identifier: z
    .array(Identifier.extend({ use: z.string().optional() }))
    .min(1)
    .max(5),
  subject: Subject.optional(),
  date: z.iso.datetime({ offset: true }).optional(),
  entry: z
    .array(z.object({ item: z.object({ reference: z.string() }) }))
    .min(1)
    .max(1),
})
const Reference = z.object({
  resourceType: z.literal('DocumentReference'),
  masterIdentifier: Identifier,
  status: z.enum(['current', 'entered-in-error']),
  type: z.object({ coding: z.array(z.object({ system: z.string(), code: z.string() })).min(1) }),
  subject: Subject,
  date: z.iso.datetime({ offset: true }).optional(),
  content: z
    .array(z.object({ attachment: z.object({ contentType: z.string(), url: z.string() }) }))
    .min(1)
    .max(1),
  context: z.object({
    related: z
      .array(z.object({ identifier: Identifier }))
      .min(1)
      .max(5),
  }),
})
const Content = z.looseObject({ resourceType: z.enum(['Bundle', 'Binary']) })
const Base64 = z.object({ contentType: z.literal('text/xml'), data: z.base64() })
const Request = z.object({ method: z.enum(['POST', 'PUT']), url: z.string().max(1200) })
const Transaction = z.object({
  resourceType: z.literal('Bundle'),
  type: z.literal('transaction'),
  entry: z
    .array(
      z.object({
        fullUrl: z.string(),
        resource: z.looseObject({ resourceType: z.string() }),
        request: Request,
      }),
    )
    .min(3)
    .max(3),
})

/** What the transaction says; all of it must agree before anything is looked at as a dispensation. */
export function readProvision(body: string): Result<ProvidedDocument, ProvisionProblemCode> {
  let json: unknown
  try {
    json = parseKeepingDigits(body)
  } catch {
    return malformed('it is not JSON', '')
  }
  const transaction = Transaction.safeParse(json)
  if (!transaction.success) return malformed('it is not a transaction of three entries', pathOf(transaction.error))
  const { entry } = transaction.data
  const of = (...types: readonly string[]) => entry.find(({ resource }) => types.includes(resource.resourceType))
  const [listEntry, referenceEntry, contentEntry] = [of('List'), of('DocumentReference'), of('Bundle', 'Binary')]
  const list = Submission.safeParse(listEntry?.resource)
  const reference = Reference.safeParse(referenceEntry?.resource)
  const content = Content.safeParse(contentEntry?.resource)
  if (!list.success) return malformed('its List is not a submission set', pathOf(list.error))
  if (!reference.success) return malformed('its DocumentReference is not complete', pathOf(reference.error))
  if (!content.success || !contentEntry || !referenceEntry) return malformed('it holds no document', '')
  if (!reference.data.type.coding.some(({ code }) => code === DISPENSATION_CLASS)) {
    return failed(
      'provision-unsupported',
      'Documents of this type are not taken here.',
      `Send eDispensations (${DISPENSATION_CLASS}) only.`,
    )
  }
  const linked =
    list.data.entry[0]?.item.reference === referenceEntry.fullUrl &&
    reference.data.content[0]?.attachment.url === contentEntry.fullUrl
  if (!linked) return malformed('its entries do not name each other', 'entry.fullUrl')
  const [submissionId, another] = list.data.identifier.filter(({ use }) => use !== 'official')
  if (!submissionId || another) return malformed('its List has not exactly one unique id', 'List.identifier')
  const patient = tokenOf(reference.data.subject.identifier)
  if (list.data.subject && tokenOf(list.data.subject.identifier) !== patient) {
    return malformed('it names two patients', 'List.subject')
  }
  const document = documentOf(content.data)
  if (!document) return malformed('its document is neither a FHIR document nor CDA', 'Binary')
  const discard = reference.data.status === 'entered-in-error'
  if (!requestFits(referenceEntry.request, discard)) {
    return malformed('its request does not fit the status of the DocumentReference', 'entry.request')
  }
  const [prescription] = reference.data.context.related
  return ok({
    kind: discard ? 'discard' : 'dispensation',
    submissionId: nameOf(submissionId),
    dispensationId: nameOf(reference.data.masterIdentifier),
    patient,
    prescriptionId: prescription ? nameOf(prescription.identifier) : '',
    submitted: list.data.date ?? reference.data.date ?? '',
    document,
  })
}

/** The answer to an accepted transaction (FHIR R4 §3.1.0.11.3): `created` is false for a repetition. */
export function provisionResponse(provided: ProvidedDocument, created: boolean): object {
  const status = created ? (provided.kind === 'discard' ? '200 OK' : '201 Created') : '200 OK'
  return {
    resourceType: 'Bundle',
    type: 'transaction-response',
    entry: [{ response: { status } }, { response: { status } }, { response: { status } }],
  }
}

/** A new dispensation is created; a discard updates the dispensation's entry (FHIR R4 §3.1.0.4.3, conditional update). */
function requestFits({ method, url }: z.infer<typeof Request>, discard: boolean): boolean {
  return discard
    ? method === 'PUT' && /^DocumentReference(\?|\/)/.test(url)
    : method === 'POST' && url === 'DocumentReference'
}

function documentOf(resource: z.infer<typeof Content>): ProvidedDocument['document'] | undefined {
  if (resource.resourceType === 'Bundle') {
    if (resource.type !== 'document') return undefined
    return { format: 'fhir', bytes: new TextEncoder().encode(JSON.stringify(resource)) }
  }
  const binary = Base64.safeParse(resource)
  return binary.success ? { format: 'cda', bytes: Buffer.from(binary.data.data, 'base64') } : undefined
}

function post(url: string) {
  return { method: 'POST', url }
}

const OID = /^\d+(\.\d+)+$/

/** Bare OID, URN or `system|value` → FHIR identifier. */
function identifierOf(name: string): { readonly system: string; readonly value: string } {
  const bar = name.indexOf('|')
  if (bar > 0) return { system: name.slice(0, bar), value: name.slice(bar + 1) }
  return { system: URI_SYSTEM, value: OID.test(name) ? `urn:oid:${name}` : name }
}

/** The way back: what `identifierOf` was given. */
function nameOf({ system, value }: z.infer<typeof Identifier>): string {
  if (system !== URI_SYSTEM) return `${system}|${value}`
  const oid = value.replace(/^urn:oid:/, '')
  return OID.test(oid) ? oid : value
}

function tokenOf({ system, value }: z.infer<typeof Identifier>): string {
  return `${system}|${value}`
}

function pathOf({ issues }: z.ZodError): string {
  return issues[0]?.path.join('.') ?? ''
}

function malformed(why: string, path: string): Result<never, ProvisionProblemCode> {
  return failed(
    'provision-malformed',
    `The transaction cannot be used: ${why}.`,
    'Send a Provide Document Bundle as the README of this API says.',
    { path },
  )
}
