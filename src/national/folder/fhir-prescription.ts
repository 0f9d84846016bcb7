/** What a prescription in FHIR says of its lines (HL7 Europe MPD: MedicationRequest, Medication). */
import { z } from 'zod'
import type { PrescriptionHeader, PrescriptionLine } from './document-header.ts'

const Coding = z.object({ system: z.string().optional(), code: z.string().optional(), display: z.string().optional() })
const Concept = z.object({ coding: z.array(Coding).default([]), text: z.string().optional() })
const Identifier = z.object({ system: z.string().optional(), value: z.string().optional() })
const Quantity = z.object({ value: z.number().optional(), unit: z.string().optional(), code: z.string().optional() })

const Request = z.object({
  resourceType: z.literal('MedicationRequest'),
  identifier: z.array(Identifier).default([]),
  groupIdentifier: Identifier.optional(),
  medicationReference: z.object({ reference: z.string().optional() }).optional(),
  medicationCodeableConcept: Concept.optional(),
  dispenseRequest: z
    .object({
      validityPeriod: z.object({ end: z.string().optional() }).optional(),
      quantity: Quantity.optional(),
      numberOfRepeatsAllowed: z.number().int().optional(),
    })
    .optional(),
  substitution: z
    .object({ allowedBoolean: z.boolean().optional(), allowedCodeableConcept: Concept.optional() })
    .optional(),
})

const Extension = z.object({ valueCodeableConcept: Concept.optional(), valueString: z.string().optional() })
const Medication = z.object({
  resourceType: z.literal('Medication'),
  code: Concept.optional(),
  form: Concept.optional(),
  extension: z.array(Extension).default([]),
  ingredient: z
    .array(
      z.object({ strength: z.object({ numerator: Quantity.optional(), denominator: Quantity.optional() }).optional() }),
    )
    .default([]),
})

const ATC = 'http://www.whocc.no/atc'
/** EDQM: containers. A quantity in any other unit does not count packages. */
const PACKAGE_CODE = /^300\d{5}$/

export interface PrescriptionEntry {
  readonly fullUrl?: string | undefined
  readonly resource?: unknown
}

/** Undefined when there is no request. `identifiers`: of the document, the prescription's own first. */
export function readFhirPrescription(
  entries: readonly PrescriptionEntry[],
  identifiers: readonly z.infer<typeof Identifier>[],
): PrescriptionHeader | undefined {
  const requests = entries.flatMap(({ resource }) => Request.safeParse(resource).data ?? [])
  const [first] = requests
  if (!first) return undefined
  const tokens = [...requests.map(({ groupIdentifier }) => groupIdentifier), ...identifiers].flatMap(
    (one) => tokenOf(one) ?? [],
  )
  const validUntil = requests.map((request) => request.dispenseRequest?.validityPeriod?.end).find(Boolean)
  return {
    identifiers: [...new Set(tokens)],
    lines: requests.map(lineOf),
    ...(validUntil === undefined ? {} : { validUntil: validUntil.slice(0, 10) }),
    ...medicineOf(first, entries),
  }
}

function lineOf({ identifier, dispenseRequest, substitution }: z.infer<typeof Request>): PrescriptionLine {
  const { quantity, numberOfRepeatsAllowed: repeats = 0 } = dispenseRequest ?? {}
  const { value = 1, code = '' } = quantity ?? {}
  const packages = value > 0 && (code === '' || PACKAGE_CODE.test(code)) ? value : 1
  return {
    id: identifier.map(tokenOf).find((token) => token !== undefined) ?? '',
    packages: packages * (1 + Math.max(0, repeats)),
    substitutionAllowed:
      substitution?.allowedBoolean !== false &&
      !(substitution?.allowedCodeableConcept?.coding ?? []).some(({ code: allowed }) => allowed === 'N'),
  }
}

function medicineOf(request: z.infer<typeof Request>, entries: readonly PrescriptionEntry[]) {
  const reference = request.medicationReference?.reference
  const medication = entries
    .filter(({ fullUrl }) => fullUrl !== undefined && reference !== undefined && fullUrl.endsWith(reference))
    .flatMap(({ resource }) => Medication.safeParse(resource).data ?? [])[0]
  const named = medication?.code ?? request.medicationCodeableConcept
  const product = named?.text ?? named?.coding[0]?.display
  const codings = [
    ...(named?.coding ?? []),
    ...(medication?.extension ?? []).flatMap((extension) => extension.valueCodeableConcept?.coding ?? []),
  ]
  const atc = wordsOf(codings.find(({ system }) => system === ATC))
  const doseForm = wordsOf(medication?.form?.coding[0])
  const strength = strengthOf(medication?.ingredient[0]?.strength)
  const { allowedBoolean, allowedCodeableConcept } = request.substitution ?? {}
  const substitution =
    wordsOf(allowedCodeableConcept?.coding[0]) ??
    (allowedBoolean === undefined ? undefined : allowedBoolean ? EQUIVALENT : NONE)
  return {
    ...(product === undefined ? {} : { product }),
    ...(atc ? { atc } : {}),
    ...(doseForm ? { doseForm } : {}),
    ...(strength === undefined ? {} : { strength }),
    ...(substitution ? { substitution } : {}),
  }
}

/** HL7 v3 substanceAdminSubstitution: what a plain yes or no means. */
const EQUIVALENT = { code: 'E', display: 'equivalent' } as const
const NONE = { code: 'N', display: 'none' } as const

function strengthOf(
  strength:
    | { numerator?: z.infer<typeof Quantity> | undefined; denominator?: z.infer<typeof Quantity> | undefined }
    | undefined,
) {
  const amount = quantityWords(strength?.numerator)
  if (amount === undefined) return undefined
  const { value, unit } = strength?.denominator ?? {}
  if (unit === undefined || unit === '1') return amount
  return `${amount}/${value === 1 || value === undefined ? '' : `${value} `}${unit}`
}

function quantityWords(quantity: z.infer<typeof Quantity> | undefined): string | undefined {
  return quantity?.value === undefined ? undefined : `${quantity.value} ${quantity.unit ?? quantity.code ?? ''}`.trim()
}

function wordsOf(coding: z.infer<typeof Coding> | undefined) {
  return coding?.code === undefined ? undefined : { code: coding.code, display: coding.display ?? coding.code }
}

function tokenOf(identifier: z.infer<typeof Identifier> | undefined): string | undefined {
  return identifier?.value === undefined ? undefined : `${identifier.system ?? ''}|${identifier.value}`
}
