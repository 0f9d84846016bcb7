/** A register of persons who are observed from 2010 to 2024, loaded as releases: what one has more than another is known. */
import { join } from 'node:path'
import { loadRelease } from '../release/load.ts'
import { releaseFile } from '../release/place.ts'
import { type Files, PERSON_HEADER, writeFiles } from './datasets.ts'

export const REGISTER = 'pt-registry'

export interface RegisterRelease {
  readonly persons: readonly number[]
  /** The number that a person has in this release; its own unless told otherwise. */
  readonly numbered?: (person: number) => number
  /** So many rows of persons are of no use. */
  readonly broken?: number
}

export const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, index) => index + 1)

export function registerFiles({ persons, numbered = (person) => person, broken = 0 }: RegisterRelease): Files {
  const person = (one: number) => `${numbered(one)},${one % 2 === 0 ? 8507 : 8532},${1940 + (one % 60)},0,0`
  const period = (one: number) => `${numbered(one)},${numbered(one)},2010-01-01,2024-12-31,32817`
  return {
    'PERSON.csv': [
      PERSON_HEADER,
      ...persons.map(person),
      ...upTo(broken).map((one) => `${1_000_000 + one},8507,unknown,0,0`),
    ],
    'OBSERVATION_PERIOD.csv': [
      'observation_period_id,person_id,observation_period_start_date,observation_period_end_date,period_type_concept_id',
      ...persons.map(period),
    ],
  }
}

/** @returns the file of the release. @param shelf where releases are kept; @param sources an empty folder for the files */
export async function shelved(
  { shelf, sources }: { readonly shelf: string; readonly sources: string },
  release: string,
  what: RegisterRelease,
  dataset = REGISTER,
): Promise<string> {
  const folder = writeFiles(join(sources, release), registerFiles(what))
  const target = releaseFile(shelf, dataset, release)
  const loaded = await loadRelease({ sources: [folder], target, dataset, release, threads: 1 })
  if (!loaded.ok) throw new Error(loaded.problem.sentence)
  return target
}
