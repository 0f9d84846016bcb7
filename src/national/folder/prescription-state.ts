/** Pure rules of a folder country: what is left of a prescription, and whether a dispensation or a discard may count. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { NationalDispensation, NationalPrescription, NationalProblemCode } from '../connector.ts'
import type { DispensationEvent, DispensingEvent } from './dispensing-file.ts'
import type { PrescriptionLine } from './document-header.ts'
import type { HeldPrescription } from './snapshot.ts'

/** Dispensations that count: made and not taken back. */
export function counting(events: readonly DispensingEvent[]): readonly DispensationEvent[] {
  const discarded = new Set(events.flatMap((event) => (event.kind === 'discard' ? [event.dispensationId] : [])))
  return events.flatMap((event) =>
    event.kind === 'dispensation' && !discarded.has(event.dispensationId) ? [event] : [],
  )
}

/** What the list tells of it. `today`: ISO date. */
export function nationalPrescription(
  held: HeldPrescription,
  events: readonly DispensingEvent[],
  country: string,
  today: string,
): NationalPrescription {
  const { identifiers, rules, product, atc, doseForm, strength, substitution } = held
  const own = counting(events).filter((event) => event.country === country)
  return {
    prescriptionId: identifiers[0] ?? '',
    status: statusOf(held, events, today),
    crossBorder: rules.crossBorder !== false,
    pinRequired: rules.pin !== undefined || rules.byIdentifierOnly === true,
    ...(product === undefined ? {} : { product }),
    ...(atc === undefined ? {} : { atc }),
    ...(doseForm === undefined ? {} : { doseForm }),
    ...(strength === undefined ? {} : { strength }),
    ...(substitution === undefined ? {} : { substitution }),
    ...(own.length > 0 ? { dispensations: own.map(({ dispensationId }) => dispensationId) } : {}),
  }
}

function statusOf(
  held: HeldPrescription,
  events: readonly DispensingEvent[],
  today: string,
): NationalPrescription['status'] {
  if (held.rules.cancelled) return 'cancelled'
  const dispensations = counting(events)
  if (dispensations.length > 0 && linesOf(held).every((line) => leftOf(line, held, dispensations) <= 0)) {
    return 'dispensed'
  }
  const until = held.rules.validUntil ?? held.validUntil
  if (until !== undefined && until < today) return 'expired'
  return dispensations.length > 0 ? 'partly-dispensed' : 'open'
}

/** A prescription that is not coded is one line, to be given once. */
function linesOf({ lines }: HeldPrescription): readonly PrescriptionLine[] {
  return lines.length > 0 ? lines : [{ id: '', packages: 1, substitutionAllowed: true }]
}

/** The line that an item names; where there is one line only, whatever it is called. */
function lineNamed(held: HeldPrescription, item: string): PrescriptionLine | undefined {
  const lines = linesOf(held)
  return lines.find(({ id }) => id !== '' && id === item) ?? (lines.length === 1 ? lines[0] : undefined)
}

function leftOf(line: PrescriptionLine, held: HeldPrescription, dispensations: readonly DispensationEvent[]): number {
  const given = dispensations
    .flatMap(({ items }) => items)
    .filter(({ prescribedItem }) => lineNamed(held, prescribedItem) === line)
  return given.reduce((left, { packages }) => left - packages, line.packages)
}

/** May this dispensation count, after everything that counted before? */
export function mayDispense(
  held: HeldPrescription,
  events: readonly DispensingEvent[],
  { items }: NationalDispensation,
  today: string,
): Result<void, NationalProblemCode> {
  const status = statusOf(held, events, today)
  if (status === 'dispensed') return alreadyDispensed()
  if (held.rules.crossBorder === false || status === 'cancelled' || status === 'expired') {
    return failed(
      'national-not-dispensable',
      status === 'open' || status === 'partly-dispensed'
        ? 'This prescription may be dispensed in its own country only.'
        : `This prescription is ${status}.`,
      'Send the patient to a prescriber.',
    )
  }
  const asked = new Map<PrescriptionLine, number>()
  for (const { prescribedItem, packages, substituted } of items) {
    const line = lineNamed(held, prescribedItem)
    if (!line || !(packages > 0)) {
      return failed('national-not-dispensable', 'The prescription has no such line.', 'Dispense from the prescription.')
    }
    if (substituted && !line.substitutionAllowed) {
      return failed(
        'national-substitution-not-allowed',
        'The prescriber does not allow another product.',
        'Dispense the product that is prescribed.',
      )
    }
    asked.set(line, (asked.get(line) ?? 0) + packages)
  }
  if (asked.size === 0) {
    return failed('national-not-dispensable', 'Nothing was dispensed.', 'State what was given.')
  }
  const dispensations = counting(events)
  for (const [line, packages] of asked) if (packages > leftOf(line, held, dispensations)) return alreadyDispensed()
  return ok(undefined)
}

function alreadyDispensed(): Result<never, NationalProblemCode> {
  return failed(
    'national-already-dispensed',
    'This prescription, or what was left of it, has been dispensed.',
    'Tell the patient; he may need a new prescription.',
  )
}
