/** What R4 and R5 say differently, element by element; everything else is the same or travels as an extension. */
import { isObject, type JsonObject, listOf, textOf } from './json.ts'
import * as conceptMap from './r4-concept-map.ts'

export interface Mapped {
  /** Elements that are replaced. */
  readonly taken: ReadonlySet<string>
  readonly put: JsonObject
}

export type Difference = (object: JsonObject) => Mapped | undefined

const DOWN: Readonly<Record<string, Difference>> = {
  ConceptMap: conceptMap.mapDown,
  'ConceptMap.group': conceptMap.groupDown,
  'ConceptMap.group.element': conceptMap.elementDown,
  'ConceptMap.group.element.target': conceptMap.targetDown,
  'ConceptMap.group.element.target.dependsOn': conceptMap.otherDown,
  'ConceptMap.group.unmapped': conceptMap.unmappedDown,
  'ValueSet.compose.include.filter': filterDown,
  'CodeSystem.filter': operatorsDown,
}

const UP: Readonly<Record<string, Difference>> = {
  ConceptMap: conceptMap.mapUp,
  'ConceptMap.group': conceptMap.groupUp,
  'ConceptMap.group.element': conceptMap.elementUp,
  'ConceptMap.group.element.target': conceptMap.targetUp,
  'ConceptMap.group.element.target.dependsOn': conceptMap.otherUp,
  'ConceptMap.group.unmapped': conceptMap.unmappedUp,
  'ValueSet.compose.include.filter': filterUp,
  'CodeSystem.filter': operatorsUp,
}

export function mapDown(type: string, object: JsonObject): Mapped | undefined {
  return DOWN[type]?.(object)
}

export function mapUp(type: string, object: JsonObject): Mapped | undefined {
  return UP[type]?.(object)
}

/** Operators that R4's required binding does not have. */
const R5_OPERATORS = new Set(['child-of', 'descendent-leaf'])
const FILTER_OP = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.compose.include.filter.op'
const FILTER_OPERATOR = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-CodeSystem.filter.operator'

function filterDown({ op, _op }: JsonObject): Mapped | undefined {
  const code = textOf(op)
  if (code === undefined || !R5_OPERATORS.has(code)) return undefined
  const own = isObject(_op) ? _op : {}
  const extension = [...listOf(own.extension), { url: FILTER_OP, valueCode: code }]
  return { taken: new Set(['op', '_op']), put: { _op: { ...own, extension } } }
}

function filterUp({ op, _op }: JsonObject): Mapped | undefined {
  const code = op === undefined ? carriedCode(_op, FILTER_OP) : undefined
  return code === undefined ? undefined : { taken: new Set(['_op']), put: { op: code } }
}

function operatorsDown({ operator, _operator }: JsonObject): Mapped | undefined {
  const codes = listOf(operator)
  if (!codes.some((code) => R5_OPERATORS.has(String(code)))) return undefined
  const own = listOf(_operator)
  const extended = codes.map((code, index) =>
    R5_OPERATORS.has(String(code)) ? { extension: [{ url: FILTER_OPERATOR, valueCode: code }] } : (own[index] ?? null),
  )
  const kept = codes.map((code) => (R5_OPERATORS.has(String(code)) ? null : code))
  return { taken: new Set(['operator', '_operator']), put: { operator: kept, _operator: extended } }
}

function operatorsUp({ operator, _operator }: JsonObject): Mapped | undefined {
  const extras = listOf(_operator)
  const carried = extras.map((extra) => carriedCode(extra, FILTER_OPERATOR))
  if (carried.every((code) => code === undefined)) return undefined
  const codes = Array.from(
    { length: Math.max(listOf(operator).length, extras.length) },
    (_, index) => carried[index] ?? listOf(operator)[index],
  )
  return { taken: new Set(['_operator']), put: { operator: codes } }
}

function carriedCode(extra: unknown, url: string): string | undefined {
  if (!isObject(extra)) return undefined
  const found = listOf(extra.extension).find((extension) => isObject(extension) && extension.url === url)
  return isObject(found) ? textOf(found.valueCode) : undefined
}
