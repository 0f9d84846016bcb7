/** CodeSystem/$lookup (FHIR R5 §4.8.19). */
import type { CodeSystem, ConceptHandle } from '../code-systems/code-system.ts'
import { type OperationContext, wishesFor } from './context.ts'
import { chooseDisplay } from './display-language.ts'
import { designationJson } from './expansion-entry.ts'
import type { FhirProperty, Parameter, Resource } from './fhir.ts'
import { codingOf, findCodeSystem, locate, systemById } from './find-code-system.ts'
import { isRefusal, type Refusal } from './issues.ts'

export interface Found {
  readonly resource: Resource
  readonly language: string | undefined
}

export function lookup(context: OperationContext, id?: string): Found | Refusal {
  const owner = id === undefined ? undefined : systemById(context, id)
  if (isRefusal(owner)) return owner
  const coding = codingOf(context, { coding: 'coding', code: 'code' }, owner)
  if (isRefusal(coding)) return coding
  const codeSystem = findCodeSystem(context, coding.system, coding.version)
  if (isRefusal(codeSystem)) return codeSystem
  const located = locate(context, codeSystem, coding.code)
  if (isRefusal(located)) return located
  return describe(context, codeSystem, located.concept)
}

function describe(context: OperationContext, codeSystem: CodeSystem, concept: ConceptHandle): Found {
  const { identity } = codeSystem
  const asked = context.input.texts('property')
  const wants = (name: string) => asked.length === 0 || asked.includes('*') || asked.includes(name)
  const words = codeSystem.designations(concept)
  const wishes = wishesFor(context)
  const display = chooseDisplay(words, wishes) ?? chooseDisplay(words, undefined)
  const definition = codeSystem.definition(concept)
  const parameter: Parameter[] = [
    { name: 'name', valueString: identity.name ?? identity.title ?? identity.url },
    { name: 'code', valueCode: codeSystem.codeOf(concept) },
    { name: 'system', valueUri: identity.url },
  ]
  if (identity.version !== undefined) parameter.push({ name: 'version', valueString: identity.version })
  if (display) parameter.push({ name: 'display', valueString: display.value })
  if (definition !== undefined && wants('definition')) parameter.push({ name: 'definition', valueString: definition })
  parameter.push({ name: 'abstract', valueBoolean: codeSystem.isAbstract(concept) })
  const standIns = words.flatMap(({ standsIn, source }) => (standsIn && source !== undefined ? [source] : []))
  for (const supplement of new Set([...identity.supplements, ...standIns]))
    parameter.push({ name: 'used-supplement', valueCanonical: supplement })
  const languages = asked.flatMap((name) => (name.startsWith('lang.') ? name.slice(5) : []))
  if (wants('designation') || languages.length > 0) {
    for (const word of words) {
      if (languages.length > 0 && !languages.includes(word.language ?? '')) continue
      const { language, use, value, extension } = designationJson(word)
      const part: Parameter[] = []
      if (language !== undefined) part.push({ name: 'language', valueCode: language })
      if (use !== undefined) part.push({ name: 'use', valueCoding: use })
      if (word.source !== undefined) part.push({ name: 'source', valueCanonical: word.source })
      part.push({ name: 'value', valueString: value })
      // What is not to be used says so.
      parameter.push({ name: 'designation', ...(word.inactive && extension !== undefined && { extension }), part })
    }
  }
  for (const property of lookupProperties(codeSystem, concept)) {
    if (wants(property.code)) parameter.push(propertyParameter(property))
  }
  return { resource: { resourceType: 'Parameters', parameter }, language: display?.language }
}

function* lookupProperties(codeSystem: CodeSystem, concept: ConceptHandle): Generator<FhirProperty> {
  yield { code: 'inactive', type: 'valueBoolean', value: codeSystem.isInactive(concept) }
  const related = function* (code: string, concepts: readonly ConceptHandle[]): Generator<FhirProperty> {
    for (const other of concepts) {
      const description = codeSystem.display(other)
      const value = codeSystem.codeOf(other)
      yield { code, type: 'valueCode', value, ...(description !== undefined && { description }) }
    }
  }
  yield* related('parent', codeSystem.parents(concept))
  yield* related('child', codeSystem.children(concept))
  const told = new Set(['inactive', 'parent', 'child'])
  for (const property of codeSystem.properties(concept)) if (!told.has(property.code)) yield property
  yield* codeSystem.lookupProperties?.(concept) ?? []
}

function propertyParameter({ code, type, value, description, subproperty }: FhirProperty): Parameter {
  const part: Parameter[] = [
    { name: 'code', valueCode: code },
    { name: 'value', [type]: value },
  ]
  if (description !== undefined) part.push({ name: 'description', valueString: description })
  for (const each of subproperty ?? []) part.push({ ...propertyParameter(each), name: 'subproperty' })
  return { name: 'property', part }
}
