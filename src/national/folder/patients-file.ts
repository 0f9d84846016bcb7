/** `patients.json`: the register of a folder country, checked field by field before anything is answered from it. */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { NationalPatient } from '../connector.ts'
import { comparableIdentifier } from './matching.ts'

export type PatientsFileProblemCode = 'patients-not-json' | 'patients-wrong-shape'

/** A patient's choice about other countries; `*` stands for all. */
export interface RegisteredChoice {
  readonly country: string
  readonly documentClass: string
  readonly decision: 'permit' | 'deny'
}

export interface RegisteredPatient extends NationalPatient {
  readonly consents: readonly RegisteredChoice[]
  /** The identifiers in comparable form, see `comparableIdentifier`. */
  readonly comparableIdentifiers: ReadonlySet<string>
}

const Name = z.object({ family: z.string().min(1), given: z.array(z.string().min(1)) })

const Choice = z.object({
  country: z.string().regex(/^([A-Z]{2}|\*)$/, 'a two-letter country code or *'),
  documentClass: z.string().min(1),
  decision: z.enum(['permit', 'deny']),
})

const Patient = Name.extend({
  identifiers: z.array(z.string().regex(/^[^|\s]+\|[^|\s]+$/, 'system|value')).min(1),
  birthDate: z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, 'a date like 1958-04-12'),
  gender: z.enum(['male', 'female', 'other', 'unknown']),
  otherNames: z.array(Name).optional(),
  consents: z.array(Choice).optional(),
})

/** Reads the register. The problem names the file and the field (`3.birthDate`), never its value. */
export function readPatientsFile(
  text: string,
  file: string,
): Result<readonly RegisteredPatient[], PatientsFileProblemCode> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return failed('patients-not-json', 'The list of patients is not JSON.', 'Correct the file.', { file })
  }
  const parsed = z.array(Patient).safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return failed(
      'patients-wrong-shape',
      `The list of patients has a field that cannot be used: ${expectation(issue)}.`,
      'Correct the field; no patient is found until then.',
      { file, path: issue?.path.join('.') ?? '' },
    )
  }
  return ok(
    parsed.data.map(({ consents, otherNames, ...patient }) => ({
      ...patient,
      ...(otherNames === undefined ? {} : { otherNames }),
      consents: consents ?? [],
      comparableIdentifiers: new Set(patient.identifiers.map(comparableIdentifier)),
    })),
  )
}

function expectation(issue: z.core.$ZodIssue | undefined): string {
  return issue?.message.replace(/^Invalid input: /, '') ?? 'unknown shape'
}
