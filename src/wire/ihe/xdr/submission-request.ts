/** ITI-41, reading: one document with its metadata, in one submission set (IHE ITI TF-2 3.41, eHDSI XDR profile). */
import { createHash } from 'node:crypto'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { attribute, child, children } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { DocumentMetadata, DocumentSubmission, SubmissionAnswer } from '../exchange.ts'
import { readDocumentEntry } from '../registry/document-entry.ts'
import { readCx, readTime, readXcn, readXon } from '../registry/hl7-v2.ts'
import { classifications, externalIdentifier, slotValue, slotValues } from '../registry/registry-object.ts'
import { LCM, RIM, SUBMISSION_SET, XDSB } from '../registry/schemes.ts'
import type { ContentOf } from '../soap/attachments.ts'
import { readDemographics } from './patient-info.ts'

export type SubmissionProblemCode =
  /** Not a submission at all: a SOAP fault. The others are answered as a submission is (`refusedSubmission`). */
  | 'submission-malformed'
  | 'submission-not-one-document'
  | 'submission-set-missing'
  | 'submission-metadata-missing'
  | 'submission-patients-differ'
  | 'submission-document-missing'
  | 'submission-document-altered'

export function readSubmission(
  body: XmlElement,
  content: ContentOf,
): Result<DocumentSubmission, SubmissionProblemCode> {
  const list = child(child(body, 'SubmitObjectsRequest', LCM), 'RegistryObjectList', RIM)
  if (body.name !== 'ProvideAndRegisterDocumentSetRequest' || body.namespace !== XDSB || list === undefined) {
    return refused('submission-malformed', 'The message is not a ProvideAndRegisterDocumentSetRequest with metadata.')
  }
  const [entry, ...others] = children(list, 'ExtrinsicObject', RIM)
  const documents = children(body, 'Document', XDSB)
  if (entry === undefined || others.length > 0 || documents.length > 1) {
    return refused('submission-not-one-document', 'A submission has one document with its metadata, no more, no less.')
  }
  const set = readSet(list)
  if (set === undefined) {
    return refused('submission-set-missing', 'The submission has no submission set with an id of its own.')
  }
  const metadata = readDocumentEntry(entry)
  if (metadata === undefined) {
    return refused('submission-metadata-missing', 'The metadata name no document, no patient or no class.')
  }
  // IHE ITI TF-2 3.42.4.1.3.3.1: whose document it is must not depend on where one looks.
  if (set.patient !== undefined && set.patient !== metadata.patient) {
    return refused('submission-patients-differ', 'The submission set and the document are of different patients.')
  }
  const document = documents.find((one) => sameReference(attribute(one, 'id'), attribute(entry, 'id')))
  const bytes = document === undefined ? undefined : content(document)
  if (bytes === undefined || !bytes.ok || bytes.value.length === 0) {
    return refused('submission-document-missing', 'The document of the metadata is not in the message.')
  }
  if (!isDescribed(bytes.value, metadata)) {
    return refused('submission-document-altered', 'The document is not the one that its hash describes.')
  }
  const demographics = readDemographics(slotValues(entry, 'sourcePatientInfo'))
  return ok({
    ...set,
    patient: metadata.patient,
    metadata,
    ...(demographics === undefined ? {} : { demographics }),
    bytes: bytes.value,
  })
}

/** IHE ITI TF-2 3.41.4.1.3: a hash need not be given; given, it is that of the document. (Sizes of others are often wrong.) */
function isDescribed(bytes: Uint8Array, { hash }: DocumentMetadata): boolean {
  return hash === undefined || createHash('sha1').update(bytes).digest('hex') === hash
}

function sameReference(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && left.trim() !== '' && left.trim() === right?.trim()
}

type SubmissionSet = Pick<DocumentSubmission, 'submissionId' | 'submitted' | 'sourceId' | 'author'> & {
  readonly patient: string | undefined
}

function readSet(list: XmlElement): SubmissionSet | undefined {
  // A folder is a package, too; only a submission set has this id.
  const set = children(list, 'RegistryPackage', RIM).find((one) => externalIdentifier(one, SUBMISSION_SET.uniqueId))
  const submissionId = set === undefined ? undefined : externalIdentifier(set, SUBMISSION_SET.uniqueId)
  if (set === undefined || submissionId === undefined) return undefined
  return {
    submissionId,
    submitted: readTime(slotValue(set, 'submissionTime') ?? '') ?? '',
    sourceId: externalIdentifier(set, SUBMISSION_SET.sourceId) ?? '',
    author: readAuthor(set),
    patient: readCx(externalIdentifier(set, SUBMISSION_SET.patientId) ?? ''),
  }
}

/** Of several forms of the institution, the first that has an identifier is the most telling. */
function readAuthor(set: XmlElement): DocumentSubmission['author'] {
  const [author] = classifications(set, SUBMISSION_SET.author)
  const institutions = slotValues(author, 'authorInstitution').map(readXon)
  const institution = institutions.find(({ identifier }) => identifier !== undefined) ?? institutions[0]
  return {
    person: readXcn(slotValue(author, 'authorPerson') ?? ''),
    institution: institution?.name ?? '',
    ...(institution?.identifier === undefined ? {} : { institutionId: institution.identifier }),
  }
}

function refused(code: SubmissionProblemCode, sentence: string): Result<never, SubmissionProblemCode> {
  return failed(code, sentence, 'Send one document as the eHDSI XDR profile has it.')
}

const ERRORS: Readonly<Record<SubmissionProblemCode, string>> = {
  'submission-malformed': 'ERROR_ED_INCORRECT_FORMATTING',
  'submission-not-one-document': 'ERROR_ED_INCORRECT_FORMATTING',
  'submission-set-missing': 'ERROR_ED_MISSING_REQUIRED_FIELDS',
  'submission-metadata-missing': 'ERROR_ED_MISSING_REQUIRED_FIELDS',
  'submission-patients-differ': 'XDSPatientIdDoesNotMatch',
  'submission-document-missing': 'XDSMissingDocument',
  'submission-document-altered': 'XDSNonIdenticalHash',
}

/** The answer to a submission that is not looked into. */
export function refusedSubmission({ code, sentence }: Problem<SubmissionProblemCode>): SubmissionAnswer {
  return { status: 'failure', errors: [{ code: ERRORS[code], severity: 'error', text: sentence }] }
}
