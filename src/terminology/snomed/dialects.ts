/** Language reference sets by BCP 47 tag: data/terminology/snomed-dialects.json. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const schema = z.object({
  dialects: z.array(
    z.object({
      refset: z.string().regex(/^\d{6,18}$/),
      tag: z.string(),
    }),
  ),
})

const FILE = new URL('../../../data/terminology/snomed-dialects.json', import.meta.url)
let tags: ReadonlyMap<string, string> | undefined

/** BCP 47 tag of a language reference set; undefined when it is not known. */
export function dialectOf(refset: string): string | undefined {
  tags ??= new Map(
    schema.parse(JSON.parse(readFileSync(FILE, 'utf8'))).dialects.map(({ refset: of, tag }) => [of, tag]),
  )
  return tags.get(refset)
}

/**
 * The reference set that a tag names itself: `en-x-900000000000509007`, or with the subtags of at most eight characters
 * that BCP 47 demands, `en-x-sctlang-90000000-00005090-07` (FHIR, "Using SNOMED CT with FHIR").
 */
export function refsetInTag(tag: string): string | undefined {
  const digits = /(?:^|-)x-(?:sctlang-)?([\d-]+)$/i.exec(tag)?.[1]?.replaceAll('-', '')
  return digits !== undefined && /^\d{6,18}$/.test(digits) ? digits : undefined
}
