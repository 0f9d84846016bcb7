/** FHIR search parameters of the NCPeH API, read once at the border into typed queries. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type DateCriterion, readDateCriterion } from './search-date.ts'

export interface PatientSearch {
  /** `system|value` each; all must belong to the patient. */
  readonly identifiers: readonly string[]
  readonly family?: string
  readonly given?: string
  /** Any part of the name. */
  readonly names: readonly string[]
  readonly birthDate?: string
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  /** Elements that the client wants; undefined for all. */
  readonly elements?: readonly string[]
}

export interface DocumentSearch {
  /** `system|value`. */
  readonly patient: string
  /** Any of these; `system|code` or a bare code. */
  readonly types: readonly string[]
  /** All of these. */
  readonly dates: readonly DateCriterion[]
  /** False when only superseded documents are asked for; this API holds current ones only. */
  readonly current: boolean
  /** Any of these; empty for all. */
  readonly categories: readonly string[]
  /** MIME types; empty for all. */
  readonly contentTypes: readonly string[]
  /** Bytes; larger originals are left out (eHDSI OrCD has the same filter). */
  readonly maximumSize?: number
}

/** The query, the parameters that took effect in their order, and those that did not. */
export interface ReadSearch<T> {
  readonly query: T
  readonly used: URLSearchParams
  readonly ignored: readonly string[]
}

export type SearchProblemCode = 'search-parameter' | 'search-parameter-missing' | 'search-parameter-unknown'

const MOST_PARAMETERS = 50
const LONGEST_VALUE = 500
const GENDERS = ['male', 'female', 'other', 'unknown'] as const

const PATIENT_PARAMETERS = ['identifier', 'name', 'family', 'given', 'birthdate', 'gender', '_elements']
const DOCUMENT_PARAMETERS = ['type', 'patient.identifier', 'date', 'status', 'category', 'contenttype', 'size']
/** Common parameters that are obeyed elsewhere. */
const QUIET = ['_format', '_pretty']

export function readPatientSearch(
  all: URLSearchParams,
  strict: boolean,
): Result<ReadSearch<PatientSearch>, SearchProblemCode> {
  const sorted = sort(all, PATIENT_PARAMETERS, strict)
  if (!sorted.ok) return sorted
  const { used, ignored } = sorted.value
  const identifiers = used.getAll('identifier')
  if (identifiers.length === 0) return missing('identifier')
  if (!identifiers.every(isFullToken)) return wrong('identifier', 'must be written system|value')
  const gender = single(used, 'gender')
  if (gender !== undefined && !isGender(gender)) return wrong('gender', `must be one of ${GENDERS.join(', ')}`)
  const birthDate = single(used, 'birthdate')?.replace(/^eq/, '')
  if (birthDate !== undefined && !/^\d{4}(-\d\d(-\d\d)?)?$/.test(birthDate)) return wrong('birthdate', 'must be a date')
  const family = single(used, 'family')
  const given = single(used, 'given')
  const elements = single(used, '_elements')
  return ok({
    query: {
      identifiers,
      names: used.getAll('name'),
      ...(family === undefined ? {} : { family }),
      ...(given === undefined ? {} : { given }),
      ...(birthDate === undefined ? {} : { birthDate }),
      ...(gender === undefined ? {} : { gender }),
      ...(elements === undefined ? {} : { elements: elements.split(',').map((name) => name.trim()) }),
    },
    used,
    ignored,
  })
}

/** MyHealth@EU: `type`, `date` and the chained `patient.identifier` are supported by both sides; type and patient must be given. */
export function readDocumentSearch(
  all: URLSearchParams,
  strict: boolean,
): Result<ReadSearch<DocumentSearch>, SearchProblemCode> {
  const sorted = sort(all, DOCUMENT_PARAMETERS, strict)
  if (!sorted.ok) return sorted
  const { used, ignored } = sorted.value
  const patients = used.getAll('patient.identifier')
  const [patient] = patients
  if (patient === undefined) return missing('patient.identifier')
  if (patients.length > 1 || !isFullToken(patient)) return wrong('patient.identifier', 'must be one system|value')
  const types = alternatives(used, 'type')
  if (types.length === 0) return missing('type')
  const dates = used.getAll('date').map(readDateCriterion)
  const known = dates.filter((date) => date !== undefined)
  if (known.length < dates.length) return wrong('date', 'must be a date, with a prefix such as ge before it')
  const statuses = alternatives(used, 'status')
  const size = /^le(\d{1,15})$/.exec(single(used, 'size') ?? 'le0')?.[1]
  if (size === undefined) return wrong('size', 'must be a number of bytes after le')
  return ok({
    query: {
      patient,
      types,
      dates: known,
      current: statuses.length === 0 || statuses.some((status) => status.replace(/^.*\|/, '') === 'current'),
      categories: alternatives(used, 'category'),
      contentTypes: alternatives(used, 'contenttype'),
      ...(used.has('size') ? { maximumSize: Number(size) } : {}),
    },
    used,
    ignored,
  })
}

/** True when a coding fits a token parameter: `system|code`, `|code` or `code`. */
export function tokenMatches(token: string, system: string | undefined, code: string): boolean {
  const bar = token.lastIndexOf('|')
  if (bar < 0) return token === code
  return token.slice(bar + 1) === code && token.slice(0, bar) === (system ?? '')
}

function sort(
  all: URLSearchParams,
  supported: readonly string[],
  strict: boolean,
): Result<{ readonly used: URLSearchParams; readonly ignored: readonly string[] }, SearchProblemCode> {
  const used = new URLSearchParams()
  const ignored = new Set<string>()
  if (all.size > MOST_PARAMETERS) return wrong('', `has more than ${MOST_PARAMETERS} values`)
  for (const [name, value] of all) {
    if (value.length > LONGEST_VALUE) return wrong(shown(name), 'is too long')
    if (supported.includes(name)) {
      if (value !== '') used.append(name, value)
    } else if (!QUIET.includes(name)) ignored.add(shown(name))
  }
  const [first] = ignored
  if (strict && first !== undefined) {
    return failed(
      'search-parameter-unknown',
      `The search parameter "${first}" is not supported.`,
      'Leave it out, or ask for lenient handling.',
    )
  }
  return ok({ used, ignored: [...ignored] })
}

/** A name as it may be repeated in an answer. */
function shown(name: string): string {
  return name.replace(/[^\w.:-]/g, '?').slice(0, 60)
}

function single(parameters: URLSearchParams, name: string): string | undefined {
  return parameters.get(name) ?? undefined
}

/** Comma means "or" (FHIR R4 §3.1.1.4.17); repeated parameters are taken as further alternatives here. */
function alternatives(parameters: URLSearchParams, name: string): string[] {
  return parameters.getAll(name).flatMap((value) => value.split(',').filter((part) => part !== ''))
}

function isFullToken(value: string): boolean {
  const bar = value.indexOf('|')
  return bar > 0 && bar < value.length - 1
}

function isGender(value: string): value is (typeof GENDERS)[number] {
  return GENDERS.some((gender) => gender === value)
}

function missing(name: string): Result<never, SearchProblemCode> {
  return failed(
    'search-parameter-missing',
    `The search parameter "${name}" is missing.`,
    'Add it and repeat the request.',
  )
}

function wrong(name: string, why: string): Result<never, SearchProblemCode> {
  return failed('search-parameter', `The search parameter "${name}" ${why}.`, 'Correct it and repeat the request.')
}
