/**
 * One journey: from the choice of a country to the patient's documents. Each step leaves proof of what was done;
 * which step may be shown is decided by that proof alone, never by the address.
 */
import { z } from 'zod'
import type { CareContext, CareProblemCode } from '#care/context/care-context.ts'
import { EHDSI_PROBLEMS } from '#care/context/care-context.ts'
import type { Professional } from '#trust/people/professional.ts'
import { ehdsiError } from '#wire/errors/ehdsi-errors.ts'

const candidate = z.object({
  identifier: z.string(),
  otherIdentifiers: z.array(z.string()),
  family: z.string(),
  given: z.array(z.string()),
  birthDate: z.string(),
  gender: z.enum(['male', 'female', 'other', 'unknown']),
})

const documentEntry = z.object({
  id: z.string(),
  type: z.string(),
  title: z.string(),
  date: z.string(),
  author: z.string(),
  language: z.string().optional(),
  renditions: z.array(
    z.object({ contentType: z.string(), url: z.string(), kind: z.enum(['structured', 'pdf', 'source']) }),
  ),
})

const answers = z.record(z.string(), z.string())

export const journeySchema = z.object({
  /** Country of affiliation (A). */
  country: z.string(),
  /** A form that did not pass: its values and what is wrong with which field, by message key. */
  attempt: z
    .object({ step: z.string(), answers, errors: z.array(z.object({ field: z.string(), key: z.string() })) })
    .optional(),
  search: z
    .object({
      /** What was typed, by field name of the search mask. */
      answers,
      candidates: z.array(candidate),
      refusal: z.enum(EHDSI_PROBLEMS).optional(),
    })
    .optional(),
  identity: z
    .object({
      candidate,
      /** Kind of identity document seen. */
      evidence: z.string(),
      /** Traits that differ from what was typed. */
      differs: z.array(z.string()),
      reason: z.string().optional(),
      confirmedAt: z.string(),
    })
    .optional(),
  notice: z.object({ version: z.string(), languages: z.array(z.string()), recordedAt: z.string() }).optional(),
  relationship: z
    .object({
      purpose: z.enum(['TREATMENT', 'EMERGENCY']),
      reason: z.string().optional(),
      declaredAt: z.string(),
      /** A relative who speaks for the patient. */
      nextOfKin: z.object({ family: z.string(), given: z.string(), identifiers: z.array(z.string()) }).optional(),
    })
    .optional(),
  /** The list as last answered, so that documents have short addresses. */
  documents: z.array(documentEntry).optional(),
  /** Ids of prescriptions and original documents as last listed, for the same reason. */
  prescriptions: z.array(z.string()).optional(),
  originals: z.array(z.string()).optional(),
  /** What the patient gave so that his prescriptions are shown. */
  prescriptionSearch: z
    .object({ prescriptionId: z.string().exactOptional(), pin: z.string().exactOptional() })
    .optional(),
})

export type JourneyState = z.infer<typeof journeySchema>

export const STEPS = ['identify', 'identity', 'notice', 'relationship', 'documents'] as const

export type StepName = (typeof STEPS)[number]

/** The furthest step that may be shown. */
export function furthestStep(state: JourneyState): StepName {
  if (!state.search) return 'identify'
  if (!state.identity) return 'identity'
  if (!state.notice) return 'notice'
  return state.relationship ? 'documents' : 'relationship'
}

export function mayShow(state: JourneyState, step: StepName): boolean {
  return STEPS.indexOf(step) <= STEPS.indexOf(furthestStep(state))
}

/** Who asks, about whom, why: complete only when every step was taken. */
export function careContext(state: JourneyState, professional: Professional): CareContext | undefined {
  const { identity, notice, relationship } = state
  if (!identity || !notice || !relationship) return undefined
  return {
    professional,
    patient: identity.candidate.identifier,
    country: state.country,
    purpose: relationship.purpose,
    ...(relationship.reason ? { reason: relationship.reason } : {}),
    ...(relationship.nextOfKin ? { nextOfKin: relationship.nextOfKin } : {}),
    relationship: { declaredAt: relationship.declaredAt },
    notice,
  }
}

/** Refusals that are answered alike: whether a document exists and is withheld, or does not exist, is nobody's business. */
const LIKE_NOT_FOUND: readonly CareProblemCode[] = ['ERROR_PS_NOT_FOUND', 'ERROR_GENERIC_DOCUMENT_MISSING']

/** EHDS Art. 8: the fact of a restriction must not be visible to the professional. */
export function shownRefusal(code: CareProblemCode): CareProblemCode {
  const shown = ehdsiError(code).shownAs ?? code
  return LIKE_NOT_FOUND.includes(shown) ? 'ERROR_PS_NOT_FOUND' : shown
}
