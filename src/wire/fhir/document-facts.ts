/**
 * What a DocumentReference tells about a document before it is opened, beyond title and date: of a prescription what may be
 * dispensed, of a report when and why. IHE MHD maps the XDS event code list to `context.event`, so both wires carry the same
 * codes (eHDSI XCA profile). Written by the server, read by the client.
 */
import type { CodeableConcept, DocumentReferenceContext } from 'fhir/r4'
import { z } from 'zod'
import type { PrescriptionFacts } from '../ihe/exchange.ts'

export interface DocumentFacts {
  readonly prescription?: PrescriptionFacts & {
    /** `system|value`. */
    readonly prescriptionId: string
    readonly product?: string
    /** `system|value` of dispensations that this country has of it. */
    readonly dispensations?: readonly string[]
  }
  readonly reasonOfHospitalisation?: { readonly code: string; readonly system: string; readonly display: string }
  /** ISO 8601. */
  readonly serviceStart?: string
  readonly authorSpecialty?: string
}

/** IHE XDW: may the prescription still be dispensed. */
const STATE_SYSTEM = 'urn:oid:1.3.6.1.4.1.19376.1.2.3'
const STATE = { open: 'urn:ihe:iti:xdw:2011:eventCode:open', closed: 'urn:ihe:iti:xdw:2011:eventCode:closed' } as const
const ATC_SYSTEM = 'http://www.whocc.no/atc'
const DOSE_FORM_SYSTEM = 'http://standardterms.edqm.eu'
const SUBSTITUTION_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-substanceAdminSubstitution'
/** eHDSI has a name for this list of one strength, no canonical. */
const STRENGTH_SYSTEM = 'urn:tessera:eHDSI_Strength_CodeSystem'
const PRODUCT_SYSTEM = 'urn:tessera:prescribed-product'
const KNOWN: readonly string[] = [
  STATE_SYSTEM,
  ATC_SYSTEM,
  DOSE_FORM_SYSTEM,
  SUBSTITUTION_SYSTEM,
  STRENGTH_SYSTEM,
  PRODUCT_SYSTEM,
]

/** `DocumentReference.context`; undefined when there is nothing to tell. */
export function writeDocumentFacts(facts: DocumentFacts): DocumentReferenceContext | undefined {
  const { prescription, reasonOfHospitalisation: reason, serviceStart, authorSpecialty } = facts
  const event = [...(prescription ? prescriptionEvents(prescription) : []), ...(reason ? [{ coding: [reason] }] : [])]
  const context: DocumentReferenceContext = {
    ...(event.length > 0 ? { event } : {}),
    ...(serviceStart === undefined ? {} : { period: { start: serviceStart } }),
    ...(authorSpecialty === undefined ? {} : { practiceSetting: { text: authorSpecialty } }),
    ...(prescription ? { related: relatedOf(prescription) } : {}),
  }
  return Object.keys(context).length > 0 ? context : undefined
}

function relatedOf({ prescriptionId, dispensations = [] }: NonNullable<DocumentFacts['prescription']>) {
  return [
    { type: 'MedicationRequest', identifier: identifierOf(prescriptionId) },
    ...dispensations.map((dispensation) => ({ type: 'MedicationDispense', identifier: identifierOf(dispensation) })),
  ]
}

function prescriptionEvents(facts: NonNullable<DocumentFacts['prescription']>): CodeableConcept[] {
  const { dispensable, substitution, atc, doseForm, strength, product } = facts
  return [
    { coding: [{ system: STATE_SYSTEM, code: dispensable ? STATE.open : STATE.closed }] },
    ...(atc ? [{ coding: [{ system: ATC_SYSTEM, ...atc }] }] : []),
    ...(doseForm ? [{ coding: [{ system: DOSE_FORM_SYSTEM, ...doseForm }] }] : []),
    ...(substitution ? [{ coding: [{ system: SUBSTITUTION_SYSTEM, ...substitution }] }] : []),
    ...(strength === undefined ? [] : [{ coding: [{ system: STRENGTH_SYSTEM, display: strength }] }]),
    ...(product === undefined ? [] : [{ coding: [{ system: PRODUCT_SYSTEM, display: product }] }]),
  ]
}

const Words = z.string().max(2000)
const Coding = z.object({ system: Words.optional(), code: Words.optional(), display: Words.optional() })
const Related = z.object({
  type: Words.optional(),
  identifier: z.object({ system: Words.optional(), value: Words.optional() }).optional(),
})

/** The context of a peer's DocumentReference, as far as it is read. */
export const DocumentContext = z.object({
  event: z
    .array(z.object({ coding: z.array(Coding).max(10).default([]) }))
    .max(50)
    .default([]),
  period: z.object({ start: Words.optional() }).optional(),
  practiceSetting: z.object({ text: Words.optional() }).optional(),
  related: z.array(Related).max(50).default([]),
})
export type DocumentContext = z.infer<typeof DocumentContext>

/** What the context of a peer's DocumentReference tells. */
export function readDocumentFacts(context: DocumentContext | undefined): DocumentFacts {
  if (!context) return {}
  const codings = context.event.flatMap(({ coding }) => coding)
  const reason = codings.find(({ system, code }) => system !== undefined && !KNOWN.includes(system) && code)
  const prescription = prescriptionOf(codings, context.related)
  const serviceStart = context.period?.start
  const authorSpecialty = context.practiceSetting?.text
  return {
    ...(prescription ? { prescription } : {}),
    ...(reason
      ? {
          reasonOfHospitalisation: {
            code: reason.code ?? '',
            system: reason.system ?? '',
            display: reason.display ?? reason.code ?? '',
          },
        }
      : {}),
    ...(serviceStart === undefined ? {} : { serviceStart }),
    ...(authorSpecialty === undefined ? {} : { authorSpecialty }),
  }
}

/** A prescription that does not say it is open is closed: silence is not taken for yes. */
function prescriptionOf(
  codings: readonly z.infer<typeof Coding>[],
  related: readonly z.infer<typeof Related>[],
): DocumentFacts['prescription'] {
  const of = (system: string) => codings.find((coding) => coding.system === system)
  const named = (type: string) =>
    related.flatMap((one) =>
      one.type === type && one.identifier?.value ? [tokenOf(one.identifier.system ?? '', one.identifier.value)] : [],
    )
  const [prescriptionId] = named('MedicationRequest')
  if (prescriptionId === undefined) return undefined
  const dispensations = named('MedicationDispense')
  const [atc, doseForm, substitution] = [ATC_SYSTEM, DOSE_FORM_SYSTEM, SUBSTITUTION_SYSTEM].map((system) =>
    wordsOf(of(system)),
  )
  const strength = of(STRENGTH_SYSTEM)?.display
  const product = of(PRODUCT_SYSTEM)?.display
  return {
    prescriptionId,
    dispensable: of(STATE_SYSTEM)?.code === STATE.open,
    ...(atc ? { atc } : {}),
    ...(doseForm ? { doseForm } : {}),
    ...(substitution ? { substitution } : {}),
    ...(strength === undefined ? {} : { strength }),
    ...(product === undefined ? {} : { product }),
    ...(dispensations.length > 0 ? { dispensations } : {}),
  }
}

function wordsOf(coding: z.infer<typeof Coding> | undefined) {
  return coding?.code === undefined ? undefined : { code: coding.code, display: coding.display ?? coding.code }
}

/** What a URI is identified in (FHIR R4, identifiers that are URIs); such a one is named by the URI alone. */
const URI_SYSTEM = 'urn:ietf:rfc:3986'

/** `system|value`, or a URI → FHIR. */
function identifierOf(token: string) {
  const bar = token.lastIndexOf('|')
  return bar < 0 ? { system: URI_SYSTEM, value: token } : { system: token.slice(0, bar), value: token.slice(bar + 1) }
}

function tokenOf(system: string, value: string): string {
  return system === URI_SYSTEM ? value : `${system}|${value}`
}
