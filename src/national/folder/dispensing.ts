/** Prescriptions of a folder country: which are shown to whom, what is dispensed and taken back on them, each thing once. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Caller, NationalConnector, NationalDocument, NationalProblemCode } from '../connector.ts'
import type { DispensingEvent, DispensingFiles } from './dispensing-file.ts'
import { counting, mayDispense, nationalPrescription } from './prescription-state.ts'
import type { HeldDocument, HeldPrescription } from './snapshot.ts'

type Answer<T> = Promise<Result<T, NationalProblemCode>>
type Filter = Parameters<NationalConnector['listPrescriptions']>[1]

export interface PrescriptionDesk {
  /** The prescriptions among these documents of one patient, with their state of this moment. */
  list(held: readonly HeldDocument[], filter: Filter, caller: Caller): Answer<readonly NationalDocument[]>
  submit(
    held: readonly HeldDocument[],
    dispensation: Parameters<NationalConnector['submitDispensation']>[0],
    caller: Caller,
  ): Answer<void>
  discard(
    held: readonly HeldDocument[],
    discard: Parameters<NationalConnector['discardDispensation']>[0],
    caller: Caller,
  ): Answer<void>
}

/** Writers that were in the way each time: more than pharmacies stand in one queue. */
const MOST_ATTEMPTS = 50

export function prescriptionDesk(files: DispensingFiles, clock: () => Date): PrescriptionDesk {
  const today = () => clock().toISOString().slice(0, 10)

  /** Decides on what counted before and takes the next number, again when another writer was first. */
  async function write(
    prescription: string,
    decide: (events: readonly DispensingEvent[]) => Result<DispensingEvent | undefined, NationalProblemCode>,
  ): Answer<void> {
    try {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        const events = await files.read(prescription)
        const decided = decide(events)
        if (!decided.ok) return decided
        if (!decided.value) return ok(undefined)
        if (await files.append(prescription, events.length + 1, decided.value)) return ok(undefined)
      }
    } catch {
      return notStored()
    }
    return notStored()
  }

  return {
    async list(held, filter, caller) {
      const shown = held.flatMap(({ document, prescription }) =>
        prescription && isShown(prescription, filter) ? [{ document, prescription }] : [],
      )
      try {
        return ok(
          await Promise.all(
            shown.map(async ({ document, prescription }) => {
              const events = await files.read(prescription.identifiers[0] ?? document.id)
              const state = nationalPrescription(prescription, events, caller.country, today())
              return { ...document, prescription: state }
            }),
          ),
        )
      } catch {
        return failed('national-unavailable', 'What was dispensed cannot be read.', 'Try again later.')
      }
    },
    async submit(held, dispensation, caller) {
      const prescription = held
        .flatMap((one) => one.prescription ?? [])
        .find(({ identifiers }) => identifiers.includes(dispensation.prescriptionId))
      if (!prescription) {
        return failed(
          'national-prescription-unknown',
          'There is no such prescription.',
          'List the prescriptions again.',
        )
      }
      return write(prescription.identifiers[0] ?? '', (events) => {
        // The same submission again is the same dispensation.
        if (events.some(({ submissionId }) => submissionId === dispensation.submissionId)) return ok(undefined)
        const allowed = mayDispense(prescription, events, dispensation, today())
        if (!allowed.ok) return allowed
        const { submissionId, dispensationId, items, document } = dispensation
        return ok({
          kind: 'dispensation',
          submissionId,
          dispensationId,
          ...whoWrites(caller),
          recorded: clock().toISOString(),
          items: items.map(({ prescribedItem, packages, product }) => ({ prescribedItem, packages, product })),
          document: { format: document.format, base64: Buffer.from(document.bytes).toString('base64') },
        })
      })
    },
    async discard(held, { submissionId, dispensationId }, caller) {
      const prescriptions = new Set(held.flatMap(({ prescription }) => prescription?.identifiers[0] ?? []))
      for (const prescription of prescriptions) {
        const events = await files.read(prescription).catch(() => undefined)
        if (!events) return notStored()
        if (!events.some((event) => event.kind === 'dispensation' && event.dispensationId === dispensationId)) continue
        return write(prescription, (now) => {
          if (now.some((event) => event.kind === 'discard' && event.submissionId === submissionId)) return ok(undefined)
          const own = counting(now).some(
            (event) => event.dispensationId === dispensationId && isBy(event, whoWrites(caller)),
          )
          if (!own) return unknownDispensation()
          return ok({
            kind: 'discard',
            submissionId,
            dispensationId,
            ...whoWrites(caller),
            recorded: clock().toISOString(),
          })
        })
      }
      return unknownDispensation()
    },
  }
}

/** A protected prescription is shown only to who gives its PIN, or names it, as the country wants. */
function isShown({ identifiers, rules }: HeldPrescription, { prescriptionId, pin }: Filter): boolean {
  const named = prescriptionId !== undefined && identifiers.some((identifier) => isNamed(identifier, prescriptionId))
  if (prescriptionId !== undefined && !named) return false
  if (rules.pin !== undefined && rules.pin !== pin) return false
  return rules.byIdentifierOnly !== true || named
}

/** Patients know the number of a prescription, not the system it is of. */
function isNamed(identifier: string, asked: string): boolean {
  return identifier === asked || (!asked.includes('|') && identifier.slice(identifier.indexOf('|') + 1) === asked)
}

function whoWrites({ country, professional }: Caller) {
  return { country, organisation: professional.organisationIdentifier ?? professional.organisation }
}

function isBy(event: DispensingEvent, { country, organisation }: ReturnType<typeof whoWrites>): boolean {
  return event.country === country && event.organisation === organisation
}

function unknownDispensation(): Result<never, NationalProblemCode> {
  return failed(
    'national-dispensation-unknown',
    'There is no such dispensation of this pharmacy that still counts.',
    'Check which dispensation is meant.',
  )
}

function notStored(): Result<never, NationalProblemCode> {
  return failed('national-dispensation-not-stored', 'The dispensation could not be stored.', 'Send it again.')
}
