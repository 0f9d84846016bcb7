/** One choice about secondary use as somebody wrote it down: the person, the moment, and what is wrong with either. Pure. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { momentOf } from '../opt-out.ts'

export type ChoiceProblemCode = 'person-wrong' | 'opt-out-time-wrong' | 'opt-out-in-future' | 'opt-out-what-wrong'

/** Characters of a system and of a value. */
const LONGEST = 200
/** Clocks of two machines may differ by so much. */
const LENIENCE_MS = 5 * 60_000

/** `system|value` as it is kept and compared, or why it names nobody. */
export function readPerson(text: string): Result<string, 'person-wrong'> {
  const trimmed = text.trim()
  const bar = trimmed.indexOf('|')
  const [system, value] = [trimmed.slice(0, Math.max(0, bar)).trim(), trimmed.slice(bar + 1).trim()]
  const fits = (part: string): boolean =>
    part !== '' && part.length <= LONGEST && part.isWellFormed() && !/\p{Cc}/u.test(part)
  // A number without its system could be that of somebody in another register.
  if (fits(system) && fits(value) && !/\s/.test(system)) return ok(`${system}|${value}`)
  return failed(
    'person-wrong',
    'The person is not named as system|value.',
    'Write the identifier with its system, as in urn:oid:1.2.3|123456.',
  )
}

/** The moment in the form of the register, or why it is none. */
export function readMoment(text: string, now: Date): Result<string, 'opt-out-time-wrong' | 'opt-out-in-future'> {
  const moment = momentOf(text.trim())
  if (moment === undefined) {
    return failed(
      'opt-out-time-wrong',
      'The time is no time with its zone.',
      'Give the moment of the choice, as in 2029-03-26T12:00:00Z.',
    )
  }
  if (Date.parse(moment) > now.getTime() + LENIENCE_MS) {
    return failed('opt-out-in-future', 'The time has not come yet.', 'Record a choice when it has been made.')
  }
  return ok(moment)
}
