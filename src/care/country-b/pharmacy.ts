/** Prescriptions of another country for its pharmacists: listed, shown, dispensed and taken back. */

import { checkDispensable, NOTHING_BEFORE } from '#documents/pharmacy/check-dispensation.ts'
import type { Prescription } from '#documents/pharmacy/pharmacy.ts'
import { prescriptionOf } from '#documents/pharmacy/prescription.ts'
import { ok, type Result } from '#platform/result/result.ts'
import type { ListedDocument } from '../border/border-service.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import { decide } from '../policy/policy.ts'
import { ask } from './asking.ts'
import { discard, dispense, type PharmacyDesk } from './dispensing-desk.ts'
import { entryOf } from './documents.ts'
import { careFailure, refusalFailure } from './failures.ts'
import { nameOf } from './listing.ts'
import type { Pharmacy, PrescriptionSearch, RetrievedPrescription } from './questions.ts'
import { fetchForm, formOf, readAbout } from './retrieved.ts'

const SERVICE = 'eprescription'

export function pharmacy(desk: PharmacyDesk): Pharmacy {
  const { lists, dispensing } = desk
  return {
    list: (context, search) => lists.list(context, listing(search)),
    async retrieve(context, documentId, search) {
      const found = await lists.find(context, listing(search), documentId)
      return found.ok ? retrievePrescription(desk, context, found.value, search) : found
    },
    dispense: (context, order) => dispense(desk, context, order),
    discard: (context, dispensationId) => discard(desk, context, dispensationId),
    outbox: async ({ organisation }) =>
      dispensing ? await dispensing.outbox.ofOrganisation(organisation.identifier) : [],
  }
}

export function listing(search: PrescriptionSearch | undefined) {
  return { service: SERVICE, ...(search ? { search } : {}) } as const
}

/** The prescription and its original PDF; without the PDF it is still shown. */
export async function retrievePrescription(
  desk: PharmacyDesk,
  context: CareContext,
  listed: ListedDocument,
  search: PrescriptionSearch | undefined,
): Promise<Result<RetrievedPrescription, CareProblemCode>> {
  const { asking } = desk
  const { professional, country, patient, purpose } = context
  const common = {
    service: SERVICE,
    professional,
    country,
    patient,
    purpose,
    context,
    ...(search ? { search } : {}),
  } as const
  return ask(asking, { ...common, step: 'retrieve', asked: nameOf(listed) }, async (line) => {
    const main = formOf(listed, 'structured') ?? formOf(listed, 'source')
    const original = formOf(listed, 'pdf')
    if (!main) return { result: careFailure('ERROR_GENERIC_DOCUMENT_MISSING', country) }
    const [fetched, pdf] = await Promise.all([
      fetchForm(line, context, SERVICE, listed, main),
      original && fetchForm(line, context, SERVICE, listed, original),
    ])
    if (!fetched.ok) return { result: refusalFailure(fetched.refusal) }
    const read = await readAbout(asking, context, listed, fetched.value.bytes)
    if (!read.ok) return { result: read }
    const prescription = prescriptionOf(read.value)
    if (!prescription) return { result: careFailure('ERROR_GENERIC', country) }
    const reason = await obstacle(desk, context, listed, prescription)
    return {
      result: ok({
        entry: entryOf(listed),
        document: read.value,
        prescription,
        dispensable: reason === undefined ? { yes: true } : { yes: false, reason },
        ...(pdf?.ok ? { pdf: pdf.value.bytes } : {}),
      }),
      transformed: true,
    }
  })
}

/** Why this pharmacist may not dispense it now. Country A has the last word; this saves the way there. */
async function obstacle(
  { asking, dispensing }: PharmacyDesk,
  { professional, purpose, country }: CareContext,
  { prescription: facts }: ListedDocument,
  prescription: Prescription,
): Promise<CareProblemCode | undefined> {
  const { role, organisation } = professional
  const policy = asking.policies.find(({ service }) => service === 'edispensation')
  if (!decide({ service: 'edispensation', role: role?.code ?? '', purpose }, policy, true).permit) {
    return 'ERROR_SEC_INSUFFICIENT_RIGHTS'
  }
  const rules = dispensing?.rules.of(country)
  if (!rules || !facts) return 'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION'
  const open = checkDispensable(prescription, NOTHING_BEFORE, rules, asking.clock().toISOString().slice(0, 10))
  if (!open.ok) return open.problem.code
  if (!facts.dispensable) return 'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION'
  const own = await dispensing?.outbox.ofPrescription(organisation.identifier, country, facts.prescriptionId)
  // One of ours is on its way, or may be there already: nothing is handed out twice.
  return own?.some(({ state }) => state !== 'accepted') ? '4106' : undefined
}
