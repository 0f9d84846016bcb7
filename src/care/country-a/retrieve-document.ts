/** `GET /Bundle/{id}` and `/Binary/{id}`: one document, structured and transcoded, or its original as it is. */
import type { Bundle } from 'fhir/r4'
import { PATIENT_SUMMARY } from '#documents/model/clinical-document.ts'
import type { NationalDocument } from '#national/connector.ts'
import type { VerifiedAccess } from '#trust/tokens/verify.ts'
import type { BinaryContent, NcpehCall, NcpehHandlers } from '#wire/fhir/ncpeh-server.ts'
import type { NcpehAnswer } from '#wire/fhir/outcome.ts'
import { callerOf, type Desk, type Done, openFile, receive, refused } from './desk.ts'
import { groupEntries, type NationalEntry } from './document-entry.ts'
import { sameId } from './opaque-id.ts'
import { originalPdf } from './original-pdf.ts'
import { type CareRefusal, NO_SUCH_DOCUMENT, NOT_ALLOWED, nationalRefusal, UNREADABLE_DOCUMENT } from './refusals.ts'

type Rendition = 'bundle' | 'pdf' | 'source'

export function retrieval(desk: Desk): Pick<NcpehHandlers, 'readBundle' | 'readBinary'> {
  return {
    readBundle: (id, call) =>
      retrieve<Bundle>(desk, id, ['bundle'], call, async (bytes) => {
        const read = await desk.readDocument(bytes)
        return read.ok ? desk.transcode(read.value).bundle : undefined
      }),
    readBinary: (id, call) =>
      retrieve<BinaryContent>(desk, id, ['pdf', 'source'], call, async (bytes, national, rendition) => {
        if (rendition === 'source') return { contentType: 'text/xml', bytes }
        const pdf = national.format === 'pdf' ? bytes : originalPdf(bytes)
        return pdf && { contentType: 'application/pdf', bytes: pdf }
      }),
  }
}

type Rendering<T> = (bytes: Uint8Array, national: NationalDocument, rendition: Rendition) => Promise<T | undefined>

async function retrieve<T>(
  desk: Desk,
  id: string,
  renditions: readonly Rendition[],
  call: NcpehCall,
  render: Rendering<T>,
): Promise<NcpehAnswer<T>> {
  const began = desk.even.now()
  const answer = await receive<T>(
    desk,
    {
      step: 'retrieve',
      document: id,
      scope: renditions.includes('bundle') ? 'user/Bundle.read' : 'user/Binary.read',
      service: 'patient-summary',
      patients: undefined,
      needsRelationship: true,
    },
    call,
    async (access): Promise<Done<T>> => {
      const file = await openFile(desk, access, PATIENT_SUMMARY)
      if (file.refusal) return refused(file.refusal)
      const { person, patient, decision } = file
      if (!person) return refused(NO_SUCH_DOCUMENT, { detail: 'unknown-patient' })
      if (!decision.permit) {
        const refusal = decision.reason === 'consent' ? NO_SUCH_DOCUMENT : NOT_ALLOWED
        return refused(refusal, { patient, detail: decision.reason })
      }
      const found = await find(desk, access, patient, id, renditions)
      if (found.refusal) return refused(found.refusal, { patient })
      return handOut(desk, access, patient, found, render)
    },
  )
  if (!answer.ok && answer.refusal === NO_SUCH_DOCUMENT) await desk.even.settle(began)
  return answer
}

interface Found {
  readonly refusal?: undefined
  readonly national: NationalDocument
  readonly rendition: Rendition
}

/** Which of the patient's documents has this opaque id; ids of other patients and other countries match none. */
async function find(
  desk: Desk,
  access: VerifiedAccess,
  patient: string,
  id: string,
  renditions: readonly Rendition[],
): Promise<Found | { readonly refusal: CareRefusal }> {
  const listed = await desk.connector.listPatientSummaries(patient, callerOf(access))
  if (!listed.ok) {
    const missing = listed.problem.code === 'national-no-match' || listed.problem.code === 'national-document-missing'
    return { refusal: missing ? NO_SUCH_DOCUMENT : nationalRefusal(listed.problem) }
  }
  const summaries = listed.value.filter(({ classCode }) => classCode === PATIENT_SUMMARY)
  for (const entry of groupEntries(summaries)) {
    for (const rendition of renditions) {
      const national = nationalOf(entry, rendition)
      if (national && sameId(id, desk.ids.of(rendition, access.issuer, patient, entry.main.id))) {
        return { national, rendition }
      }
    }
  }
  return { refusal: NO_SUCH_DOCUMENT }
}

function nationalOf(entry: NationalEntry, rendition: Rendition): NationalDocument | undefined {
  return rendition === 'bundle' ? entry.structured : entry[rendition]
}

async function handOut<T>(
  desk: Desk,
  access: VerifiedAccess,
  patient: string,
  { national, rendition }: Found,
  render: Rendering<T>,
): Promise<Done<T>> {
  const fetched = await desk.connector.getDocument(patient, national.id, callerOf(access))
  if (!fetched.ok) return refused(nationalRefusal(fetched.problem), { patient, detail: fetched.problem.code })
  const { document, bytes } = fetched.value
  // What was decided was this patient's document of this class; nothing else is released.
  if (document.id !== national.id || document.patient !== national.patient || document.classCode !== PATIENT_SUMMARY) {
    return refused(NO_SUCH_DOCUMENT, { patient, detail: 'another-document' })
  }
  const value = await render(bytes, document, rendition)
  if (value === undefined) return refused(UNREADABLE_DOCUMENT, { patient, documents: [national.id] })
  return { answer: { ok: true, value }, outcome: 'success', patient, documents: [national.id], disclosed: true }
}
