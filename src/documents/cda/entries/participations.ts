/** Authors, performers and informants of a clinical statement. */
import type { Reference } from 'fhir/r4'
import { instant, moment } from '../datatypes/time.ts'
import { participant } from '../header/people.ts'
import { each, first, type Located } from '../located.ts'
import type { Reading } from '../reading.ts'

export const PARTICIPATIONS = ['author', 'performer', 'informant'] as const

export interface Participations {
  readonly authors: Reference[]
  readonly performers: Reference[]
  readonly informants: Reference[]
  /** When the first author wrote it. */
  readonly recorded?: string
}

export function participations(at: Located, reading: Reading): Participations {
  const read = (name: string): Reference[] =>
    each(at, name).flatMap((part) => {
      const reference = participant(part, reading)
      return reference === undefined ? [] : [{ reference }]
    })
  const time = first(at, 'author', 'time')?.element
  const recorded = instant(time) ?? moment(time)?.value
  return {
    authors: read('author'),
    performers: read('performer'),
    informants: read('informant'),
    ...(recorded === undefined ? {} : { recorded }),
  }
}
