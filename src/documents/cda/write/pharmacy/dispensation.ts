/** MedicationDispense → dispensed item (eHDSI eDispensation 1.3.6.1.4.1.12559.11.10.1.3.1.3.3). */
import type { MedicationDispense, Resource } from 'fhir/r4'
import { DISPENSE_STATUS } from '../../tables/statuses.ts'
import { code } from '../datatypes/code.ts'
import { ids } from '../datatypes/identity.ts'
import { quantity } from '../datatypes/quantity.ts'
import { time } from '../datatypes/time.ts'
import { assemble, type Piece, templateIds } from '../element.ts'
import { type Source, sourceOf } from '../source.ts'
import { comment, link, nested, type Statement, statementPeople } from '../statement.ts'
import { type Place, resolve, type Writing } from '../writing.ts'
import { isStatusSaid, statusPiece, substitutionCode } from './administration.ts'
import { medicineIn } from './medicine.ts'

const TEMPLATES = [
  '2.16.840.1.113883.10.20.1.34',
  '1.3.6.1.4.1.19376.1.5.3.1.4.7.3',
  '1.3.6.1.4.1.12559.11.10.1.3.1.3.3',
]

export function writeDispensation(held: MedicationDispense, writing: Writing, place: Place): Statement {
  const source = sourceOf(held)
  const folded: Resource[] = []
  const performers = held.performer ?? []
  // What is stated as an event is done: eHDSI gives no status for it.
  const silent = held.status === 'completed' && !source.statuses.includes('completed')
  const resource = resolve(held.medicationReference, writing, held)
  const named = held.medicationReference?.display
  const concept = held.medicationCodeableConcept ?? (named === undefined ? undefined : { text: named })
  return {
    className: 'Supply',
    attributes: { moodCode: 'EVN' },
    folded,
    expressed: [
      ...(held.status !== 'unknown' && isStatusSaid(held.status, DISPENSE_STATUS) ? ['status'] : []),
      ...(held.substitution?.wasSubstituted === true ? ['substitution.wasSubstituted'] : []),
    ],
    pieces: [
      ...templateIds(...TEMPLATES),
      ...ids(held.identifier, writing),
      code('code', held.type, writing),
      silent ? undefined : statusPiece(held.status, DISPENSE_STATUS, source),
      performers.length > 0 ? undefined : time('effectiveTime', held.whenHandedOver, held._whenHandedOver),
      quantity('quantity', held.quantity, writing),
      medicineIn('product', { resource, concept }, writing, folded),
      ...statementPeople(
        'Supply',
        performers.map(({ actor }) => ({ reference: actor, as: 'performer', time: held.whenHandedOver })),
        writing,
        folded,
      ),
      ...(held.authorizingPrescription ?? []).map((reference) => nested('Supply', 'REFR', reference, writing, place)),
      substituted(held, source, writing),
      ...(held.note ?? []).map((note) => comment('Supply', note, writing)),
    ],
  }
}

/** That another product was given: an act; which kind of substitution it was, where that is known: an observation. */
function substituted({ substitution }: MedicationDispense, source: Source, writing: Writing): Piece | undefined {
  if (substitution?.wasSubstituted !== true) return undefined
  const name = substitutionCode(source, writing)
  const kind = code('value', substitution.type, writing, { xsiType: 'CD' })
  if (kind === undefined) return link('Supply', 'COMP', assemble('Act', 'act', {}, [name]))
  return link('Supply', 'COMP', assemble('Observation', 'observation', {}, [name, kind]))
}
