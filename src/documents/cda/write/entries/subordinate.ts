/** Observations inside a statement that say one thing about it: severity, status, criticality, certainty, dose number. */
import type { CodeableConcept, Coding, Extension } from 'fhir/r4'
import { code, coded } from '../datatypes/code.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import type { Source } from '../source.ts'
import { link } from '../statement.ts'
import type { Writing } from '../writing.ts'

const LOINC = 'http://loinc.org'
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

export type Subordinate = 'severity' | 'status' | 'criticality' | 'certainty' | 'dose-number'

interface Form {
  readonly typeCode: string
  readonly code: Coding
  readonly templates: readonly string[]
}

/** eHDSI patient summary, waves 6 to 8, with the IHE PCC and CCD templates that they rest on. */
const FORMS: Readonly<Record<Subordinate, Form>> = {
  severity: {
    typeCode: 'SUBJ',
    code: { system: ACT_CODE, code: 'SEV', display: 'Severity' },
    templates: ['1.3.6.1.4.1.19376.1.5.3.1.4.1', '2.16.840.1.113883.10.20.1.55'],
  },
  status: {
    typeCode: 'REFR',
    code: { system: LOINC, code: '33999-4', display: 'Status' },
    templates: ['1.3.6.1.4.1.19376.1.5.3.1.4.1.1', '2.16.840.1.113883.10.20.1.57', '2.16.840.1.113883.10.20.1.50'],
  },
  criticality: {
    typeCode: 'SUBJ',
    code: { system: LOINC, code: '82606-5', display: 'Allergy or intolerance criticality' },
    templates: ['1.3.6.1.4.1.12559.11.10.1.3.1.3.33'],
  },
  certainty: {
    typeCode: 'SUBJ',
    code: { system: LOINC, code: '66455-7', display: 'Condition certainty' },
    templates: [],
  },
  'dose-number': {
    typeCode: 'SUBJ',
    code: { system: LOINC, code: '30973-2', display: 'Dose number' },
    templates: ['1.3.6.1.4.1.12559.11.10.1.3.1.3.28'],
  },
}

export interface SubordinateOptions {
  /** Templates of the statement that it belongs to. */
  readonly templates?: readonly string[]
  /** Which of several of the kind, and of how many: their details are told apart by their order. */
  readonly position?: readonly [number, number]
}

export function subordinate(
  className: string,
  kind: Subordinate,
  held: Piece | undefined,
  source: Source,
  writing: Writing,
  options: SubordinateOptions = {},
): Piece | undefined {
  if (held === undefined) return undefined
  const form = FORMS[kind]
  const stated = source.others.find((coding) => coding.code === form.code.code)
  const inner = assemble('Observation', 'observation', {}, [
    ...templateIds(...(options.templates ?? []), ...form.templates),
    coded('code', stated ?? form.code, writing, 'CD'),
    element('statusCode', { code: 'completed' }),
    held,
    ...detailPieces('Observation', namedDetails(source, [kind], options.position), writing),
  ])
  return link(className, form.typeCode, inner)
}

/** Details of the n-th statement of a kind; when some have none, nobody can say whose they are. */
export function namedDetails(
  source: Source,
  kinds: readonly string[],
  [index, count]: readonly [number, number] = [0, 1],
): readonly Extension[] {
  const found = source.details.filter(({ url, extension }) => kinds.includes(url) && extension !== undefined)
  return found.length === count ? (found[index]?.extension ?? []) : []
}

/**
 * A status of FHIR with the codings that the source had for it; where there are none, with the SNOMED CT code that
 * eHDSI uses for it.
 */
export function statusValue(
  concept: CodeableConcept | undefined,
  fhirSystem: string,
  snomed: Readonly<Record<string, string>>,
  writing: Writing,
): Piece | undefined {
  if (concept === undefined) return undefined
  const [own, others] = [
    (concept.coding ?? []).filter(({ system }) => system === fhirSystem),
    (concept.coding ?? []).filter(({ system }) => system !== fhirSystem),
  ]
  const equal = snomed[own[0]?.code ?? '']
  const pivot = others.length === 0 && equal !== undefined ? [{ system: SNOMED, code: equal }] : []
  return code('value', { ...concept, coding: [...pivot, ...others, ...own] }, writing, { xsiType: 'CD' })
}

const SNOMED = 'http://snomed.info/sct'

export const CLINICAL_STATUS_SNOMED: Readonly<Record<string, string>> = {
  active: '55561003',
  inactive: '73425007',
  resolved: '413322009',
  remission: '277022003',
  recurrence: '255227004',
  relapse: '263855007',
}
export const CERTAINTY_SNOMED: Readonly<Record<string, string>> = {
  confirmed: '410605003',
  provisional: '410592001',
  unconfirmed: '415684004',
  refuted: '410516002',
}
