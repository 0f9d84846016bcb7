/** What a country lets be dispensed from its prescriptions abroad: data/policies/dispensing.json, parsed once. */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'

const rules = z.object({
  /** Fewer packages than prescribed may be given, the rest later. */
  partial: z.boolean(),
  /** Packages are not opened. */
  wholePackages: z.boolean(),
  whenSubstitutionIsNotStated: z.enum(['allowed', 'not-allowed']),
  /** Days after the stated end in which it may still be dispensed. */
  graceDays: z.int().min(0).max(366),
  /** ATC classes that stay in the country. */
  neverAbroad: z.array(
    z.object({ atc: z.string().regex(/^[A-Z](?:\d{2}(?:[A-Z]{1,2}(?:\d{2})?)?)?$/), why: z.string() }),
  ),
})

const file = z.object({
  version: z.string(),
  source: z.string(),
  default: rules,
  countries: z.record(z.string().regex(/^[A-Z]{2}$/), rules.partial().extend({ source: z.string().optional() })),
})

export type DispensingRules = Readonly<z.infer<typeof rules>> & { readonly version: string }

export interface DispensingPolicy {
  /** Rules of the country whose prescription it is (ISO 3166-1 alpha-2). */
  of(country: string): DispensingRules
}

/** Reads the policy file. */
export function readDispensingPolicy(value: unknown): Result<DispensingPolicy, 'dispensing-policy-invalid'> {
  const parsed = file.safeParse(value)
  if (!parsed.success)
    return failed(
      'dispensing-policy-invalid',
      `The rules of dispensing are not readable: ${parsed.error.issues[0]?.message ?? 'unknown form'}.`,
      'Correct data/policies/dispensing.json.',
      { path: parsed.error.issues[0]?.path.join('.') ?? '' },
    )
  const { version, countries } = parsed.data
  const general: DispensingRules = { ...parsed.data.default, version }
  return ok({
    of: (country) => {
      const { source: _, ...own } = countries[country.toUpperCase()] ?? {}
      return { ...general, ...own }
    },
  })
}
