/** One document: structured and in European codes, or its original as it is. */
import type { NationalDocument, NationalPatient } from '#national/connector.ts'
import type { DocumentContent, RetrieveQuestion, VerifiedCaller } from '../border/border-service.ts'
import type { AuthenticatedCall } from './authenticated-call.ts'
import { type Desk, type DeskAnswer, type Done, nationalCaller, receive, refused } from './desk.ts'
import { groupEntries } from './document-entry.ts'
import { documentId } from './document-id.ts'
import { canPrint, nationalFile } from './listed-document.ts'
import { nationalDocuments } from './national-documents.ts'
import { sameId } from './opaque-id.ts'
import { openClasses, openFile } from './patient-file.ts'
import { type CareRefusal, NO_SUCH_DOCUMENT, NOT_ALLOWED, nationalRefusal } from './refusals.ts'
import { renderDocument } from './render-document.ts'

export interface Retrieval extends Omit<RetrieveQuestion, 'form'> {
  /** Any of these; the id tells which. */
  readonly forms: readonly RetrieveQuestion['form'][]
}

export async function retrieveDocument(
  desk: Desk,
  question: Retrieval,
  call: AuthenticatedCall,
): Promise<DeskAnswer<DocumentContent>> {
  const began = desk.even.now()
  const { service, id } = question
  const answer = await receive<DocumentContent>(
    desk,
    { step: 'retrieve', service, document: id, patients: [question.patient] },
    call,
    async (caller): Promise<Done<DocumentContent>> => {
      const classCodes = desk.policies.find((policy) => policy.service === service)?.documentClasses ?? []
      const file = await openFile(desk, caller, service, classCodes)
      if (file.refusal) return refused(file.refusal)
      const { person, patient, decisions } = file
      if (!person) return refused(NO_SUCH_DOCUMENT, { detail: 'unknown-patient' })
      const classes = openClasses(decisions)
      if (!classes.open) {
        return refused(classes.reason === 'consent' ? NO_SUCH_DOCUMENT : NOT_ALLOWED, {
          patient,
          detail: classes.reason,
        })
      }
      const found = await find(desk, question, caller, call, { patient, open: classes.open })
      if (found.refusal) return refused(found.refusal, { patient })
      return handOut(desk, question, caller, { person, patient, found })
    },
  )
  if (!answer.ok && answer.refusal === NO_SUCH_DOCUMENT) await desk.even.settle(began)
  return answer
}

interface Found {
  readonly refusal?: undefined
  readonly national: NationalDocument
  readonly form: RetrieveQuestion['form']
}

/** Which of the patient's documents has this opaque id; ids of other patients and other countries match none. */
async function find(
  desk: Desk,
  { service, id, forms }: Retrieval,
  caller: VerifiedCaller,
  { wire }: AuthenticatedCall,
  { patient, open }: { readonly patient: string; readonly open: readonly string[] },
): Promise<Found | { readonly refusal: CareRefusal }> {
  const listed = await nationalDocuments(desk, caller, patient, { service, classCodes: open })
  if (!listed.ok) {
    const missing = listed.problem.code === 'national-no-match' || listed.problem.code === 'national-document-missing'
    return { refusal: missing ? NO_SUCH_DOCUMENT : nationalRefusal(listed.problem) }
  }
  const frame = { wire, service, caller: caller.country, patient }
  for (const entry of groupEntries(listed.value)) {
    for (const form of forms) {
      const national = nationalFile(entry, form, { wire, canPrint: canPrint(desk) })
      if (national && sameId(id, documentId(desk.ids, { ...frame, form, document: entry.main.id }))) {
        return { national, form }
      }
    }
  }
  return { refusal: NO_SUCH_DOCUMENT }
}

async function handOut(
  desk: Desk,
  question: Retrieval,
  caller: VerifiedCaller,
  file: { readonly person: NationalPatient; readonly patient: string; readonly found: Found },
): Promise<Done<DocumentContent>> {
  const { patient, found } = file
  const { national, form } = found
  const fetched = await desk.connector.getDocument(patient, national.id, nationalCaller(caller))
  if (!fetched.ok) return refused(nationalRefusal(fetched.problem), { patient, detail: fetched.problem.code })
  const { document, bytes } = fetched.value
  // What was decided was this patient's document of this class; nothing else is released.
  if (
    document.id !== national.id ||
    document.patient !== national.patient ||
    document.classCode !== national.classCode
  ) {
    return refused(NO_SUCH_DOCUMENT, { patient, detail: 'another-document' })
  }
  const rendered = await renderDocument(desk, { ...file, national: document, form, as: question.as, bytes })
  if (!rendered.ok) return refused(rendered.refusal, { patient, documents: [national.id] })
  const value = { id: question.id, classCode: document.classCode, ...rendered.value }
  return {
    answer: { ok: true, value },
    outcome: 'success',
    patient,
    documents: [national.id],
    transformed: form === 'structured',
    disclosed: true,
  }
}
