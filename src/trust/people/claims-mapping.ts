/**
 * How one identity provider names things, as data (`data/identity-providers/*.json`): where in its claims the person,
 * his exercises and his organisations stand. Every path may be missing in a real token; the first that holds a word wins.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const paths = z.array(z.string())
const identifiers = z.array(z.object({ system: z.string(), claim: z.string(), prefix: z.string() }))

export const claimsMappingSchema = z.object({
  id: z.string(),
  /** What people call the provider. */
  name: z.string(),
  scope: z.string(),
  /** `asked` goes out as acr_values; `levels` from weakest to strongest: anything at least as strong is accepted. */
  assurance: z.object({ asked: z.string(), levels: z.array(z.string()).min(1) }),
  /** `systemClaims`: where the claims themselves name the system; otherwise `system` applies. */
  identifier: z.object({ system: z.string(), systemClaims: paths, claims: paths }),
  given: paths,
  family: paths,
  exercises: z.object({
    list: paths,
    given: paths,
    family: paths,
    profession: paths,
    /** The profession in words, when the provider tells them. */
    words: paths,
    speciality: paths,
    activities: paths,
  }),
  activity: z.object({ sector: paths, name: paths, identifiers }),
  /** Claims at the top, used when the lists are absent. */
  single: z.object({ profession: paths, sector: paths, name: paths, identifiers }),
})

export type ClaimsMapping = z.infer<typeof claimsMappingSchema>

/** Walks `a.b.0.c` into claims; the first path that leads to something other than undefined, null or '' wins. */
export function claimAt(claims: unknown, alternatives: readonly string[]): unknown {
  for (const path of alternatives) {
    const found = path.split('.').reduce<unknown>(step, claims)
    if (found !== undefined && found !== null && found !== '') return found
  }
  return undefined
}

function step(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

/** A claim as words; codes written `code^system` (HL7 CX as Pro Santé Connect does) lose their system. */
export function codeAt(claims: unknown, alternatives: readonly string[]): string | undefined {
  return textAt(claims, alternatives)?.split('^')[0]
}

/** The words at a path; of several (`SubjectRole` is written as a word or as a list of words) the first. */
export function textAt(claims: unknown, alternatives: readonly string[]): string | undefined {
  const claim = claimAt(claims, alternatives)
  const found: unknown = Array.isArray(claim) ? claim[0] : claim
  if (typeof found === 'string') return found.trim() || undefined
  return typeof found === 'number' ? String(found) : undefined
}

/** A list; one object where a list is expected counts as a list of one. */
export function listAt(claims: unknown, alternatives: readonly string[]): readonly unknown[] {
  const found = claimAt(claims, alternatives)
  if (Array.isArray(found)) return found
  return typeof found === 'object' && found !== null ? [found] : []
}

/** @param file one of `data/identity-providers/*.json` */
export function openClaimsMapping(file: string): ClaimsMapping {
  return claimsMappingSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}
