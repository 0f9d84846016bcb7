/** FHIR ConceptMap (R4, and R5's relationships, properties and products) → mappings. */
import type { Content, MappingContent, MappingProduct, Relationship } from '../content.ts'
import type { LoadCounts, Provenance, Remark } from './fhir.ts'
import { isObject, type JsonObject, objects, text } from './json.ts'

const R4_RELATIONSHIPS: Readonly<Record<string, Relationship>> = {
  equal: 'equal',
  equivalent: 'equivalent',
  wider: 'wider',
  subsumes: 'wider',
  narrower: 'narrower',
  specializes: 'narrower',
  inexact: 'inexact',
  relatedto: 'relatedto',
}

// R5 turned the words round: there `source-is-narrower-than-target` is what R4 calls a wider target.
const R5_RELATIONSHIPS: Readonly<Record<string, Relationship>> = {
  equivalent: 'equivalent',
  'source-is-narrower-than-target': 'wider',
  'source-is-broader-than-target': 'narrower',
  'related-to': 'relatedto',
}

/** Where R4 keeps what R5 has an element `effectivePeriod` for. */
const EFFECTIVE_PERIOD = 'http://hl7.org/fhir/StructureDefinition/resource-effectivePeriod'
/** Where R4 keeps a target's properties: R5 has `group.element.target.property`. */
const TARGET_PROPERTY = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ConceptMap.group.element.target.property'

type Period = Pick<MappingContent, 'validFrom' | 'validTo'>

/** What all mappings of a group share. */
interface Group {
  readonly source: string
  readonly target: string
  readonly map: Pick<MappingContent, 'map' | 'mapVersion'>
  readonly period: Period
  readonly canonical: (system: string) => string
}

/** Groups of an active map; drafts and retired maps are never used. */
export function loadConceptMap(
  content: Content,
  resource: JsonObject,
  provenance: Provenance,
  counts: LoadCounts,
): Remark[] {
  const url = text(resource.url)
  if (url === undefined) return ['The ConceptMap has no url, so nothing can refer to it.']
  if (resource.status !== 'active') {
    return [`The ConceptMap ${url} is ${text(resource.status) ?? 'without status'}, not active: it is not used.`]
  }
  const remarks: Remark[] = []
  counts.conceptMaps++
  const mapVersion = text(resource.version)
  const map = { map: url, ...(mapVersion !== undefined && { mapVersion }) }
  const { canonical } = provenance
  for (const group of objects(resource.group)) {
    const source = text(group.source)?.split('|')[0]
    const target = text(group.target)?.split('|')[0]
    if (source === undefined || target === undefined) {
      remarks.push(`A group of the ConceptMap ${url} does not name its source and target system: it is not used.`)
      continue
    }
    if (isObject(group.unmapped)) {
      remarks.push(`The ConceptMap ${url} has a rule for unmapped codes: it is not used, such codes stay unmapped.`)
    }
    const shared = { source: canonical(source), target: canonical(target), map, period: periodOf(resource), canonical }
    for (const element of objects(group.element)) loadElement(content, element, shared, counts)
  }
  return remarks
}

function loadElement(content: Content, element: JsonObject, group: Group, counts: LoadCounts): void {
  const code = text(element.code)
  if (code === undefined) return
  for (const target of objects(element.target)) {
    const targetCode = text(target.code)
    const relationship =
      R4_RELATIONSHIPS[text(target.equivalence) ?? ''] ?? R5_RELATIONSHIPS[text(target.relationship) ?? '']
    // unmatched and disjoint say that there is no target
    if (targetCode === undefined || relationship === undefined) continue
    const display = text(target.display)
    const comment = text(target.comment)
    const products = objects(target.product).flatMap((product) => productOf(product, group.canonical) ?? [])
    const condition = conditionOf(objects(target.dependsOn), group.canonical)
    content.mappings.push({
      source: { system: group.source, code },
      target: { system: group.target, code: targetCode, ...(display !== undefined && { display }) },
      relationship,
      ...(comment !== undefined && { comment }),
      ...group.map,
      ...group.period,
      ...propertiesOf(target),
      ...(products.length > 0 && { products }),
      ...(condition !== undefined && { condition }),
    })
    counts.mappings++
  }
}

/** Days: a time of day is cut off. */
function periodOf(resource: JsonObject): Period {
  const extension = objects(resource.extension).find(({ url }) => url === EFFECTIVE_PERIOD)?.valuePeriod
  const period = isObject(resource.effectivePeriod) ? resource.effectivePeriod : isObject(extension) ? extension : {}
  const from = text(period.start)
  const to = text(period.end)
  return {
    ...(from !== undefined && { validFrom: day(from, 'first') }),
    ...(to !== undefined && { validTo: day(to, 'last') }),
  }
}

/** A year or a month alone means its first day as a beginning and its last as an end. */
function day(date: string, edge: 'first' | 'last'): string {
  const [written = ''] = date.split('T')
  const [year, month, named] = written.split('-')
  if (named !== undefined) return written
  if (edge === 'first') return `${year}-${month ?? '01'}-01`
  const last = new Date(Date.UTC(Number(year), Number(month ?? '12'), 0))
  return Number.isNaN(last.getTime()) ? written : last.toISOString().slice(0, 10)
}

/** R5 `target.property`, or R4's extension of it. Codes: status, quality, advice, valid-from, valid-to. */
function propertiesOf(target: JsonObject): Partial<MappingContent> {
  const said = new Map<string, string>()
  for (const { code, ...values } of objects(target.property)) note(said, text(code), values)
  for (const { url, extension } of objects(target.extension)) {
    if (url !== TARGET_PROPERTY) continue
    const parts = objects(extension)
    const code = parts.find((part) => part.url === 'code')
    note(said, text(code?.valueUri) ?? text(code?.valueCode), parts.find((part) => part.url === 'value') ?? {})
  }
  const status = said.get('status')?.toLowerCase()
  const validFrom = said.get('valid-from')
  const validTo = said.get('valid-to')
  const quality = said.get('quality')
  const advice = said.get('advice')
  return {
    ...(status !== undefined && { status }),
    ...(quality !== undefined && { quality }),
    ...(advice !== undefined && { advice }),
    ...(validFrom !== undefined && { validFrom: day(validFrom, 'first') }),
    ...(validTo !== undefined && { validTo: day(validTo, 'last') }),
  }
}

function note(said: Map<string, string>, code: string | undefined, values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) {
    if (code === undefined || !name.startsWith('value')) continue
    const word =
      typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : isObject(value)
          ? text(value.code)
          : text(value)
    if (word !== undefined) said.set(code, word)
  }
}

/** R4 names `property`, `system`, `value`; R5 names `attribute` and a value of a type. */
function productOf(product: JsonObject, canonical: (system: string) => string): MappingProduct | undefined {
  const coding = isObject(product.valueCoding) ? product.valueCoding : undefined
  const attribute = text(product.attribute) ?? text(product.property)
  const value = text(product.value) ?? text(product.valueCode) ?? text(product.valueString) ?? text(coding?.code)
  const system = text(product.system) ?? text(coding?.system)
  if (attribute === undefined || value === undefined) return undefined
  return { attribute, value, ...(system !== undefined && { system: canonical(system) }) }
}

function conditionOf(list: readonly JsonObject[], canonical: (system: string) => string): string | undefined {
  const said = list.map((item) => {
    const product = productOf(item, canonical)
    return product ? `${product.attribute} = ${product.system ?? ''}|${product.value}` : 'something that is not named'
  })
  return said.length === 0 ? undefined : said.join(' and ')
}
