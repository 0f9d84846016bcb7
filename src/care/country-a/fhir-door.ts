/** The door of the FHIR wire: access tokens become a verified caller, resources become questions, answers become resources. */
import type { AccessGrant, AccessScope } from '#trust/tokens/access-grant.ts'
import { verifyAccessToken } from '#trust/tokens/verify.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { NcpehCall, NcpehHandlers } from '#wire/fhir/ncpeh-server.ts'
import type { ProvidedDocument } from '#wire/fhir/provide-documents.ts'
import { dateMatches } from '#wire/fhir/search-date.ts'
import { type DocumentSearch, tokenMatches } from '#wire/fhir/search-parameters.ts'
import type { ListedDocument, RetrieveQuestion, VerifiedCaller } from '../border/border-service.ts'
import { policyFor } from '../policy/policy.ts'
import { type AuthenticatedCall, type Credentials, exchangeOf } from './authenticated-call.ts'
import type { Desk, DeskAnswer } from './desk.ts'
import { serviceOfDocument } from './document-id.ts'
import { categoriesOf, classSystem, documentReference, minimalPatient } from './fhir-entry.ts'
import { tokenRefusal } from './refusals.ts'
import type { CountryAService } from './service.ts'

export function fhirDoor(desk: Desk, service: CountryAService): NcpehHandlers {
  return {
    async searchPatients(search, call) {
      const { identifiers, family, given, birthDate, gender, names } = search
      const checked = await authenticated(desk, call, {
        scope: 'user/Patient.search',
        service: 'patient-identification',
        patients: identifiers,
      })
      const traits = {
        ...(family === undefined ? {} : { family }),
        ...(given === undefined ? {} : { given }),
        ...(birthDate === undefined ? {} : { birthDate }),
        ...(gender === undefined ? {} : { gender }),
      }
      const found = await service.identify({ identifiers, names, ...traits }, checked)
      if (!found.ok) return found
      const country = callerOf(checked)?.country ?? ''
      const patients = found.value.map((patient) =>
        minimalPatient(patient, desk.ids.of('patient', country, patient.identifiers[0] ?? '')),
      )
      return { ok: true, value: patients }
    },
    searchDocuments: (search, call) => searchDocuments(desk, service, search, call),
    async readBundle(id, call) {
      const read = await retrieve(desk, service, id, call, { scope: 'user/Bundle.read', forms: ['structured'] })
      return read.ok ? { ok: true, value: read.value.bytes } : read
    },
    async readBinary(id, call) {
      const forms = ['pdf', 'image', 'source'] as const
      const read = await retrieve(desk, service, id, call, { scope: 'user/Binary.read', forms })
      return read.ok ? { ok: true, value: { contentType: read.value.mediaType, bytes: read.value.bytes } } : read
    },
    provideDocument: (provided, call) => provideDocument(desk, service, provided, call),
  }
}

interface Asked {
  readonly scope: AccessScope
  readonly service: ServiceKind
  readonly patients: readonly string[] | undefined
}

/** Everything the token says is checked here; the desk refuses with what comes out. */
async function authenticated(desk: Desk, call: NcpehCall, asked: Asked): Promise<AuthenticatedCall> {
  const { connection, requestId, query, body } = call
  return {
    wire: 'fhir',
    connection,
    requestId,
    query,
    credentials: await credentialsOf(desk, call, asked),
    exchanged: exchangeOf(connection, {
      wire: 'fhir',
      transaction: TRANSACTIONS[asked.scope],
      request: body ?? `GET ${query}`,
      ...(requestId === undefined ? {} : { messageId: requestId }),
    }),
  }
}

/** IHE PDQm and MHD. */
const TRANSACTIONS: Readonly<Record<AccessScope, string>> = {
  'user/Patient.search': 'ITI-78',
  'user/DocumentReference.search': 'ITI-67',
  'user/Bundle.read': 'ITI-68',
  'user/Binary.read': 'ITI-68',
  'user/Bundle.create': 'ITI-65',
}

async function credentialsOf(desk: Desk, call: NcpehCall, asked: Asked): Promise<Credentials> {
  // Country of the certificate: the token's issuer must be the same, or it is refused.
  const policy = policyFor(desk.policies, asked.service, call.connection.certificate?.country)
  const verified = await verifyAccessToken(call.bearer, {
    now: desk.clock(),
    certificate: call.connection.certificate,
    ...(desk.bridge ? { bridge: desk.bridge } : {}),
    issuer: (country) => desk.trust(country),
    audience: desk.homeCommunityId,
    scope: asked.scope,
    patients: asked.patients,
    roles: policy?.roles ?? [],
    clericalRoles: policy?.clericalRoles ?? [],
    purposes: policy?.purposes ?? [],
    replay: desk.replay,
  })
  if (verified.ok) return { ok: true, caller: callerIn(verified.value) }
  const grant = 'grant' in verified ? verified.grant : undefined
  return {
    ok: false,
    refusal: tokenRefusal(verified.problem),
    detail: verified.problem.code,
    ...(grant ? { caller: callerIn(grant) } : {}),
  }
}

function callerIn(grant: AccessGrant & Pick<VerifiedCaller, 'throughBridge'>): VerifiedCaller {
  const { issuer, homeCommunityId, professional, purpose, patient, relationship, notice, nextOfKin, throughBridge } =
    grant
  return {
    country: issuer,
    homeCommunityId,
    professional,
    purpose,
    patient,
    ...(relationship ? { relationship } : {}),
    ...(notice ? { notice } : {}),
    ...(nextOfKin ? { nextOfKin } : {}),
    ...(throughBridge ? { throughBridge } : {}),
    ...(grant.dispensationPin === undefined ? {} : { dispensationPin: grant.dispensationPin }),
    ...(grant.prescriptionId === undefined ? {} : { prescriptionId: grant.prescriptionId }),
  }
}

function callerOf({ credentials }: AuthenticatedCall): VerifiedCaller | undefined {
  return credentials.caller
}

/** A class of documents that is asked for, and the service that gives it. */
interface AskedClass {
  readonly service: ServiceKind
  readonly classCode: string
}

async function searchDocuments(
  desk: Desk,
  service: CountryAService,
  search: DocumentSearch,
  call: NcpehCall,
): ReturnType<NcpehHandlers['searchDocuments']> {
  const classes = askedClasses(desk, search)
  // An unknown class is refused as what it is, but only to who may ask here at all.
  const services = classes.length > 0 ? [...new Set(classes.map((one) => one.service))] : (['patient-summary'] as const)
  const found = []
  for (const kind of services) {
    const checked = await authenticated(desk, call, {
      scope: 'user/DocumentReference.search',
      service: kind,
      patients: [search.patient],
    })
    const listed = await service.list(
      {
        patient: search.patient,
        service: kind,
        classCodes: classes.flatMap((one) => (one.service === kind ? [one.classCode] : [])),
        ...(search.maximumSize === undefined ? {} : { maximumSize: search.maximumSize }),
        isWanted: (document) => isWanted(document, kind, search),
      },
      checked,
    )
    // One refusal refuses the whole search: an answer that left something out would look complete.
    if (!listed.ok) return listed
    const country = callerOf(checked)?.country ?? ''
    const frame = { country: desk.country, homeCommunityId: desk.homeCommunityId, base: desk.base, service: kind }
    found.push(
      ...listed.value.map((document) => {
        const id = desk.ids.of('entry', country, document.subject?.identifiers[0] ?? '', document.id)
        return documentReference(document, { ...frame, id })
      }),
    )
  }
  return { ok: true, value: found }
}

function askedClasses(desk: Desk, { types }: DocumentSearch): readonly AskedClass[] {
  return desk.policies.flatMap(({ service, documentClasses }) =>
    documentClasses
      .filter((classCode) => types.some((type) => tokenMatches(type, classSystem(classCode), classCode)))
      .map((classCode) => ({ service, classCode })),
  )
}

function isWanted(document: ListedDocument, service: ServiceKind, search: DocumentSearch): boolean {
  const { categories, contentTypes, dates, current } = search
  const held = categoriesOf(document, service)
  return (
    current &&
    dates.every((criterion) => dateMatches(criterion, document.created)) &&
    (categories.length === 0 ||
      categories.some((token) => held.some(({ system, code }) => tokenMatches(token, system, code ?? '')))) &&
    (contentTypes.length === 0 || document.forms.some(({ mediaType }) => contentTypes.includes(mediaType)))
  )
}

async function retrieve(
  desk: Desk,
  service: CountryAService,
  id: string,
  call: NcpehCall,
  { scope, forms }: { readonly scope: AccessScope; readonly forms: readonly RetrieveQuestion['form'][] },
) {
  // An id that this node never gave is looked for like any other, and not found.
  const kind = (desk.serviceOf ?? serviceOfDocument)(id) ?? 'patient-summary'
  const checked = await authenticated(desk, call, { scope, service: kind, patients: undefined })
  const patient = callerOf(checked)?.patient ?? ''
  const as = scope === 'user/Bundle.read' ? 'fhir' : 'as-is'
  return service.retrieve({ patient, service: kind, id, forms, as }, checked)
}

/** A dispensation or its discard; `value` is false when this very submission had been accepted before. */
async function provideDocument(
  desk: Desk,
  service: CountryAService,
  provided: ProvidedDocument,
  call: NcpehCall,
): Promise<DeskAnswer<boolean>> {
  const checked = await authenticated(desk, call, {
    scope: 'user/Bundle.create',
    service: 'edispensation',
    patients: [provided.patient],
  })
  const receipt = await service.submit(provided, checked)
  return receipt.ok ? { ok: true, value: receipt.value.first } : receipt
}
