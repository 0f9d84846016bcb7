/** Answers to a country's search mask: checked here, before anything leaves, and turned into the question to ask. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { SearchMask, SearchMaskField } from '#wire/discovery/directory.ts'
import { TEXT_FIELDS } from '#wire/discovery/search-mask.ts'
import type { PatientQuestion } from '#wire/fhir/ncpeh-client.ts'
import { checkFormat } from './mask-format.ts'

export type AnswerProblemCode = 'ERROR_PI_MISSING_REQUIRED_FIELDS' | 'ERROR_PI_INCORRECT_FORMATTING'
export type Answers = Readonly<Record<string, string>>

/**
 * The question in the answers. Of several alternatives the one counts whose identifiers are filled in. Problems name
 * the field in `place.path`.
 */
export function questionOf(
  mask: SearchMask,
  answers: Answers,
  today: Date,
): Result<PatientQuestion, AnswerProblemCode> {
  const filled = mask.alternatives.filter((fields) => hasIdentifier(fields, answers))
  const chosen = filled.find((fields) => firstMissing(fields, answers) === undefined) ?? filled[0]
  const [first] = mask.alternatives
  if (!chosen) return missing(first?.find(({ kind }) => kind === 'identifier'))
  const absent = firstMissing(chosen, answers)
  if (absent) return missing(absent)
  const identifiers: string[] = []
  const traits: Record<string, string> = {}
  for (const field of chosen) {
    const given = answerOf(field, answers)
    if (given === '') continue
    const value = normalised(field, given, today)
    if (value === undefined) return wrongFormat(field)
    if (field.kind === 'identifier') identifiers.push(`urn:oid:${field.domain ?? ''}|${value}`)
    else traits[parameterOf(field)] = value
  }
  return ok({ identifiers, traits })
}

function hasIdentifier(fields: readonly SearchMaskField[], answers: Answers): boolean {
  return fields.some((field) => field.kind === 'identifier' && answerOf(field, answers) !== '')
}

function firstMissing(fields: readonly SearchMaskField[], answers: Answers): SearchMaskField | undefined {
  return fields.find((field) => field.mandatory && answerOf(field, answers) === '')
}

function answerOf({ name }: SearchMaskField, answers: Answers): string {
  return (Object.hasOwn(answers, name) ? (answers[name] ?? '') : '').normalize('NFC').trim()
}

/** The value as it is sent; undefined when its format is wrong. */
function normalised(field: SearchMaskField, given: string, today: Date): string | undefined {
  switch (field.kind) {
    case 'birthDate':
      return isPastDate(given, today) && fitsAny(field, [given, given.replaceAll('-', '')]) ? given : undefined
    case 'gender': {
      const gender = GENDERS[given.toLowerCase()]
      return gender && fitsAny(field, [gender[0], gender[1], given]) ? gender[0] : undefined
    }
    case 'identifier': {
      // Spaces that people type or that cards print are no part of a number that is valid without them.
      const compact = given.replace(/\s+/g, '')
      if (fitsAny(field, [compact])) return isSendable(compact) ? compact : undefined
      return fitsAny(field, [given]) && isSendable(given) ? given : undefined
    }
    case 'text':
      return fitsAny(field, [given]) && given.length <= 200 ? given : undefined
  }
}

/** FHIR code and HL7 v3 code: masks are written for either. */
const GENDERS: Readonly<Record<string, readonly ['male' | 'female' | 'other' | 'unknown', string]>> = {
  male: ['male', 'M'],
  m: ['male', 'M'],
  female: ['female', 'F'],
  f: ['female', 'F'],
  other: ['other', 'O'],
  unknown: ['unknown', 'UN'],
}

/** A format that cannot be evaluated decides nothing; country A checks as well. */
function fitsAny({ format }: SearchMaskField, spellings: readonly string[]): boolean {
  if (format === undefined) return true
  return spellings.some((spelling) => checkFormat(format, spelling) !== 'does-not-fit')
}

function isSendable(identifier: string): boolean {
  return identifier.length <= 100 && !identifier.includes('|')
}

function isPastDate(given: string, today: Date): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(given)) return false
  const date = new Date(`${given}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== given) return false
  // Somewhere on earth it is already tomorrow.
  return date.getTime() <= today.getTime() + 14 * 3_600_000 && date.getUTCFullYear() >= 1850
}

function parameterOf(field: SearchMaskField): string {
  if (field.kind === 'birthDate') return 'birthdate'
  if (field.kind === 'gender') return 'gender'
  return TEXT_FIELDS[field.label]?.parameter ?? field.name
}

function missing(field: SearchMaskField | undefined): Result<never, AnswerProblemCode> {
  return failed(
    'ERROR_PI_MISSING_REQUIRED_FIELDS',
    'The form is not complete: the country needs more in order to find the patient.',
    'Fill in the marked field.',
    { path: field?.name ?? '' },
  )
}

function wrongFormat(field: SearchMaskField): Result<never, AnswerProblemCode> {
  return failed(
    'ERROR_PI_INCORRECT_FORMATTING',
    'An answer does not have the format that the country asks for; nothing was sent.',
    'Compare it with the identity document and the help beside the field.',
    { path: field.name },
  )
}
