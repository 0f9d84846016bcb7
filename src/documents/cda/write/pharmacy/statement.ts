/** MedicationStatement and MedicationAdministration → medication entry of a summary (eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.4, IHE PCC). */
import type { Dosage, MedicationAdministration, MedicationStatement, Resource } from 'fhir/r4'
import { MEDICATION_STATUS } from '../../tables/statuses.ts'
import { ids } from '../datatypes/identity.ts'
import { time } from '../datatypes/time.ts'
import { element, type Piece, templateIds } from '../element.ts'
import { sourceOf } from '../source.ts'
import { type Statement, statementPeople } from '../statement.ts'
import type { Place, Writing } from '../writing.ts'
import {
  ADMINISTRATION,
  dosagesIn,
  isStatusSaid,
  medicinePieces,
  NOTE_EXPRESSED,
  notePieces,
  reasonPieces,
  statusPiece,
  takenFrom,
} from './administration.ts'
import { timingExpressed } from './dosage.ts'

const TEMPLATES = [
  '1.3.6.1.4.1.12559.11.10.1.3.1.3.4',
  '1.3.6.1.4.1.19376.1.5.3.1.4.7',
  '1.3.6.1.4.1.19376.1.5.3.1.4.7.1',
  '2.16.840.1.113883.10.20.1.24',
]

export function writeMedicationStatement(held: MedicationStatement, writing: Writing, place: Place): Statement {
  const source = sourceOf(held)
  const folded: Resource[] = []
  const denied = held.status === 'not-taken' && !source.statuses.includes('cancelled')
  return {
    className: ADMINISTRATION,
    attributes: { negationInd: denied ? 'true' : undefined },
    folded,
    expressed: [
      ...(isStatusSaid(held.status, MEDICATION_STATUS) ? ['status'] : []),
      NOTE_EXPRESSED,
      ...timingExpressed(held.dosage ?? [], 'dosage'),
    ],
    pieces: [
      ...templateIds(...TEMPLATES),
      ...ids(held.identifier, writing),
      denied
        ? element('statusCode', { code: source.statuses[0] ?? 'completed' })
        : statusPiece(held.status, MEDICATION_STATUS, source),
      takenAt(held),
      ...medicinePieces(held, source, writing, folded),
      ...dosagesIn(held.dosage ?? [], source, writing),
      ...statementPeople(
        ADMINISTRATION,
        [
          {
            reference: held.informationSource,
            as: held.dateAsserted ? 'author' : 'informant',
            time: held.dateAsserted,
          },
        ],
        writing,
        folded,
      ),
      ...reasonPieces(held.reasonReference, held.reasonCode, writing, place),
      ...notePieces(held.note, source, writing),
    ],
  }
}

function takenAt(
  held: Pick<MedicationStatement, 'effectiveDateTime' | '_effectiveDateTime' | 'effectivePeriod'>,
): Piece {
  const moment =
    held.effectiveDateTime === undefined
      ? undefined
      : time('effectiveTime', held.effectiveDateTime, held._effectiveDateTime)
  return moment ?? takenFrom(held.effectivePeriod)
}

/** An administration happened: the same entry in the mood of an event. */
export function writeMedicationAdministration(
  held: MedicationAdministration,
  writing: Writing,
  place: Place,
): Statement {
  const source = sourceOf(held)
  const folded: Resource[] = []
  const dosage: Dosage = {
    ...(held.dosage?.text === undefined ? {} : { text: held.dosage.text }),
    ...(held.dosage?.route === undefined ? {} : { route: held.dosage.route }),
    ...(held.dosage?.site === undefined ? {} : { site: held.dosage.site }),
    ...(held.dosage?.dose === undefined ? {} : { doseAndRate: [{ doseQuantity: held.dosage.dose }] }),
  }
  const denied = held.status === 'not-done'
  return {
    className: ADMINISTRATION,
    attributes: { moodCode: 'EVN', negationInd: denied ? 'true' : undefined },
    folded,
    expressed: denied ? ['status'] : [],
    pieces: [
      ...templateIds(...TEMPLATES),
      ...ids(held.identifier, writing),
      denied ? element('statusCode', { code: 'completed' }) : statusPiece(held.status, ADMINISTRATION_STATUS, source),
      takenAt(held),
      ...medicinePieces(held, source, writing, folded),
      ...dosagesIn([dosage], source, writing),
      ...statementPeople(
        ADMINISTRATION,
        (held.performer ?? []).map(({ actor }) => ({ reference: actor, as: 'performer' })),
        writing,
        folded,
      ),
      ...reasonPieces(held.reasonReference, held.reasonCode, writing, place),
      ...notePieces(held.note, source, writing),
    ],
  }
}

const ADMINISTRATION_STATUS: Readonly<Record<string, string>> = {
  completed: 'completed',
  active: 'in-progress',
  suspended: 'on-hold',
  aborted: 'stopped',
  nullified: 'entered-in-error',
}
