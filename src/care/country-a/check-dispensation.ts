/** Is the dispensation about this patient and a prescription of his, and does it agree with it? Nothing is changed here. */
import { checkDispensation } from '#documents/pharmacy/check-dispensation.ts'
import { dispensationFactsOf, type ReadDispensation } from '#documents/pharmacy/dispensation-facts.ts'
import { prescriptionOf } from '#documents/pharmacy/prescription.ts'
import type { NationalDispensation, NationalDocument } from '#national/connector.ts'
import { ehdsiError } from '#wire/errors/ehdsi-errors.ts'
import type { DispensationSubmission, VerifiedCaller } from '../border/border-service.ts'
import { type Desk, type DeskAnswer, nationalCaller } from './desk.ts'
import { type CareRefusal, careRefusal, NOT_IDENTIFIABLE, nationalRefusal } from './refusals.ts'

export interface SubmissionPatient {
  readonly patient: string
  readonly identifiers: readonly string[]
}

export async function checkedDispensation(
  desk: Desk,
  submission: DispensationSubmission,
  caller: VerifiedCaller,
  who: SubmissionPatient,
): Promise<DeskAnswer<NationalDispensation>> {
  const read = await desk.readDocument(submission.document.bytes)
  const facts = read.ok ? dispensationFactsOf(read.value) : undefined
  if (!facts) return { ok: false, refusal: NO_DISPENSATION }
  if (!facts.patient.some((identifier) => who.identifiers.includes(identifier))) {
    return { ok: false, refusal: OTHER_PATIENT }
  }
  const named = [submission.prescriptionId, facts.prescriptionId, ...facts.fulfils].filter((id) => id !== '')
  const prescription = await prescriptionNamed(desk, named, caller, who)
  if (!prescription.ok) return prescription
  const agreed = await agreesWith(desk, prescription.value, facts, caller, who)
  if (agreed) return { ok: false, refusal: agreed }
  const items = facts.items.map(({ prescribedItem, packages, product, substituted }) => ({
    prescribedItem,
    packages,
    product: product.name,
    substituted,
  }))
  if (items.length === 0 || items.some(({ packages }) => !(packages > 0))) {
    return { ok: false, refusal: NOTHING_GIVEN }
  }
  return {
    ok: true,
    value: {
      submissionId: submission.submissionId,
      dispensationId: submission.dispensationId,
      prescriptionId: prescription.value[0]?.prescription?.prescriptionId ?? submission.prescriptionId,
      items,
      document: submission.document,
    },
  }
}

/**
 * The rules of this country on the prescription as it is coded, before the national side has the last word. What was given
 * before is known there only; a prescription that is a picture is left to it altogether.
 */
async function agreesWith(
  desk: Desk,
  renditions: readonly NationalDocument[],
  facts: ReadDispensation,
  caller: VerifiedCaller,
  { patient }: SubmissionPatient,
): Promise<CareRefusal | undefined> {
  const coded = renditions.find(({ format }) => format === 'cda-l3' || format === 'fhir')
  if (!coded || !desk.dispensingRules) return undefined
  const fetched = await desk.connector.getDocument(patient, coded.id, nationalCaller(caller))
  if (!fetched.ok) return nationalRefusal(fetched.problem)
  const read = await desk.readDocument(fetched.value.bytes)
  const prescription = read.ok ? prescriptionOf(read.value) : undefined
  if (!prescription) return undefined
  const { status, crossBorder } = coded.prescription ?? {}
  const before = {
    items: [],
    ...(status === undefined ? {} : { status }),
    ...(crossBorder === undefined ? {} : { crossBorder }),
  }
  const dispensed = desk.clock().toISOString()
  const verdict = checkDispensation(prescription, before, { ...facts, dispensed }, desk.dispensingRules)
  if (verdict.ok) return undefined
  const { code, sentence, next } = verdict.problem
  return careRefusal([ehdsiError(code).status, code], sentence, next)
}

/** The patient's own prescription that the dispensation names; the national side knows it by any of its identifiers. */
async function prescriptionNamed(
  desk: Desk,
  named: readonly string[],
  caller: VerifiedCaller,
  { patient }: SubmissionPatient,
): Promise<DeskAnswer<readonly NationalDocument[]>> {
  for (const prescriptionId of new Set(named)) {
    const pin = caller.dispensationPin
    const filter = { prescriptionId, ...(pin === undefined ? {} : { pin }) }
    const listed = await desk.connector.listPrescriptions(patient, filter, nationalCaller(caller))
    if (!listed.ok && listed.problem.code !== 'national-no-match') {
      return { ok: false, refusal: nationalRefusal(listed.problem) }
    }
    const found = listed.ok ? listed.value.filter(({ prescription }) => prescription !== undefined) : []
    if (found.length > 0) return { ok: true, value: found }
  }
  return { ok: false, refusal: NOT_IDENTIFIABLE }
}

const NO_DISPENSATION = careRefusal(
  [400, 'ERROR_ED_INCORRECT_FORMATTING'],
  'The document is no eDispensation that can be read.',
  'Send an eDispensation (LOINC 60593-1) as CDA or as a FHIR document.',
)

const OTHER_PATIENT = careRefusal(
  [403, '4206'],
  'The dispensation is about another patient than the credentials.',
  'Confirm the treatment of this patient, then send his dispensation.',
)

const NOTHING_GIVEN = careRefusal(
  [400, 'ERROR_ED_MISSING_REQUIRED_FIELDS'],
  'The dispensation does not say how many packages were given.',
  'State the number of packages for each line.',
)
