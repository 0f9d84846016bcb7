/** Is the dispensation about this patient and a prescription of his, and does it agree with it? Nothing is changed here. */
import { dispensationFactsOf } from '#documents/pharmacy/dispensation-facts.ts'
import type { NationalDispensation, NationalDocument } from '#national/connector.ts'
import type { DispensationSubmission, VerifiedCaller } from '../border/border-service.ts'
import { type Desk, type DeskAnswer, nationalCaller } from './desk.ts'
import { careRefusal, nationalRefusal } from './refusals.ts'
import { NOT_IDENTIFIABLE, type SubmissionPatient } from './submit-dispensation.ts'

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
      prescriptionId: prescription.value.prescription?.prescriptionId ?? submission.prescriptionId,
      items,
      document: submission.document,
    },
  }
}

/** The patient's own prescription that the dispensation names; the national side knows it by any of its identifiers. */
async function prescriptionNamed(
  desk: Desk,
  named: readonly string[],
  caller: VerifiedCaller,
  { patient }: SubmissionPatient,
): Promise<DeskAnswer<NationalDocument>> {
  for (const prescriptionId of new Set(named)) {
    const pin = caller.dispensationPin
    const filter = { prescriptionId, ...(pin === undefined ? {} : { pin }) }
    const listed = await desk.connector.listPrescriptions(patient, filter, nationalCaller(caller))
    if (!listed.ok && listed.problem.code !== 'national-no-match') {
      return { ok: false, refusal: nationalRefusal(listed.problem) }
    }
    const found = listed.ok ? listed.value.find(({ prescription }) => prescription !== undefined) : undefined
    if (found) return { ok: true, value: found }
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
