/** MedicationStatement, -Request, -Dispense, -Administration and Immunization → drug_exposure. */
import { type Concept, concept, type Node, node, nodes, text } from '#documents/fhir/node.ts'
import { type ClinicalEvent, type NotARow, notARow, type ReadingContext, type ReadResource } from './clinical-event.ts'
import { dayOf, type Span, spanOf, spanOfPeriod } from './day.ts'
import { encounterOf, statesAbsence } from './read-condition.ts'

const REASONS: Readonly<Record<string, NotARow>> = {
  'entered-in-error': 'entered-in-error',
  'not-taken': 'not-done',
  'not-done': 'not-done',
  declined: 'not-done',
  cancelled: 'only-planned',
  draft: 'only-planned',
  preparation: 'only-planned',
}

/** Intents of a request that nobody has acted on. */
const PLANS = new Set(['proposal', 'plan'])

export function readMedication(resource: Node, context: ReadingContext): ReadResource {
  const code = medicationCode(resource, context)
  const reason = REASONS[text(resource.status) ?? '']
  if (reason !== undefined) return notARow(reason)
  if (resource.doNotPerform === true) return notARow('not-done')
  if (PLANS.has(text(resource.intent) ?? '')) return notARow('only-planned')
  if (!code) return notARow('without-code')
  if (statesAbsence(code)) return notARow('states-absence')
  const { start, end } = timeOf(resource)
  const dosage = nodes(resource.dosage ?? resource.dosageInstruction)
  const route = concept(dosage[0]?.route)
  const supply = node(resource.dispenseRequest) ?? resource
  const event: ClinicalEvent = {
    part: '',
    code,
    home: 'drug_exposure',
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...encounterOf(resource),
    details: {
      ...(end === undefined ? {} : { verbatim_end_date: end.date }),
      sig: dosage.flatMap((one) => text(one.text) ?? []).join('; ') || null,
      route_source_value: route?.codings[0]?.code ?? route?.text,
      quantity: quantityOf(supply.quantity),
      days_supply: daysOf(supply.expectedSupplyDuration ?? supply.daysSupply),
      refills: wholeNumber(supply.numberOfRepeatsAllowed),
    },
  }
  return { kind: 'events', events: [event] }
}

/** The code of the medicine, or the codes of its ingredient when the medicine has only words. */
function medicationCode(resource: Node, context: ReadingContext): Concept | undefined {
  const stated = concept(resource.medicationCodeableConcept ?? resource.medication)
  const followed = context.follow(node(resource.medicationReference)?.reference)
  const own = stated ?? concept(followed?.code)
  const ingredients = nodes(followed?.ingredient).flatMap((one) => concept(one.itemCodeableConcept) ?? [])
  const [only] = ingredients
  if (own && (own.codings.length > 0 || ingredients.length !== 1)) return own
  return ingredients.length === 1 && only ? { ...only, ...(own?.text === undefined ? {} : { text: own.text }) } : own
}

function timeOf(resource: Node): Span {
  const effective = spanOf(resource, 'effective')
  if (effective.start) return effective
  const validity = spanOfPeriod(node(node(resource.dispenseRequest)?.validityPeriod))
  const start =
    dayOf(resource.authoredOn) ?? dayOf(resource.whenHandedOver) ?? dayOf(resource.whenPrepared) ?? validity.start
  const stated = start ?? dayOf(resource.dateAsserted)
  return { ...effective, ...(stated === undefined ? {} : { start: stated }) }
}

function quantityOf(value: unknown): number | null {
  const number = node(value)?.value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function daysOf(value: unknown): number | null {
  const duration = node(value)
  const number = quantityOf(duration)
  const days: Readonly<Record<string, number>> = { d: 1, wk: 7 }
  const unit = days[text(duration?.code) ?? text(duration?.unit) ?? '']
  return number === null || unit === undefined ? null : Math.round(number * unit)
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null
}

export function readImmunization(resource: Node): ReadResource {
  const reason = REASONS[text(resource.status) ?? '']
  const code = concept(resource.vaccineCode)
  if (reason !== undefined) return notARow(reason)
  if (!code) return notARow('without-code')
  if (statesAbsence(code)) return notARow('states-absence')
  const start = spanOf(resource, 'occurrence').start ?? dayOf(resource.recorded)
  const event: ClinicalEvent = {
    part: '',
    code,
    home: 'drug_exposure',
    ...(start === undefined ? {} : { start, end: start }),
    ...encounterOf(resource),
    details: {
      lot_number: text(resource.lotNumber),
      quantity: quantityOf(resource.doseQuantity),
      route_source_value: concept(resource.route)?.codings[0]?.code,
    },
  }
  return { kind: 'events', events: [event] }
}
