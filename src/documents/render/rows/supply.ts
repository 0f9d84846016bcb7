/** What a pharmacist reads of a prescription or dispensation beside the medicine: how much, how often, until when, and whether another product may be given. */
import { SIZE_OF_ITEM_EXTENSION } from '../../cda/tables/urls.ts'
import { writtenDigits } from '../../fhir/decimals.ts'
import { concept, extensions, type Node, node, text } from '../../fhir/node.ts'
import { type Build, say } from '../build.ts'
import type { Line, Tag } from '../summary-view.ts'
import { countedUnit } from '../units.ts'
import { numeral, period, quantity, ratio, time } from '../values.ts'
import { term } from '../words.ts'

/** A number without a unit. */
export function isBare(value: unknown): boolean {
  const found = node(value)
  const unit = text(found?.unit) ?? '1'
  return found?.value !== undefined && (text(found.code) ?? '1') === '1' && unit === '1'
}

/** Lines of the supply; none for a medicine that is only stated. */
export function supplyLines(build: Build, resource: Node): Line[] {
  if (resource.resourceType === 'MedicationDispense') return dispensed(build, resource)
  return resource.resourceType === 'MedicationRequest' ? prescribed(build, resource) : []
}

function prescribed(build: Build, resource: Node): Line[] {
  const asked = node(resource.dispenseRequest) ?? {}
  const amount = packages(build, asked.quantity)
  const valid = period(build, node(asked.validityPeriod) ?? {})
  const repeats = asked.numberOfRepeatsAllowed
  const often =
    typeof repeats === 'number' && repeats > 0 ? say(build, 'prescription.repeats', { count: repeats }) : undefined
  const supply: Line[] = amount === undefined ? [] : [[say(build, 'prescription.dispense'), ' ', ...amount]]
  return [
    ...supply,
    ...(often === undefined ? [] : [[often]]),
    ...(valid === undefined ? [] : [[say(build, 'prescription.validity'), ' ', ...valid]]),
  ]
}

function dispensed(build: Build, resource: Node): Line[] {
  const amount = packages(build, resource.quantity)
  const when = text(resource.whenHandedOver)
  const given = [
    ...(amount ?? []),
    ...(when === undefined ? [] : [amount === undefined ? '' : ', ', time(build, when)]),
  ]
  return given.length === 0 ? [] : [[say(build, 'prescription.given'), ' ', ...given]]
}

/** A bare number counts packages (eHDSI ePrescription). */
function packages(build: Build, value: unknown): Line | undefined {
  if (!isBare(value)) return quantity(build, value)
  const count = Number(writtenDigits(node(value) ?? {}, 'value'))
  return Number.isFinite(count) ? [say(build, 'prescription.packages', { count })] : undefined
}

/** Whether another product may be given, or was: what must not be overlooked. */
export function substitutionTags(build: Build, resource: Node): Tag[] {
  const stated = node(resource.substitution)
  if (stated === undefined) return []
  if (resource.resourceType === 'MedicationDispense')
    return stated.wasSubstituted === true ? [{ text: say(build, 'prescription.substituted'), tone: 'warn' }] : []
  const allowed = isAllowed(stated)
  if (allowed === undefined) return []
  return [{ text: say(build, `prescription.substitution.${allowed ? 'yes' : 'no'}`), tone: allowed ? 'plain' : 'warn' }]
}

function isAllowed(stated: Node): boolean | undefined {
  if (typeof stated.allowedBoolean === 'boolean') return stated.allowedBoolean
  const codes = concept(stated.allowedCodeableConcept)?.codings.filter(({ code }) => code !== '') ?? []
  // v3 substanceAdminSubstitution: `N` none, every other code is a kind of substitution.
  return codes.length === 0 ? undefined : codes.every(({ code }) => code !== 'N')
}

/** Why another product may not be given. */
export function substitutionReason(build: Build, resource: Node): Line | undefined {
  const reason = term(build, node(resource.substitution)?.reason)
  return reason && [reason.words]
}

/** What one package holds: `400 tablets`, `5 × 3 ml`. */
export function contentLine(build: Build, medication: Node, form: readonly string[]): Line | undefined {
  const amount = node(medication.amount)
  const count = node(amount?.numerator)
  const size = quantity(build, extensions(medication, SIZE_OF_ITEM_EXTENSION)[0]?.valueQuantity)
  if (!isBare(count))
    return amount === undefined ? size : [...(ratio(build, amount) ?? []), ...(size ? [' × ', ...size] : [])]
  const digits = writtenDigits(count ?? {}, 'value') ?? ''
  if (size !== undefined) return [numeral(build, digits), ' × ', ...size]
  const unit = countedUnit(build, form, digits)
  return unit === undefined ? [numeral(build, digits)] : [numeral(build, digits), '\u00a0', unit]
}
