/**
 * Which person of a dataset is who. A dataset that was loaded from OMOP files knows numbers only; whoever holds it says which identity
 * belongs to which, and opt-outs find the persons from then on. All of a file is written, or nothing.
 */
import type { Database } from '#platform/database/database.ts'
import { isUniqueViolation } from '#platform/database/problems.ts'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import { type ResearchNode, researchEvent } from '../../permits/research-event.ts'
import { openSurrogateKeys } from '../from-fhir/surrogate-keys.ts'
import { readPerson } from './choice.ts'
import type { WrongRow } from './choice-file.ts'
import type { OptOutActor } from './register.ts'

/** One row as it was written. */
export interface PersonRow {
  readonly line: number
  readonly personId: string
  readonly identity: string
}

export interface MatchedPersons {
  readonly recorded: number
  readonly unchanged: number
}

export type MatchAnswer =
  | ({ readonly kind: 'matched' } & MatchedPersons)
  /** Nothing has been written. In the order of lines. */
  | { readonly kind: 'refused'; readonly wrong: readonly WrongRow[] }

export interface MatchOptions {
  readonly database: Database
  readonly ledger: Ledger
  readonly body: ResearchNode
  readonly dataset: string
  /** Hash of the file that was read. */
  readonly file: string
  readonly by: OptOutActor
  /** Rows that could not be read: they refuse the others with them. */
  readonly unreadable?: readonly WrongRow[]
  readonly now?: () => Date
}

/** Needs `surrogateMigrations` and those of the ledger. */
export async function matchPersons(rows: readonly PersonRow[], options: MatchOptions): Promise<Result<MatchAnswer>> {
  const { database, ledger, body, dataset, file, by, unreadable = [], now = () => new Date() } = options
  const keys = openSurrogateKeys(database, dataset)
  const { pairs, lines, wrong } = readPairs(rows)
  const before = await keys.find('person', pairs)
  const all = [...unreadable, ...wrong, ...against(before, pairs, lines)].sort((one, other) => one.line - other.line)
  const counts = { recorded: [...pairs.keys()].filter((identity) => !before.has(identity)).length }
  const unchanged = pairs.size - counts.recorded
  const details = { through: by.through, file, recorded: String(counts.recorded), unchanged: String(unchanged) }
  const event = (refused?: Problem) =>
    researchEvent({
      ...{ step: 'persons-matched', recorded: now(), node: body, dataset, details },
      ...(by.person === undefined ? {} : { person: { identifier: by.person } }),
      ...(refused ? { refused } : {}),
    })
  if (all.length > 0) {
    await ledger.append(event(REFUSED))
    return ok({ kind: 'refused', wrong: all })
  }
  try {
    await ledger.append(event(), (transaction) => keys.record('person', pairs, transaction))
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await ledger.append(event(CHANGED))
    return failed(CHANGED.code, CHANGED.sentence, CHANGED.next)
  }
  return ok({ kind: 'matched', recorded: counts.recorded, unchanged })
}

interface ReadPairs {
  readonly pairs: ReadonlyMap<string, number>
  /** First line of each identity. */
  readonly lines: ReadonlyMap<string, number>
  readonly wrong: readonly WrongRow[]
}

/** One number for each identity and one identity for each number, or why not. Pure. */
export function readPairs(rows: readonly PersonRow[]): ReadPairs {
  const pairs = new Map<string, number>()
  const lines = new Map<string, number>()
  const holders = new Map<number, string>()
  const wrong: WrongRow[] = []
  for (const { line, personId, identity } of rows) {
    const number = numberOf(personId)
    const person = readPerson(identity)
    if (number === undefined) wrong.push({ line, problem: NO_NUMBER })
    if (!person.ok) wrong.push({ line, problem: person.problem })
    if (number === undefined || !person.ok) continue
    const [before, holder] = [pairs.get(person.value), holders.get(number)]
    if (before !== undefined && before !== number) wrong.push({ line, problem: twoNumbers(lines.get(person.value)) })
    if (holder !== undefined && holder !== person.value) wrong.push({ line, problem: twoIdentities(lines.get(holder)) })
    if (before !== undefined || holder !== undefined) continue
    pairs.set(person.value, number)
    lines.set(person.value, line)
    holders.set(number, person.value)
  }
  return { pairs, lines, wrong }
}

/** What stands against pairs in the keys that are there. */
function against(
  before: ReadonlyMap<string, number>,
  pairs: ReadonlyMap<string, number>,
  lines: ReadonlyMap<string, number>,
): readonly WrongRow[] {
  const holders = new Map([...before].map(([identity, number]) => [number, identity]))
  return [...pairs].flatMap(([identity, number]): readonly WrongRow[] => {
    const line = lines.get(identity) ?? 0
    const [known, holder] = [before.get(identity), holders.get(number)]
    return [
      ...(known !== undefined && known !== number ? [{ line, problem: OTHER_NUMBER }] : []),
      ...(holder !== undefined && holder !== identity ? [{ line, problem: OTHER_PERSON }] : []),
    ]
  })
}

/** Large enough for any dataset, with room for the numbers that are given after it. */
const GREATEST = 2 ** 52

function numberOf(text: string): number | undefined {
  const number = /^[1-9]\d{0,15}$/.test(text.trim()) ? Number(text) : Number.NaN
  return number <= GREATEST ? number : undefined
}

const NO_NUMBER: Problem = {
  code: 'person-number-wrong',
  sentence: 'The person_id is no whole number from 1.',
  next: 'Give the person_id of the dataset.',
}
const OTHER_NUMBER: Problem = {
  code: 'person-has-other-number',
  sentence: 'This person has another number in this dataset already.',
  next: 'A number stays as it is: correct the row, or the file of the dataset.',
}
const OTHER_PERSON: Problem = {
  code: 'person-number-taken',
  sentence: 'This number is another person’s in this dataset already.',
  next: 'A number stays as it is: correct the row, or the file of the dataset.',
}
const REFUSED: Problem = {
  code: 'persons-refused',
  sentence: 'The file contradicts itself or what is known; nothing has been written.',
  next: 'Correct the lines that are named.',
}
const CHANGED: Problem = {
  code: 'persons-changed',
  sentence: 'Numbers of this dataset were given by somebody else at the same moment; nothing has been written.',
  next: 'Run the command again.',
}

function twoNumbers(line = 0): Problem {
  return {
    code: 'person-two-numbers',
    sentence: `The person of line ${line} has another number here.`,
    next: 'Give one number for each person.',
  }
}

function twoIdentities(line = 0): Problem {
  return {
    code: 'person-two-identities',
    sentence: `The number of line ${line} is another person’s here.`,
    next: 'Give one identity for each number.',
  }
}
