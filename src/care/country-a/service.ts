/** What country A answers, whatever the wire: the border's service, with the steps behind one desk. */
import type {
  BorderService,
  DispensationSubmission,
  DocumentContent,
  FoundPatient,
  ListedDocument,
  RetrieveQuestion,
  SubmissionReceipt,
} from '../border/border-service.ts'
import type { AuthenticatedCall } from './authenticated-call.ts'
import type { Desk, DeskAnswer } from './desk.ts'
import { type Identification, identifyPatients } from './identify-patients.ts'
import { type Listing, listDocuments } from './list-documents.ts'
import { type Retrieval, retrieveDocument } from './retrieve-document.ts'
import { submitDispensation } from './submit-dispensation.ts'

/** The same as `BorderService`, with refusals that both wires can tell and the finer questions of the doors. */
export interface CountryAService extends BorderService<AuthenticatedCall> {
  identify(question: Identification, call: AuthenticatedCall): Promise<DeskAnswer<readonly FoundPatient[]>>
  list(question: Listing, call: AuthenticatedCall): Promise<DeskAnswer<readonly ListedDocument[]>>
  retrieve(question: RetrieveQuestion | Retrieval, call: AuthenticatedCall): Promise<DeskAnswer<DocumentContent>>
  submit(submission: DispensationSubmission, call: AuthenticatedCall): Promise<DeskAnswer<SubmissionReceipt>>
}

export function countryAService(desk: Desk): CountryAService {
  return {
    identify: (question, call) => identifyPatients(desk, question, call),
    list: (question, call) => listDocuments(desk, question, call),
    retrieve: (question, call) =>
      retrieveDocument(desk, 'forms' in question ? question : { ...question, forms: [question.form] }, call),
    submit: (submission, call) => submitDispensation(desk, submission, call),
  }
}
