/** What may be stored as an entry: checked once, for what is typed and for what files bring. */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { normaliseLanguage } from '../languages.ts'
import { MAP_RELATIONSHIPS, type WorkContent, type WorkProblemCode } from './work.ts'

/** Letters that neither a database nor an XML file nor a reader can do anything with. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u

/** Composed the usual way (NFC), white space made single: the same word has the same bytes. */
const line = (longest: number) =>
  z
    .string()
    .transform((value) =>
      value
        .normalize('NFC')
        .replace(/[\t\r\n ]+/g, ' ')
        .trim(),
    )
    .refine((value) => value.length <= longest, `is longer than ${longest} characters`)
    .refine((value) => !UNFIT.test(value), 'holds characters that do not belong in a text')
const filled = (longest: number) => line(longest).refine((value) => value !== '', 'is empty')
/** Empty means that nothing is said. */
const optional = (longest: number) =>
  line(longest)
    .optional()
    .transform((value) => (value === '' ? undefined : value))

/** RFC 5646 in its usual forms. */
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-[A-Za-z0-9]{5,8})*$/

/** No URI has a bar, so that `system|code` can be taken apart again. */
const system = filled(500).refine((value) => !value.includes('|'), 'holds a bar')

/** Real days only, so that comparing the text compares the days. */
const day = optional(10).refine((value) => value === undefined || isDay(value), 'is not a day, written as YYYY-MM-DD')

function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
}

const designation = z.object({
  kind: z.literal('designation'),
  system,
  code: filled(200),
  language: filled(35)
    .refine((value) => LANGUAGE.test(value.replaceAll('_', '-')), 'is not a language tag such as fr or fr-BE')
    .transform(normaliseLanguage),
  term: filled(4000),
  source: filled(200),
  original: optional(4000),
})

const mapping = z
  .object({
    kind: z.literal('mapping'),
    map: filled(500),
    sourceSystem: system,
    sourceCode: filled(200),
    targetSystem: system,
    targetCode: filled(200),
    targetDisplay: optional(4000),
    relationship: z.enum(MAP_RELATIONSHIPS),
    comment: optional(4000),
    quality: optional(200),
    validFrom: day,
    validTo: day,
  })
  .refine(({ validFrom, validTo }) => validFrom === undefined || validTo === undefined || validFrom <= validTo, {
    path: ['validTo'],
    error: 'is before validFrom',
  })

const schema = z.discriminatedUnion('kind', [designation, mapping])

/** The content, tidied; or which field is wrong and why. */
export function parseWork(value: unknown): Result<WorkContent, WorkProblemCode> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return ok(withoutUndefined(parsed.data))
  const issue = parsed.error.issues[0]
  return failed(
    'terminology-work-unfit',
    `${issue?.path.join('.') || 'The entry'}: ${issue?.message ?? 'is not readable'}.`,
    'Correct it and try again.',
  )
}

function withoutUndefined(value: z.output<typeof schema>): WorkContent {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as unknown as WorkContent
}
