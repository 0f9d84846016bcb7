/** `sourcePatientInfo`: fields of HL7 v2 PID, one a value, `PID-5|family^given` (IHE ITI TF-3 4.2.3.2.23). */
import type { DocumentSubmission } from '../exchange.ts'
import { readXpn, writeCx, writeTime, writeXpn } from '../registry/hl7-v2.ts'

type Demographics = NonNullable<DocumentSubmission['demographics']>
type Gender = NonNullable<Demographics['gender']>

/** HL7 v2 table 0001. */
const GENDERS: Readonly<Record<Gender, string>> = { male: 'M', female: 'F', other: 'O', unknown: 'U' }

export function readDemographics(values: readonly string[]): Demographics | undefined {
  const field = (name: string) => values.find((value) => value.startsWith(`${name}|`))?.slice(name.length + 1)
  const name = readXpn(field('PID-5') ?? '')
  // The day stands as it is written: an hour and an offset behind it are no part of a birth date.
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(field('PID-7')?.trim() ?? '') ?? []
  const letter = field('PID-8')?.trim().toUpperCase()
  const gender = GENDER_NAMES.find((one) => GENDERS[one] === letter)
  const demographics: Demographics = {
    ...(name.family === '' ? {} : { family: name.family }),
    ...(name.given.length === 0 ? {} : { given: name.given }),
    ...(year === undefined ? {} : { birthDate: `${year}-${month}-${day}` }),
    ...(gender === undefined ? {} : { gender }),
  }
  return Object.keys(demographics).length === 0 ? undefined : demographics
}

const GENDER_NAMES = ['male', 'female', 'other', 'unknown'] as const

/** Values of the slot; the identifier is always there. */
export function writePatientInfo(patient: string, demographics: Demographics | undefined): readonly string[] {
  const { family = '', given = [], birthDate, gender } = demographics ?? {}
  const name = writeXpn(family, given)
  const born = birthDate === undefined ? undefined : writeTime(birthDate)
  return [
    `PID-3|${writeCx(patient)}`,
    ...(name === '' ? [] : [`PID-5|${name}`]),
    ...(born === undefined ? [] : [`PID-7|${born}`]),
    ...(gender === undefined ? [] : [`PID-8|${GENDERS[gender]}`]),
  ]
}
