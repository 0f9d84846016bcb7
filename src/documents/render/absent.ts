/** `none known` and `no information` are coded statements; `nothing recorded` is the lack of one. Three different sentences. */
import table from '../../../data/clinical/absent-information.json' with { type: 'json' }
import { concept, concepts, type Node } from '../fhir/node.ts'

export interface Absent {
  readonly meaning: 'none-known' | 'no-information'
  readonly about: string
}

const BY_CODE: ReadonlyMap<string, Absent> = new Map(
  table.codes.flatMap(({ code, meaning, about }) =>
    meaning === 'none-known' || meaning === 'no-information' ? [[code, { meaning, about }]] : [],
  ),
)

/** What a code states to be absent, undefined for every other code. */
export function absentCode(code: string): Absent | undefined {
  return BY_CODE.get(code)
}

const FIELDS = ['code', 'vaccineCode', 'medicationCodeableConcept', 'medication', 'deviceCodeableConcept'] as const

/** Whether a resource is a statement of absence. */
export function absentStatement(resource: Node): Absent | undefined {
  for (const field of FIELDS) {
    for (const { codings } of concepts(resource[field])) {
      for (const { code } of codings) {
        const found = BY_CODE.get(code)
        if (found) return found
      }
    }
  }
  return undefined
}

/** FHIR list-empty-reason → which of the sentences it is. */
export function emptyReason(value: unknown): Absent['meaning'] | undefined {
  const code = concept(value)?.codings[0]?.code
  if (code === undefined) return value === undefined ? undefined : 'no-information'
  return code === 'nilknown' ? 'none-known' : 'no-information'
}
