/** When all is quiet: does what each side believes, and what the software was told, agree with what happened? Pure. */
import { comparableId } from '#care/country-a/dispensation-id.ts'
import type { SentRow, TakenRow } from './books.ts'
import type { Given } from './given.ts'
import type { Told } from './pharmacies.ts'
import type { PrescribedLine } from './prescribed.ts'

export interface AllBooks {
  readonly lines: readonly PrescribedLine[]
  readonly given: Given
  readonly taken: readonly TakenRow[]
  readonly sent: readonly SentRow[]
  readonly told: Told
}

/** A sentence for each thing that must not be. */
export function violations(books: AllBooks): readonly string[] {
  return [...ofPrescriptions(books), ...ofTaken(books), ...ofSent(books), ...ofTold(books)]
}

/** Nothing was given twice and nothing was lost: exactly what was prescribed. */
function ofPrescriptions({ lines, given }: AllBooks): string[] {
  return lines.flatMap((line) => {
    const packages = given.packagesOf(line)
    return packages === line.packages
      ? []
      : [`${line.prescription}.${line.line + 1}: ${packages} packages given of ${line.packages} prescribed`]
  })
}

/** Each accepted submission has one effect, each refused one none, and there are no other effects. */
function ofTaken({ given, taken }: AllBooks): string[] {
  const effects = new Map<string, number>()
  for (const { submissionId } of given.events) effects.set(submissionId, (effects.get(submissionId) ?? 0) + 1)
  const known = new Set(taken.map(({ submission_id: id }) => id))
  return [
    ...taken.flatMap(({ submission_id: id, state }) => {
      const wanted = state === 'accepted' ? 1 : 0
      const found = effects.get(id) ?? 0
      if (state !== 'accepted' && state !== 'refused') return [`A: ${id} is ${state} for ever`]
      return found === wanted ? [] : [`A: ${id} is ${state} and has ${found} effects`]
    }),
    ...[...effects.keys()].filter((id) => !known.has(id)).map((id) => `A: the effect of ${id} is in no journal`),
  ]
}

/** Country B believes what country A did; what it does not know it says. */
function ofSent({ given, taken, sent }: AllBooks): string[] {
  const effects = new Set(given.events.map(({ submissionId }) => submissionId))
  const known = new Set(sent.map(({ submission_id: id }) => comparableId(id)))
  return [
    ...sent.flatMap((row) => {
      const isThere = effects.has(comparableId(row.submission_id))
      const name = `B ${row.node}: ${row.kind} ${row.submission_id}`
      if (row.state === 'accepted') return isThere ? [] : [`${name} is believed accepted and is not at A`]
      if (row.state === 'refused') return isThere ? [`${name} is believed refused (${row.code}) and is at A`] : []
      return row.needs_person === 1 ? [] : [`${name} is ${row.state} and nobody is told`]
    }),
    ...sent
      .filter(({ settled_at: at, recorded }) => at !== null && recorded === 0)
      .map((row) => `B: ${row.submission_id} is not in the ledger`),
    ...taken
      .filter(({ submission_id: id }) => !known.has(id))
      .map(({ submission_id: id }) => `A has ${id}, which nobody sent`),
  ]
}

/** Whatever the software was told stands. */
function ofTold({ given, told }: AllBooks): string[] {
  const effects = new Set(given.events.map(({ submissionId }) => submissionId))
  const there = (id: string) => effects.has(comparableId(id))
  return [
    ...[...told.accepted, ...told.takenBack].filter((id) => !there(id)).map((id) => `told accepted, not at A: ${id}`),
    ...[...told.refused].filter(there).map((id) => `told refused, at A: ${id}`),
  ]
}
