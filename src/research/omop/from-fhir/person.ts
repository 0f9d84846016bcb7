/** Patient → person and death. Names, addresses and identifiers stay outside: a release holds no direct identifier. */
import { concept, type Node, node, nodes, text } from '#documents/fhir/node.ts'
import type { OmopRow } from '../write-tables.ts'
import { type Day, dayOf } from './day.ts'
import { RULES } from './rows.ts'

export interface ReadPerson {
  /** `system|value` of the first identifier, as opt-outs name a person; else the resource's full URL. */
  readonly identity: string
  /** It has an identifier: other documents and opt-outs can name the same person. */
  readonly identified: boolean
  readonly born?: Day
  readonly row: (key: number) => OmopRow
  readonly died?: Day
  /** The source says that the person died, and not when. */
  readonly diedAtUnknownTime: boolean
}

export function readPerson(patient: Node, fullUrl: string): ReadPerson {
  const written = text(patient.birthDate)
  const born = dayOf(written)
  const gender = text(patient.gender) ?? concept(patient.gender)?.codings[0]?.code ?? ''
  const died = dayOf(patient.deceasedDateTime)
  const month = (written?.length ?? 0) >= 7 ? Number(born?.date.slice(5, 7)) : null
  const day = born?.exact ? Number(born.date.slice(8, 10)) : null
  const identity = identityOf(patient)
  return {
    identity: identity ?? fullUrl,
    identified: identity !== undefined,
    ...(born === undefined ? {} : { born }),
    row: (key) => ({
      person_id: key,
      gender_concept_id: RULES.genders[gender] ?? 0,
      gender_source_value: gender,
      year_of_birth: Number(born?.date.slice(0, 4)),
      month_of_birth: month,
      day_of_birth: day,
      birth_datetime: born?.exact ? `${born.date} 00:00:00` : null,
      race_concept_id: 0,
      ethnicity_concept_id: 0,
    }),
    ...(died === undefined ? {} : { died }),
    diedAtUnknownTime: died === undefined && patient.deceasedBoolean === true,
  }
}

function identityOf(resource: Node): string | undefined {
  for (const identifier of nodes(resource.identifier)) {
    const value = text(identifier.value)
    if (value !== undefined) return `${text(identifier.system) ?? ''}|${value}`
  }
  return undefined
}

export function deathRow(key: number, died: Day): OmopRow {
  return {
    person_id: key,
    death_date: died.date,
    death_datetime: died.datetime,
    death_type_concept_id: RULES.recordType,
  }
}

/** The patient whom a document is about: the subject of its Composition, else the only Patient. */
export function patientOf(
  composition: Node | undefined,
  entries: readonly { readonly resource: Node; readonly fullUrl: string }[],
  follow: (reference: unknown) => Node | undefined,
): { readonly patient: Node; readonly fullUrl: string } | undefined {
  const named = follow(node(composition?.subject)?.reference)
  const entry = entries.find(
    ({ resource }) => resource.resourceType === 'Patient' && (named === undefined || resource === named),
  )
  return entry && { patient: entry.resource, fullUrl: entry.fullUrl }
}
