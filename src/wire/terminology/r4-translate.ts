/** `$translate` is named differently in R4 and R5 (R4 and R5 operation-conceptmap-translate). */
import type { FhirResource, ParameterEntry, ParametersResource } from './handlers.ts'
import { textOf } from './json.ts'
import { equivalenceOf } from './relationship.ts'

const FORWARD: Readonly<Record<string, string>> = {
  code: 'sourceCode',
  coding: 'sourceCoding',
  codeableConcept: 'sourceCodeableConcept',
  source: 'sourceScope',
  target: 'targetScope',
  targetsystem: 'targetSystem',
}

/** With `reverse` the code is one of the map's target side; R5 says so by the name. */
const REVERSE: Readonly<Record<string, string>> = {
  code: 'targetCode',
  coding: 'targetCoding',
  codeableConcept: 'targetCodeableConcept',
  system: 'targetSystem',
  source: 'targetScope',
  target: 'sourceScope',
  targetsystem: 'sourceSystem',
}

/** R4 names → R5 names; R5 names that a client of an R4 server already uses stay. */
export function translateRequestToR5(parameters: ParametersResource): ParametersResource {
  const entries = parameters.parameter
  if (!entries) return parameters
  const reverse = entries.some(({ name, valueBoolean }) => name === 'reverse' && valueBoolean === true)
  const names = reverse ? REVERSE : FORWARD
  return {
    ...parameters,
    parameter: entries.flatMap((entry) => {
      if (entry.name === 'reverse') return []
      if (entry.name === 'dependency') return [dependencyToR5(entry)]
      const name = Object.hasOwn(names, entry.name) ? names[entry.name] : undefined
      return [name === undefined ? entry : { ...entry, name }]
    }),
  }
}

function dependencyToR5(entry: ParameterEntry): ParameterEntry {
  return {
    ...entry,
    ...(entry.part
      ? { part: entry.part.map((part) => renamed(part, { element: 'attribute', concept: 'value' })) }
      : {}),
  }
}

/** R5 → R4: relationship becomes equivalence. `originMap` keeps its name, as `source` is a coding in reverse answers. */
export function translateAnswerToR4(resource: FhirResource): FhirResource {
  if (resource.resourceType !== 'Parameters' || !Array.isArray(resource.parameter)) return resource
  const entries = resource.parameter as readonly ParameterEntry[]
  if (!entries.some((entry) => entry.name === 'match')) return resource
  return { ...resource, parameter: entries.map((entry) => (entry.name === 'match' ? matchToR4(entry) : entry)) }
}

function matchToR4(match: ParameterEntry): ParameterEntry {
  const part = match.part?.map((entry): ParameterEntry => {
    if (entry.name === 'relationship') {
      return { name: 'equivalence', valueCode: equivalenceOf(textOf(entry.valueCode) ?? '') }
    }
    if (entry.name !== 'product') return entry
    return {
      ...entry,
      ...(entry.part
        ? { part: entry.part.map((item) => renamed(item, { attribute: 'element', value: 'concept' })) }
        : {}),
    }
  })
  return part ? { ...match, part } : match
}

function renamed(entry: ParameterEntry, names: Readonly<Record<string, string>>): ParameterEntry {
  const name = Object.hasOwn(names, entry.name) ? names[entry.name] : undefined
  return name === undefined ? entry : { ...entry, name }
}
