/** What is applied for, in the terms that the procedure needs, and the answers of the form it was read from. */
import { z } from 'zod'
import type { DatasetId } from '../../permits/permit.ts'

const Name = z.string().trim().min(1).max(500)
/** ISO 3166-1 alpha-2; `EU` for the service of the Union (Art. 56). */
export const CountryCode = z.string().regex(/^[A-Z]{2}$/)

export const PersonSchema = z.strictObject({
  /** `system|value`, as sign-in gives it. */
  identifier: z
    .string()
    .regex(/^[^|\s]+\|[^|]+$/)
    .max(500),
  name: Name,
  role: z.enum(['principal-investigator', 'authorised']),
})

export const DatasetChoiceSchema = z.strictObject({
  dataset: Name.transform((id) => id as DatasetId),
  /** Where the data are: the body of that Member State decides. */
  memberState: CountryCode,
  /** Identifier of the data holder. */
  holder: Name,
  /** Art. 72: its holder assesses. */
  trustedHolder: z.boolean(),
})

export const AnswerSchema = z.union([
  z.string().max(20_000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(500)).max(200),
  z.array(PersonSchema).max(1000),
  z.array(DatasetChoiceSchema).max(1000),
  z.strictObject({ from: z.iso.date(), to: z.iso.date() }),
])

/** Field of the form → answer. */
export const AnswersSchema = z
  .record(z.string().regex(/^[a-zA-Z]{1,60}$/), AnswerSchema)
  .refine((answers) => Object.keys(answers).length <= 200, 'Too many answers.')

export const ApplicationSchema = z.strictObject({
  kind: z.enum(['data-permit', 'data-request']),
  title: Name,
  /** Public (Art. 57(1)(j)). */
  summary: z.string(),
  applicant: z.strictObject({ identifier: Name, name: Name, kind: Name, country: CountryCode }),
  persons: z.array(PersonSchema).min(1),
  purposes: z.array(z.enum(['a', 'b', 'c', 'd', 'e', 'f'])).min(1),
  categories: z.array(z.string()).min(1),
  datasets: z.array(DatasetChoiceSchema).min(1),
  data: z.enum(['anonymised', 'pseudonymised']),
  /** The accelerated procedure of Art. 68(6) applies. */
  accelerated: z.boolean(),
  optOutException: z.string().optional(),
  answers: AnswersSchema,
})

export type Person = z.infer<typeof PersonSchema>
export type DatasetChoice = z.infer<typeof DatasetChoiceSchema>
export type Answer = z.infer<typeof AnswerSchema>
export type Answers = Readonly<Record<string, Answer>>
export type Application = z.infer<typeof ApplicationSchema>
export type CaseKind = Application['kind']
