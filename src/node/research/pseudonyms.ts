/**
 * The pseudonyms of one permit for the persons of a dataset (EHDS Art. 66(3)). In a node where the body also holds the data it
 * makes them itself, under a key that is derived for this permit and used for no other.
 */
import { createHmac } from 'node:crypto'
import { ProblemError } from '#platform/result/problem-error.ts'
import { pseudonymKeyOf, pseudonymsOf } from '#research/omop/pseudonyms.ts'
import type { Permit } from '#research/permits/permit.ts'
import type { Pseudonyms } from '#research/permits/persons.ts'
import { columns } from '#research/query/build.ts'
import { program, rows, select, source, table } from '#research/query/build-relations.ts'
import type { QueryEngine } from '#research/query/engine.ts'

/** Of permits whose pseudonyms are kept in memory: they are the same each time they are made. */
const KEPT = 4

export interface PseudonymSource {
  readonly secret: Uint8Array
  readonly dataset: string
  readonly engine: QueryEngine
}

export function permitPseudonyms(from: PseudonymSource): (permit: Permit) => Promise<Pseudonyms> {
  const kept = new Map<string, Promise<Pseudonyms>>()
  return (permit) => {
    const made = kept.get(permit.id) ?? make(from, permit)
    kept.delete(permit.id)
    kept.set(permit.id, made)
    made.catch(() => kept.delete(permit.id))
    for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest)
    return made
  }
}

async function make({ secret, dataset, engine }: PseudonymSource, { id }: Permit): Promise<Pseudonyms> {
  const everybody = select({ from: source(table('person'), 'p'), columns: columns('p', 'person_id') })
  const found = await engine.run(program([], { persons: everybody }), { mostRows: 10_000_000 })
  if (!found.ok) throw new ProblemError(found.problem)
  const persons = (found.value.get('persons')?.rows ?? []).map(([person]) => Number(person))
  const key = createHmac('sha256', secret).update(`tessera pseudonyms 1\0${id}`).digest()
  const given = await pseudonymsOf(pseudonymKeyOf(id, key), dataset, persons, { permit: id })
  if (!given.ok) throw new ProblemError(given.problem)
  const cells = [...given.value].map(([person, { pseudonym }]) =>
    [person, pseudonym].map((value) => ({ type: 'integer', value }) as const),
  )
  const named = ['person_id', 'pseudonym'].map((name) => ({ name, type: 'integer' }) as const)
  return { permit: id, relation: rows(named, cells), shifted: false }
}
