/**
 * What holds for patients who have not chosen. EHDS Art. 10 leaves it to the Member State: documents may be open unless the
 * patient objects (opt-out) or closed until he agrees (opt-in), for single classes of documents, or for single countries.
 */
import { z } from 'zod'

export type ConsentDecision = 'permit' | 'deny'

/** One word for everything, or a default with exceptions. */
export type ConsentDefault =
  | ConsentDecision
  | {
      readonly default: ConsentDecision
      /** LOINC class → decision. */
      readonly documentClasses?: Readonly<Record<string, ConsentDecision>> | undefined
      /** Country of the professional (ISO 3166-1 alpha-2) → decision. */
      readonly countries?: Readonly<Record<string, ConsentDecision>> | undefined
    }

const Decision = z.enum(['permit', 'deny'])

/** As `data/countries/*.json` has it, in the old form (one word) and the new one. */
export const ConsentDefaultForm = z.union([
  Decision,
  z.object({
    default: Decision,
    documentClasses: z.record(z.string(), Decision).optional(),
    countries: z.record(z.string().length(2), Decision).optional(),
  }),
])

/** Where an exception for the class and one for the country disagree, the refusal holds. */
export function defaultDecision(consentDefault: ConsentDefault, country: string, documentClass: string) {
  if (typeof consentDefault === 'string') return consentDefault
  const { documentClasses = {}, countries = {} } = consentDefault
  const exceptions = [documentClasses[documentClass], countries[country.toUpperCase()]].filter(
    (decision) => decision !== undefined,
  )
  if (exceptions.length === 0) return consentDefault.default
  return exceptions.includes('deny') ? 'deny' : 'permit'
}
