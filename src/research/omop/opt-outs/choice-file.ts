/**
 * The choices of a file, in any order of rows: what is wrong with each row, and those that are right in the order of time, so that
 * the same rows in another order mean the same. Pure.
 */
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { OptOutChoice } from '../opt-out.ts'
import { readMoment, readPerson } from './choice.ts'

/** One row as it was written. */
export interface ChoiceRow {
  readonly line: number
  readonly person: string
  readonly at: string
  readonly what: string
}

export interface LinedChoice extends OptOutChoice {
  /** The first line that says so. */
  readonly line: number
}

/** Holds no word of the row, which could name a person. */
export interface WrongRow {
  readonly line: number
  readonly problem: Problem
}

export interface ReadChoices {
  /** Each once, the earliest first. */
  readonly choices: readonly LinedChoice[]
  /** Rows that say what another row has said. */
  readonly repeated: number
  /** In the order of lines. */
  readonly wrong: readonly WrongRow[]
}

export function readChoices(rows: readonly ChoiceRow[], now: Date): ReadChoices {
  const wrong: WrongRow[] = []
  const moments = new Map<string, Map<string, LinedChoice[]>>()
  for (const row of rows) {
    const read = readRow(row, now)
    if (!read.ok) {
      wrong.push({ line: row.line, problem: read.problem })
      continue
    }
    const choice = { ...read.value, line: row.line }
    const ofPerson = moments.get(choice.person) ?? new Map<string, LinedChoice[]>()
    moments.set(choice.person, ofPerson)
    ofPerson.set(choice.at, [...(ofPerson.get(choice.at) ?? []), choice])
  }
  const choices: LinedChoice[] = []
  let repeated = 0
  for (const same of [...moments.values()].flatMap((ofPerson) => [...ofPerson.values()])) {
    const [first] = same
    if (!first) continue
    if (same.every(({ what }) => what === first.what)) {
      choices.push({ ...first, line: Math.min(...same.map(({ line }) => line)) })
      repeated += same.length - 1
    } else wrong.push(...same.map(({ line }) => ({ line, problem: bothAtOnce(same, line) })))
  }
  return { choices: choices.sort(byTime), repeated, wrong: wrong.sort((one, other) => one.line - other.line) }
}

/** Lines decide nothing: of one person there is one choice at a moment. */
function byTime(one: OptOutChoice, other: OptOutChoice): number {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1
  return one.person < other.person ? -1 : 1
}

function readRow({ person, at, what }: ChoiceRow, now: Date): Result<OptOutChoice> {
  const who = readPerson(person)
  if (!who.ok) return who
  const moment = readMoment(at, now)
  if (!moment.ok) return moment
  const chosen = what.trim()
  if (chosen === 'out' || chosen === 'in') return ok({ person: who.value, at: moment.value, what: chosen })
  return failed('opt-out-what-wrong', 'It does not say whether the person is out or in.', 'Write out or in.')
}

function bothAtOnce(same: readonly LinedChoice[], line: number): Problem {
  const others = same.map((one) => one.line).filter((one) => one !== line)
  const sentence = `The same person is out and in at the same moment (also in line ${others.join(', ')}).`
  return { code: 'opt-out-both', sentence, next: 'Keep the row that is right.' }
}
