/**
 * What a permit lets a query see of a dataset: for each permitted table a view with the permitted columns of the permitted
 * persons in the permitted days, under the permit's own pseudonyms. Everything else is not there.
 */
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import { columns } from '../query/build.ts'
import { inlineStep, select, source, step, table } from '../query/build-relations.ts'
import type { Relation, Step } from '../query/tree.ts'
import type { DatasetScope, Permit } from './permit.ts'
import { type OptedOut, type Pseudonyms, personsStep } from './persons.ts'
import type { Facts, TableFacts } from './table-facts.ts'
import { PERSON } from './table-facts.ts'
import { personView, rowNumbersStep } from './view-of-persons.ts'

export interface PermitViews {
  /** Come before all other steps of a program. */
  readonly steps: readonly Step[]
  /** Name of a table → its view, for compilers of cohorts and analyses. */
  readonly tables: ReadonlyMap<string, Relation>
  /** Name of a table → the columns its view has. */
  readonly columns: ReadonlyMap<string, readonly string[]>
}

export interface ViewOptions {
  readonly permit: Permit
  /** As `checkAccess` gave it. */
  readonly scope: DatasetScope
  readonly facts: Facts
  /** Absent only with an exception (EHDS Art. 71(4)) or where the register of this dataset is empty by law. */
  readonly optedOut: OptedOut | 'exception'
  /** `none`: only where nothing but statistics leaves. */
  readonly pseudonyms: Pseudonyms | 'none'
  readonly output: 'statistics' | 'micro-data'
}

export type ViewProblemCode =
  | 'pseudonyms-missing'
  | 'pseudonyms-of-another-permit'
  | 'opt-out-moment'
  | 'opt-out-without-exception'
  | 'table-unknown'
  | 'table-unbound'
  | 'column-unknown'
  | 'column-identifies'

export function permitViews(options: ViewOptions): Result<PermitViews, ViewProblemCode> {
  const { scope, facts, output } = options
  const wrong = pseudonymProblem(options) ?? optOutProblem(options) ?? scopeProblem(scope, facts)
  if (wrong) return wrong
  const pseudonyms = options.pseudonyms === 'none' ? undefined : options.pseudonyms
  const optedOut = options.optedOut === 'exception' ? undefined : options.optedOut
  const vocabulary = [...facts.values()].filter(({ about }) => about === 'vocabulary')
  const seen = new Map<string, readonly string[]>(vocabulary.map(({ name, columns: all }) => [name, [...all.keys()]]))
  for (const { table: name, columns: permitted } of scope.tables) seen.set(name, visible(facts.get(name), permitted))
  const settings = { scope, facts, shifted: pseudonyms?.shifted === true, numbered: output === 'micro-data' }
  const views = [...seen].map(([name, shown]) => {
    const described = facts.get(name)
    const relation = described?.about === 'person' ? personView(described, shown, settings) : plainView(name, shown)
    return inlineStep(viewName(name), relation)
  })
  const numbers = settings.numbered ? rowNumbersStep(seen, settings) : []
  return ok({
    steps: [personsStep(scope, pseudonyms, optedOut), ...numbers, ...views],
    tables: new Map([...seen.keys()].map((name) => [name, step(viewName(name))])),
    columns: seen,
  })
}

/** How a program names the view of a table. */
export function viewName(name: string): string {
  return `permit_view_${name}`
}

/** Rows of persons always say whose they are (by pseudonym): nothing could be counted otherwise. */
function visible(described: TableFacts | undefined, permitted: readonly string[]): readonly string[] {
  const shown = described?.about === 'person' ? [PERSON, ...permitted] : permitted
  return [...new Set(shown)]
}

/** Of tables that hold nobody's data. */
function plainView(name: string, shown: readonly string[]): Relation {
  return select({ from: source(table(name), 'r'), columns: columns('r', ...shown) })
}

function pseudonymProblem({ permit, pseudonyms, output }: ViewOptions): Failed<ViewProblemCode> | undefined {
  if (pseudonyms === 'none') {
    if (output === 'statistics') return undefined
    const sentence = 'Rows of persons are shown under the pseudonyms of the permit, and there are none.'
    return failed('pseudonyms-missing', sentence, 'Have them made by the health data access body.')
  }
  if (pseudonyms.permit === permit.id) return undefined
  // EHDS Art. 66(3): two permits must not be linked through their pseudonyms.
  const sentence = 'These pseudonyms were made for another permit.'
  return failed('pseudonyms-of-another-permit', sentence, 'Have pseudonyms made for this permit.')
}

function optOutProblem({ permit, optedOut }: ViewOptions): Failed<ViewProblemCode> | undefined {
  if (optedOut === 'exception') {
    if (permit.optOutException !== undefined) return undefined
    // EHDS Art. 71(4): only by national law, and then the permit says why.
    const sentence = 'The permit has no exception from the right to opt out.'
    return failed('opt-out-without-exception', sentence, 'Read the opt-out register as of the permit.')
  }
  if (Date.parse(optedOut.asOf) === Date.parse(permit.optOutAsOf)) return undefined
  const sentence = 'The opt-outs were read for another moment than that of the permit.'
  return failed('opt-out-moment', sentence, 'Read the opt-out register as of the permit.')
}

function scopeProblem(scope: DatasetScope, facts: Facts): Failed<ViewProblemCode> | undefined {
  const amend = 'Have the body that issued the permit correct it.'
  for (const { table: name, columns: permitted } of scope.tables) {
    const described = facts.get(name)
    if (!described) return failed('table-unknown', `The data has no table ${name}.`, amend)
    if (described.about === 'unbound') {
      const sentence = `The table ${name} does not say whose its rows are, so no permit can limit it to persons.`
      return failed('table-unbound', sentence, amend)
    }
    for (const one of permitted) {
      const known = described.columns.get(one)
      if (!known) return failed('column-unknown', `The table ${name} has no column ${one}.`, amend)
      if (known.identifies) {
        const sentence = `The column ${name}.${one} says who a person is outside the data.`
        return failed('column-identifies', sentence, amend)
      }
    }
  }
  return undefined
}
