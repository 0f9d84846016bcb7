/** The content of a listed document: fetched in one form, checked, and read into the model when it is coded. */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { ok, type Result } from '#platform/result/result.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import { hasHash } from '#wire/fhir/ncpeh-client.ts'
import type { BorderAnswer, DocumentContent, Form, ListedDocument, ListedForm } from '../border/border-service.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import type { Line } from './asking.ts'
import { refusal } from './channels/peer-refusals.ts'
import { careFailure } from './failures.ts'
import type { Asking } from './options.ts'
import { identifiersOf, isAbout } from './same-patient.ts'

/** The reading of retrieved bytes, as the composition root gives it. */
export type ReadDocument = (bytes: Uint8Array) => Result<ClinicalDocument> | Promise<Result<ClinicalDocument>>

export function formOf(listed: ListedDocument, form: Form): ListedForm | undefined {
  return listed.forms.find((one) => one.form === form)
}

/** One form of a document, as it is. */
export async function fetchForm(
  { channel, call }: Line,
  { patient, country }: CareContext,
  service: ServiceKind,
  listed: ListedDocument,
  listedForm: ListedForm,
): Promise<BorderAnswer<DocumentContent>> {
  const { id, form, mediaType, hash, inline } = listedForm
  if (inline) {
    return hash === undefined || hasHash(inline, hash)
      ? { ok: true, value: { id, classCode: listed.classCode, mediaType, bytes: inline } }
      : refusal('ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED', country, 'refused', 'hash')
  }
  return channel.retrieve(
    { patient, service, id, form, as: 'as-is', mediaType, ...(hash === undefined ? {} : { hash }) },
    call,
  )
}

/** The coded document in the model; never one about somebody else. */
export async function readAbout(
  asking: Asking,
  { patient, country }: CareContext,
  listed: ListedDocument,
  bytes: Uint8Array,
): Promise<Result<ClinicalDocument, CareProblemCode>> {
  const read = await asking.readDocument(bytes)
  if (!read.ok) {
    asking.log.warn('document-not-read', { country, code: read.problem.code })
    return careFailure('ERROR_GENERIC', country)
  }
  if (!isAbout(read.value, identifiersOf(patient, listed.patients ?? []))) {
    asking.log.error('document-of-another-patient', { country })
    return careFailure('ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED', country)
  }
  return ok(read.value)
}
