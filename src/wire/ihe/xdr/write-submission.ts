/** ITI-41, writing: the submission set, the entry, their association and the document (eHDSI XDR profile). */
import { randomUUID } from 'node:crypto'
import { CLASS_CODE_SYSTEM, documentClass } from '../document-classes.ts'
import type { DocumentSubmission, IheProfile } from '../exchange.ts'
import { writeDocumentEntry } from '../registry/document-entry.ts'
import { writeCx, writeTime, writeXcn, writeXon } from '../registry/hl7-v2.ts'
import { association, named, ObjectParts, slot } from '../registry/registry-object.ts'
import { HAS_MEMBER, LCM, RIM, SUBMISSION_SET, XDSB } from '../registry/schemes.ts'
import type { Attach } from '../soap/attachments.ts'
import { writePatientInfo } from './patient-info.ts'

const SET = 'SubmissionSet'

/** @param newId a new UUID at each call */
export function writeSubmission(
  submission: DocumentSubmission,
  profile: IheProfile,
  attach: Attach,
  newId: () => string = randomUUID,
): string {
  const { metadata, patient, demographics } = submission
  const info = slot('sourcePatientInfo', writePatientInfo(patient, demographics))
  const entry = writeDocumentEntry(metadata, profile, newId, info)
  const original = slot('SubmissionSetStatus', ['Original'])
  const objects = [
    entry.xml,
    writeSet(submission, profile, newId),
    `<Classification classificationNode="${SUBMISSION_SET.node}" classifiedObject="${SET}" id="urn:uuid:${newId()}"/>`,
    association(HAS_MEMBER, SET, entry.id, newId(), original),
  ]
  return `<xdsb:ProvideAndRegisterDocumentSetRequest xmlns:xdsb="${XDSB}"><lcm:SubmitObjectsRequest xmlns:lcm="${LCM}"><RegistryObjectList xmlns="${RIM}">${objects.join('')}</RegistryObjectList></lcm:SubmitObjectsRequest><xdsb:Document id="${entry.id}">${attach(submission.bytes)}</xdsb:Document></xdsb:ProvideAndRegisterDocumentSetRequest>`
}

function writeSet(submission: DocumentSubmission, profile: IheProfile, newId: () => string): string {
  const { metadata, patient, sourceId, submissionId, author } = submission
  const display = documentClass(metadata.classCode)?.display ?? metadata.title
  const parts = new ObjectParts(SET, newId)
  const inner = [
    slot('submissionTime', [writeTime(submission.submitted)]),
    named('Name', display),
    named('Description', `Description of ${display}`),
    writeAuthor(author, profile, parts),
    parts.classification(SUBMISSION_SET.contentType, {
      code: metadata.classCode,
      scheme: CLASS_CODE_SYSTEM,
      display,
    }),
    parts.identifier(SUBMISSION_SET.uniqueId, 'XDSSubmissionSet.uniqueId', submissionId),
    parts.identifier(SUBMISSION_SET.patientId, 'XDSSubmissionSet.patientId', writeCx(patient)),
    parts.identifier(SUBMISSION_SET.sourceId, 'XDSSubmissionSet.sourceId', sourceId),
  ]
  // The reference implementation repeats the node of a submission set as the type of the object.
  const type =
    profile === 'openncp'
      ? SUBMISSION_SET.node
      : 'urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:RegistryPackage'
  return `<RegistryPackage id="${SET}" objectType="${type}">${inner.join('')}</RegistryPackage>`
}

function writeAuthor(author: DocumentSubmission['author'], profile: IheProfile, parts: ObjectParts): string {
  const { institutionId } = author
  const institution = {
    name: author.institution,
    ...(institutionId === undefined ? {} : { identifier: institutionId }),
  }
  const slots = [
    slot('authorInstitution', [institution.name === '' && institutionId === undefined ? '' : writeXon(institution)]),
    slot('authorPerson', [writeXcn(author.person, profile, institution)]),
  ]
  return parts.author(SUBMISSION_SET.author, slots.join(''))
}
