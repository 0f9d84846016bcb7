/** What is kept of a question beside its task: enough to say later what was asked. */
import { z } from 'zod'
import { KINDS } from './question-form.ts'

export const SavedQuestionSchema = z.object({
  kind: z.enum(KINDS),
  cohort: z.string(),
  countries: z.array(z.string()),
  /** Days of a step, of survival. */
  step: z.number().optional(),
})
export type AskedOf = z.infer<typeof SavedQuestionSchema>
