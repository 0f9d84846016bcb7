/** Reading the parameters of an operation: each by name and type, with a refusal that says what is wrong. */
import { isObject, type JsonObject } from '../load/json.ts'
import type { CodeableConcept, Coding, Parameter, Parameters, Resource } from './fhir.ts'
import { isRefusal, type Refusal, refusal } from './issues.ts'
import type { Messages } from './messages.ts'

export interface Input {
  readonly parameters: readonly Parameter[]
  has(name: string): boolean
  /** Text of any primitive type; undefined when absent. */
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  flag(name: string): boolean | undefined
  /** Not negative. */
  count(name: string): number | undefined
  coding(name: string): Coding | undefined
  codeableConcept(name: string): CodeableConcept | undefined
  resource(name: string): Resource | undefined
  resources(name: string): readonly Resource[]
}

/** The value of a parameter, whatever its type. */
export function parameterValue(parameter: JsonObject): unknown {
  for (const key in parameter) if (key.startsWith('value')) return parameter[key]
  return undefined
}

/** Checks the shape once; afterwards reading cannot fail. */
export function readInput(parameters: Parameters, say: Messages): Input | Refusal {
  const list: Parameter[] = []
  const given: unknown = parameters?.parameter
  if (given !== undefined && !Array.isArray(given)) return wrongType('parameter', 'a list', say)
  for (const item of given ?? []) {
    if (!isObject(item) || typeof item.name !== 'string') return wrongType('parameter.name', 'a text', say)
    if (item.resource !== undefined && (!isObject(item.resource) || typeof item.resource.resourceType !== 'string')) {
      return wrongType(item.name, 'a resource', say)
    }
    list.push(item as unknown as Parameter)
  }
  for (const check of CHECKS) {
    for (const item of list) {
      const problem = check.names.has(item.name) ? check.test(item, say) : undefined
      if (isRefusal(problem)) return problem
    }
  }
  return inputOf(list)
}

function inputOf(parameters: readonly Parameter[]): Input {
  const first = (name: string) => parameters.find((each) => each.name === name)
  const value = (name: string) => {
    const found = first(name)
    return found && parameterValue(found)
  }
  const asText = (each: unknown) => (isObject(each) || each === undefined || each === null ? undefined : String(each))
  return {
    parameters,
    has: (name) => first(name) !== undefined,
    text: (name) => asText(value(name)),
    texts: (name) =>
      parameters.filter((each) => each.name === name).flatMap((each) => asText(parameterValue(each)) ?? []),
    flag(name) {
      const found = value(name)
      return found === undefined ? undefined : found === true || found === 'true'
    },
    count(name) {
      const found = value(name)
      return found === undefined ? undefined : Number(found)
    },
    coding(name) {
      const found = value(name)
      return isObject(found) ? (found as Coding) : undefined
    },
    codeableConcept(name) {
      const found = value(name)
      return isObject(found) ? (found as CodeableConcept) : undefined
    },
    resource: (name) => first(name)?.resource,
    resources: (name) => parameters.filter((each) => each.name === name).flatMap(({ resource }) => resource ?? []),
  }
}

const set = (...names: readonly string[]): ReadonlySet<string> => new Set(names)

interface Check {
  readonly names: ReadonlySet<string>
  readonly test: (parameter: Parameter, say: Messages) => Refusal | undefined
}

const CHECKS: readonly Check[] = [
  {
    names: set(
      'activeOnly',
      'excludeNested',
      'includeDesignations',
      'includeDefinition',
      'excludeNotForUI',
      'excludePostCoordinated',
      'abstract',
      'inferSystem',
      'lenient-display-validation',
      'valueset-membership-only',
      'reverse',
      'diagnostics',
    ),
    test: (parameter, say) => {
      const value = parameterValue(parameter)
      const fine = typeof value === 'boolean' || value === 'true' || value === 'false'
      return fine ? undefined : wrongType(parameter.name, "'true' or 'false'", say)
    },
  },
  {
    names: set('count', 'offset'),
    test: (parameter, say) => {
      const value = Number(parameterValue(parameter))
      if (!Number.isSafeInteger(value)) return wrongType(parameter.name, 'a whole number', say)
      if (value >= 0) return undefined
      return refusal(400, { code: 'invalid', text: say('parameter_negative', { name: parameter.name }) })
    },
  },
  {
    names: set('coding', 'codingA', 'codingB', 'sourceCoding', 'targetCoding'),
    test: (parameter, say) => {
      const value = parameterValue(parameter)
      if (!isObject(value)) return wrongType(parameter.name, 'a Coding', say)
      for (const key of ['system', 'version', 'code', 'display']) {
        if (value[key] !== undefined && typeof value[key] !== 'string') {
          return wrongType(`${parameter.name}.${key}`, 'a text', say)
        }
      }
      return undefined
    },
  },
  {
    names: set('codeableConcept', 'sourceCodeableConcept', 'targetCodeableConcept'),
    test: (parameter, say) => {
      const value = parameterValue(parameter)
      if (!isObject(value)) return wrongType(parameter.name, 'a CodeableConcept', say)
      if (value.coding === undefined) return undefined
      const fine = Array.isArray(value.coding) && value.coding.every((coding) => isObject(coding))
      return fine ? undefined : wrongType(`${parameter.name}.coding`, 'a list of Codings', say)
    },
  },
  {
    names: set('valueSet', 'codeSystem', 'conceptMap', 'tx-resource', 'validation', 'thisValueSet', 'otherValueSet'),
    test: (parameter, say) =>
      parameter.resource === undefined ? wrongType(parameter.name, 'a resource', say) : undefined,
  },
]

function wrongType(name: string, type: string, say: Messages): Refusal {
  return refusal(400, { code: 'invalid', text: say('parameter_wrong_type', { name, type }) })
}
