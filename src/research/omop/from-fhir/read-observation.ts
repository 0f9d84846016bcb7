/** Observation → measurement or observation (its concept's domain decides); each component is a fact of its own. */
import { type Concept, choice, concept, type Node, node, nodes, text } from '#documents/fhir/node.ts'
import { type ClinicalEvent, type EventValue, type NotARow, notARow, type ReadResource } from './clinical-event.ts'
import { dayOf, spanOf } from './day.ts'
import { encounterOf, statesAbsence } from './read-condition.ts'

const REASONS: Readonly<Record<string, NotARow>> = {
  'entered-in-error': 'entered-in-error',
  cancelled: 'only-planned',
  registered: 'only-planned',
}

export function readObservation(resource: Node): ReadResource {
  const reason = REASONS[text(resource.status) ?? '']
  if (reason !== undefined) return notARow(reason)
  const code = concept(resource.code)
  if (!code) return notARow('without-code')
  const value = valueIn(resource)
  if (statesAbsence(code) || (value?.concept && statesAbsence(value.concept))) return notARow('states-absence')
  const time = spanOf(resource, 'effective')
  const start = time.start ?? dayOf(resource.issued)
  const common = { ...(start === undefined ? {} : { start }), ...encounterOf(resource), details: {} }
  const components = nodes(resource.component).flatMap((component, at) => {
    const componentCode = concept(component.code)
    const componentValue = valueIn(component)
    if (!componentCode || !componentValue) return []
    return [eventOf(`component-${at + 1}`, componentCode, componentValue, component, common)]
  })
  const hasMembers = nodes(resource.hasMember).length > 0
  if (value === undefined && components.length === 0 && hasMembers) return notARow('only-groups-others')
  // A finding without a value is a fact by its code alone.
  const own = value === undefined && components.length > 0 ? [] : [eventOf('', code, value, resource, common)]
  return { kind: 'events', events: [...own, ...components] }
}

function eventOf(
  part: string,
  code: Concept,
  value: EventValue | undefined,
  element: Node,
  common: Pick<ClinicalEvent, 'start' | 'encounter' | 'details'>,
): ClinicalEvent {
  const laboratory = value?.number !== undefined || nodes(element.referenceRange).length > 0
  return {
    ...common,
    part,
    code,
    home: laboratory ? 'measurement' : 'observation',
    ...(value === undefined ? {} : { value }),
  }
}

function valueIn(element: Node): EventValue | undefined {
  const found = choice(element, 'value')
  if (!found) return undefined
  const range = rangeOf(element)
  const { type, value } = found
  if (type === 'Quantity') return { ...quantityOf(node(value)), ...range }
  if (type === 'CodeableConcept') {
    const code = concept(value)
    const words = code?.text ?? code?.codings[0]?.display ?? code?.codings[0]?.code
    return code && { concept: code, ...(words === undefined ? {} : { words }), ...range }
  }
  if (type === 'Integer' || type === 'Decimal')
    return typeof value === 'number' ? { number: value, ...range } : undefined
  const words = wordsOf(value)
  return words === undefined ? undefined : { words, ...range }
}

/** Text, times, ranges, ratios: kept as words, since OMOP has no column for them. */
function wordsOf(value: unknown): string | undefined {
  const item = node(value)
  if (!item) return text(value)
  const quantity = (part: unknown) => {
    const { number, unit } = quantityOf(node(part))
    return number === undefined ? '' : `${number}${unit ? ` ${unit.words}` : ''}`
  }
  if (item.numerator !== undefined) return `${quantity(item.numerator)} / ${quantity(item.denominator)}`
  if (item.low !== undefined || item.high !== undefined) return `${quantity(item.low)} - ${quantity(item.high)}`
  if (item.start !== undefined || item.end !== undefined) return `${text(item.start) ?? ''} - ${text(item.end) ?? ''}`
  return quantity(item) || JSON.stringify(item)
}

function quantityOf(quantity: Node | undefined): EventValue {
  const number = typeof quantity?.value === 'number' ? quantity.value : Number(text(quantity?.value) ?? Number.NaN)
  const comparator = text(quantity?.comparator)
  const code = text(quantity?.code)
  const words = text(quantity?.unit) ?? code
  return {
    ...(Number.isFinite(number) ? { number } : {}),
    ...(comparator === undefined ? {} : { comparator }),
    ...(words === undefined ? {} : { unit: { system: text(quantity?.system) ?? '', code: code ?? '', words } }),
  }
}

function rangeOf(element: Node): Pick<EventValue, 'low' | 'high'> {
  const range = nodes(element.referenceRange)[0]
  const { number: low } = quantityOf(node(range?.low))
  const { number: high } = quantityOf(node(range?.high))
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }
}
