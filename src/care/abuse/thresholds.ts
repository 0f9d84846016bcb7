/** How many requests are usual (data/policies/thresholds.json), parsed once. */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { CareProblemCode } from '../context/care-context.ts'

export const SUBJECTS = ['patient', 'point-of-care', 'country'] as const
export type WatchedSubject = (typeof SUBJECTS)[number]

export interface Threshold {
  readonly subject: WatchedSubject
  readonly periodSeconds: number
  readonly alertAbove: number
  /** Above this number requests are refused; never when absent. */
  readonly refuseAbove?: number | undefined
}

export interface Thresholds {
  readonly thresholds: readonly Threshold[]
  /** Tell the operator of every access in an emergency, so that somebody looks at it afterwards. */
  readonly emergencyAlerts: boolean
}

/** eHDSI: what an unusual number of each kind is called. */
export const ALERT_CODES: Readonly<Record<WatchedSubject, CareProblemCode>> = {
  patient: 'WARNING_SEC_UNEXPECTED_NUMBER_OF_REQUESTS_FOR_UNIQUE_PATIENT',
  'point-of-care': 'WARNING_SEC_UNEXPECTED_NUMBER_OF_REQUESTS_FOR_UNIQUE_POINT_OF_CARE',
  country: 'WARNING_SEC_UNEXPECTED_NUMBER_OF_REQUESTS',
}

const Count = z.number().int().positive()
const File = z.object({
  thresholds: z.array(
    z.object({
      subject: z.enum(SUBJECTS),
      periodSeconds: Count,
      alertAbove: Count,
      refuseAbove: Count.optional(),
    }),
  ),
  emergencyAlerts: z.boolean().default(false),
})

export function readThresholds(json: unknown, file?: string): Result<Thresholds, 'thresholds-invalid'> {
  const parsed = File.safeParse(json)
  if (parsed.success) return ok(parsed.data)
  return failed('thresholds-invalid', 'The thresholds of requests cannot be read.', 'Correct the entry.', {
    ...(file === undefined ? {} : { file }),
    path: parsed.error.issues[0]?.path.join('.') ?? '',
  })
}
