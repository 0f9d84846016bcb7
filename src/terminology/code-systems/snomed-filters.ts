/** Filters on SNOMED CT (FHIR, "Using SNOMED CT with FHIR", §4.3.2.0.6): each becomes an expression constraint. */
import type { Ecl } from '../ecl/index.ts'
import type { Filter, FilterProblem } from './code-system.ts'

export type Translated =
  | { readonly ok: true; readonly ecl: string; readonly expressions: boolean }
  | { readonly ok: false; readonly problem: FilterProblem }

const SCTID = /^\d{6,18}$/

/** One constraint for all filters; `expressions` says whether post-coordinated expressions may be members. */
export function translateFilters(ecl: Ecl, filters: readonly Filter[]): Translated {
  const parts: string[] = []
  let expressions = true
  for (const filter of filters) {
    if (filter.property === 'expressions' && filter.op === '=') {
      expressions = filter.value === 'true'
      continue
    }
    const part = translate(filter)
    if (part === undefined) return { ok: false, problem: notUnderstood(filter) }
    const read = ecl.read(part)
    if (!read.ok) return { ok: false, problem: wrong(filter, read.problem.sentence) }
    parts.push(part)
  }
  const [only = '*'] = parts
  const text = parts.length > 1 ? parts.map((part) => `(${part})`).join(' AND ') : only
  return { ok: true, ecl: text, expressions }
}

function translate({ property, op, value }: Filter): string | undefined {
  switch (property) {
    case 'constraint':
    case 'expression':
      return op === '=' ? value : undefined
    case 'concept':
    case 'code':
      return byConcept(op, value)
    case 'parent':
      return op === '=' ? `<! ${value}` : undefined
    case 'child':
      return op === '=' ? `>! ${value}` : undefined
    case 'moduleId':
      return op === '=' && SCTID.test(value) ? `* {{ C moduleId = ${value} }}` : undefined
    case 'inactive':
      return op === '=' ? `* {{ C active = ${value === 'true' ? 'false' : 'true'} }}` : undefined
    case 'active':
      return op === '=' ? `* {{ C active = ${value === 'true' ? 'true' : 'false'} }}` : undefined
    case 'sufficientlyDefined':
      return op === '=' ? `* {{ C definitionStatus = ${value === 'true' ? 'defined' : 'primitive'} }}` : undefined
    default:
      return byAttribute(property, op, value)
  }
}

function byConcept(op: string, value: string): string | undefined {
  switch (op) {
    case 'is-a':
      return `<< ${value}`
    case 'descendent-of':
      return `< ${value}`
    case 'child-of':
      return `<! ${value}`
    case 'generalizes':
      return `>> ${value}`
    case 'is-not-a':
      return `* MINUS (<< ${value})`
    case 'descendent-leaf':
      return `!!< (< ${value})`
    case 'in':
      return `^ ${value}`
    case 'not-in':
      return `* MINUS (^ ${value})`
    case '=':
      return value
    default:
      return undefined
  }
}

function byAttribute(property: string, op: string, value: string): string | undefined {
  if (!SCTID.test(property)) return undefined
  if (op === '=') return `* : ${property} = ${value}`
  if (op === 'is-a') return `* : ${property} = << ${value}`
  if (op === 'descendent-of') return `* : ${property} = < ${value}`
  if (op === 'exists') return value === 'true' ? `* : ${property} = *` : `* MINUS (* : ${property} = *)`
  if (op === 'in')
    return `* : ${property} = (${value
      .split(',')
      .map((each) => each.trim())
      .join(' OR ')})`
  return undefined
}

function notUnderstood(filter: Filter): FilterProblem {
  const sentence = `SNOMED CT has no filter '${filter.property} ${filter.op}'.`
  return { kind: 'not-understood', filter, sentence }
}

function wrong(filter: Filter, sentence: string): FilterProblem {
  return { kind: 'bad-value', filter, language: 'ecl', sentence }
}
