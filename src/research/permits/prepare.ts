/**
 * From a question to a program that may run: the door, the views, the compiler, the gate, in this order. Whatever is
 * refused on the way stands in the ledger.
 */
import { ok, type Result } from '#platform/result/result.ts'
import type { Program, Relation } from '../query/tree.ts'
import { type Authorised, authorise, type Door, type DoorProblemCode, recordRefusal } from './authorise.ts'
import type { Access } from './check.ts'
import type { Permit } from './permit.ts'
import type { OptedOut, Pseudonyms } from './persons.ts'
import type { Facts } from './table-facts.ts'
import { type OutsideProblemCode, underPermit } from './under-permit.ts'
import { permitViews, type ViewProblemCode } from './views.ts'

/** What the holder of a dataset gives for a permit. */
export interface DatasetDoor {
  readonly facts: Facts
  /** The opt-out register as of a moment (EHDS Art. 71(3)). */
  optedOut(asOf: string): Promise<OptedOut>
  /** Made by the health data access body's service for this permit alone. */
  pseudonyms(permit: Permit): Promise<Pseudonyms | 'none'>
}

/** Cohorts and analyses over the views; a problem of its own when the question cannot be asked of them. */
export type Compile<Code extends string> = (
  tables: ReadonlyMap<string, Relation>,
) => Result<Program, Code> | Promise<Result<Program, Code>>

export interface Prepared extends Authorised {
  readonly program: Program
}

/** Rejects when the ledger does not take the decision. */
export async function prepare<Code extends string>(
  door: Door,
  dataset: DatasetDoor,
  permitText: string,
  access: Access,
  compile: Compile<Code>,
  details: Readonly<Record<string, string>> = {},
): Promise<Result<Prepared, DoorProblemCode | ViewProblemCode | OutsideProblemCode | Code>> {
  const authorised = await authorise(door, permitText, access, details)
  if (!authorised.ok) return authorised
  const program = await programOf(dataset, authorised.value, access, compile)
  if (program.ok) return ok({ ...authorised.value, program: program.value })
  return recordRefusal(door, authorised.value.permit.content, access, program.problem, details)
}

/** Views, compiler and gate alone, for who has been through the door and puts refusals in the ledger himself. */
export async function programOf<Code extends string>(
  dataset: DatasetDoor,
  { permit: { content: permit }, scope }: Authorised,
  { output }: Access,
  compile: Compile<Code>,
): Promise<Result<Program, ViewProblemCode | OutsideProblemCode | Code>> {
  const optedOut = permit.optOutException === undefined ? await dataset.optedOut(permit.optOutAsOf) : 'exception'
  const pseudonyms = await dataset.pseudonyms(permit)
  const views = permitViews({ permit, scope, facts: dataset.facts, optedOut, pseudonyms, output })
  if (!views.ok) return views
  const program = await compile(views.value.tables)
  return program.ok ? underPermit(views.value, program.value) : program
}
