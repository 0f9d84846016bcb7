/** What clinical software may ask, parsed once at the door. */
import { z } from 'zod'
import type { CareContext } from '#care/context/care-context.ts'
import type { Professional } from '#trust/people/professional.ts'

const Country = z.string().regex(/^[A-Z]{2}$/)

export const IdentifyRequest = z.object({
  country: Country,
  /** Answers by field name of the country's search mask. */
  answers: z.record(z.string().max(100), z.string().max(200)),
})

const Care = {
  country: Country,
  /** `system|value` of a candidate. */
  patient: z.string().max(300),
  purpose: z.enum(['TREATMENT', 'EMERGENCY']),
  /** Required for an emergency. */
  reason: z.string().max(500).optional(),
  /** A relative who speaks for the patient. */
  nextOfKin: z
    .object({
      family: z.string().max(200),
      given: z.string().max(200),
      identifiers: z.array(z.string().max(300)).max(4),
    })
    .exactOptional(),
  /** When the professional declared the treatment relationship (ISO 8601). */
  relationshipDeclaredAt: z.iso.datetime({ offset: true }),
  /** The information notice that the patient was given. */
  notice: z.object({
    version: z.string().max(50),
    languages: z.array(z.string().max(35)).min(1),
    recordedAt: z.iso.datetime({ offset: true }),
  }),
}

export const DocumentsRequest = z.object(Care)
export const DocumentRequest = z.object({ ...Care, document: z.string().max(500) })

const Search = { prescriptionId: z.string().max(200).exactOptional(), pin: z.string().max(64).exactOptional() }
export const PrescriptionsRequest = z.object({ ...Care, ...Search })
export const PrescriptionRequest = z.object({ ...Care, ...Search, document: z.string().max(500) })

const Words = z.string().min(1).max(300)
const Quantity = z.object({
  value: z.number().positive(),
  unit: z.object({ code: Words.exactOptional(), system: Words.exactOptional(), display: Words }),
})

export const DispenseRequest = z.object({
  ...Care,
  ...Search,
  /** The prescription, as listed. */
  document: z.string().max(500),
  /** Made once for each dispensation: sent twice, it is one. */
  confirmation: z.string().min(16).max(100),
  items: z
    .array(
      z.object({
        prescribedItem: Words,
        product: z.object({ name: Words, code: Words.exactOptional(), system: Words.exactOptional() }),
        substituted: z.boolean(),
        packages: z.number().int().positive().max(9999),
        packageSize: Quantity.exactOptional(),
        batch: Words.exactOptional(),
      }),
    )
    .min(1)
    .max(50),
})
export const DiscardRequest = z.object({ ...Care, dispensation: z.string().max(500) })

const Day = z.iso.date()
export const OriginalsRequest = z.object({
  ...Care,
  classCode: z.string().max(40).exactOptional(),
  maximumSize: z.number().int().positive().exactOptional(),
  createdAfter: Day.exactOptional(),
  createdBefore: Day.exactOptional(),
})

/** The care context that a request states; undefined when an emergency comes without a reason. */
export function careContextOf(
  request: z.infer<typeof DocumentsRequest>,
  professional: Professional,
): CareContext | undefined {
  const { country, patient, purpose, reason, nextOfKin, relationshipDeclaredAt, notice } = request
  if (purpose === 'EMERGENCY' && (reason === undefined || reason.trim() === '')) return undefined
  return {
    professional,
    patient,
    country,
    purpose,
    ...(reason === undefined ? {} : { reason }),
    ...(nextOfKin === undefined ? {} : { nextOfKin }),
    relationship: { declaredAt: relationshipDeclaredAt },
    notice,
  }
}
