/** Which documents are there? No document, unknown patient and opt-out look the same, in content and in time. */
import type { ListedDocument, ListQuestion, VerifiedCaller } from '../border/border-service.ts'
import type { AuthenticatedCall } from './authenticated-call.ts'
import { type Desk, type DeskAnswer, type Done, receive, refused } from './desk.ts'
import { groupEntries } from './document-entry.ts'
import { canPrint, listedDocument } from './listed-document.ts'
import { nationalDocuments } from './national-documents.ts'
import { openClasses, openFile } from './patient-file.ts'
import { NOT_ALLOWED, nationalRefusal, UNKNOWN_CLASS } from './refusals.ts'

export interface Listing extends ListQuestion {
  /** A wire's own filter beside the common ones; what it leaves out was not listed. */
  readonly isWanted?: (document: ListedDocument) => boolean
}

type Listed = Done<readonly ListedDocument[]>

export async function listDocuments(
  desk: Desk,
  question: Listing,
  call: AuthenticatedCall,
): Promise<DeskAnswer<readonly ListedDocument[]>> {
  const began = desk.even.now()
  const answer = await receive<readonly ListedDocument[]>(
    desk,
    { step: 'list', service: question.service, patients: [question.patient] },
    call,
    async (caller): Promise<Listed> => {
      const listed = await permitted(desk, question, caller, call)
      if (listed.answer.ok && listed.answer.value.length > 0) desk.even.observe(desk.even.now() - began)
      return listed
    },
  )
  if (answer.ok && answer.value.length === 0) await desk.even.settle(began)
  return answer
}

async function permitted(
  desk: Desk,
  question: Listing,
  caller: VerifiedCaller,
  { wire }: AuthenticatedCall,
): Promise<Listed> {
  const { service } = question
  if (question.classCodes.length === 0) return refused(UNKNOWN_CLASS)
  const file = await openFile(desk, caller, service, question.classCodes)
  if (file.refusal) return refused(file.refusal)
  const { person, patient, decisions } = file
  if (!person) return nothing('unknown-patient', patient)
  const classes = openClasses(decisions)
  if (!classes.open) {
    return classes.reason === 'consent'
      ? nothing('consent', patient)
      : refused(NOT_ALLOWED, { patient, detail: classes.reason })
  }
  const listed = await nationalDocuments(desk, caller, patient, { ...question, classCodes: classes.open })
  if (!listed.ok) {
    return listed.problem.code === 'national-no-match' || listed.problem.code === 'national-document-missing'
      ? nothing('no-document', patient)
      : refused(nationalRefusal(listed.problem), { patient, detail: listed.problem.code })
  }
  const frame = { wire, service, ids: desk.ids, caller: caller.country, person, patient, canPrint: canPrint(desk) }
  const documents = groupEntries(listed.value)
    .map((entry) => listedDocument(entry, frame))
    .filter((document) => document.forms.length > 0 && (question.isWanted?.(document) ?? true))
  if (documents.length === 0) return nothing('no-document', patient)
  return {
    answer: { ok: true, value: documents },
    outcome: 'success',
    patient,
    documents: documents.map(({ id }) => id),
    disclosed: true,
  }
}

function nothing(detail: string, patient: string): Listed {
  return {
    answer: { ok: true, value: [] },
    outcome: detail === 'consent' ? 'refused' : 'nothing',
    patient,
    detail,
    documents: [],
  }
}
