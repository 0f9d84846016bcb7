/** The query string of an operation as Parameters, each value with the type that the operation's definition gives it. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ParameterEntry } from './handlers.ts'

/** Types of the parameters of all terminology operations; the few that differ between operations stand below. */
const TYPES: Readonly<Record<string, string>> = {
  abstract: 'Boolean',
  activeOnly: 'Boolean',
  'cache-id': 'Id',
  'check-system-version': 'Canonical',
  'check-valueset-version': 'Canonical',
  code: 'Code',
  codeA: 'Code',
  codeB: 'Code',
  conceptMapVersion: 'String',
  context: 'Uri',
  contextDirection: 'Code',
  count: 'Integer',
  date: 'DateTime',
  'default-valueset-version': 'Canonical',
  designation: 'String',
  diagnostics: 'Boolean',
  display: 'String',
  displayLanguage: 'Code',
  'exclude-system': 'Canonical',
  excludeNested: 'Boolean',
  excludeNotForUI: 'Boolean',
  excludePostCoordinated: 'Boolean',
  filter: 'String',
  'force-system-version': 'Canonical',
  'force-valueset-version': 'Canonical',
  includeDefinition: 'Boolean',
  includeDesignations: 'Boolean',
  'incomplete-ok': 'Boolean',
  inferSystem: 'Boolean',
  'lenient-display-validation': 'Boolean',
  limitedExpansion: 'Boolean',
  name: 'String',
  offset: 'Integer',
  otherUrl: 'Uri',
  property: 'String',
  reverse: 'Boolean',
  source: 'Uri',
  sourceCode: 'Code',
  sourceScope: 'Uri',
  sourceSystem: 'Uri',
  system: 'Uri',
  'system-version': 'Canonical',
  systemVersion: 'String',
  target: 'Uri',
  targetCode: 'Code',
  targetScope: 'Uri',
  targetSystem: 'Uri',
  targetsystem: 'Uri',
  thisUrl: 'Uri',
  url: 'Uri',
  useSupplement: 'Canonical',
  'valueset-membership-only': 'Boolean',
  valueSetMode: 'Code',
  valueSetVersion: 'String',
  version: 'String',
}

const OWN_TYPES: Readonly<Record<string, string>> = {
  'lookup property': 'Code',
}

/** These are no values of a query string. */
const COMPLEX = new Set([
  'coding',
  'codeableConcept',
  'codingA',
  'codingB',
  'sourceCoding',
  'targetCoding',
  'concept',
  'dependency',
  'tx-resource',
  'valueSet',
  'codeSystem',
  'conceptMap',
  'sourceCodeableConcept',
  'targetCodeableConcept',
])

/** About the answer's form, not of the operation (FHIR §3.1.0.1.11, §3.1.1.5). */
const COMMON = new Set(['_format', '_pretty', '_summary', '_elements'])

export type QueryProblemCode = 'parameter-complex' | 'parameter-wrong'

/** Problems: a parameter that only a body can carry, a number or truth value that is none; the path names it. */
export function queryParameters(
  query: URLSearchParams,
  operation: string,
): Result<readonly ParameterEntry[], QueryProblemCode> {
  const entries: ParameterEntry[] = []
  for (const [name, text] of query) {
    if (COMMON.has(name)) continue
    if (COMPLEX.has(name) && !(name === 'conceptMap' || text === '')) {
      return failed('parameter-complex', `The parameter "${name}" cannot stand in the address.`, 'Send it with POST.', {
        path: name,
      })
    }
    const type = OWN_TYPES[`${operation} ${name}`] ?? (Object.hasOwn(TYPES, name) ? TYPES[name] : undefined) ?? 'String'
    const value = typed(text, type)
    if (value === undefined) {
      const kind = type === 'Boolean' ? 'true or false' : 'a whole number'
      return failed('parameter-wrong', `The parameter "${name}" must be ${kind}, not "${text}".`, 'Correct it.', {
        path: name,
      })
    }
    entries.push({ name, [`value${type}`]: value })
  }
  return ok(entries)
}

function typed(text: string, type: string): unknown {
  if (type === 'Boolean') return text === 'true' ? true : text === 'false' ? false : undefined
  if (type === 'Integer') return /^-?\d{1,10}$/.test(text) ? Number(text) : undefined
  return text
}
