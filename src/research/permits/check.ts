/** Whether a permit lets this person do this now. Pure; the first thing that is not covered is named. */
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import type { DatasetId, DatasetScope, Permit, Population, PurposeCode } from './permit.ts'

export type Tool = Permit['tools'][number]

/** What somebody wants to do with one dataset. */
export interface Access {
  /** `system|value`, as sign-in gives it. */
  readonly person: string
  readonly purpose: PurposeCode
  readonly at: Date
  /** Where the data is held. */
  readonly memberState: string
  readonly dataset: DatasetId
  /** Releases of the dataset that may answer here, the current one first. */
  readonly releases?: readonly string[]
  readonly tool: Tool
  /** `micro-data`: rows of persons in a workspace; `statistics`: released tables only. */
  readonly output: 'statistics' | 'micro-data'
  /** Absent: whatever the permit covers. */
  readonly tables?: DatasetScope['tables']
  readonly period?: DatasetScope['period']
  readonly population?: Population
}

export type AccessProblemCode =
  | 'permit-not-yet-valid'
  | 'permit-expired'
  | 'permit-other-country'
  | 'permit-person'
  | 'permit-purpose'
  | 'permit-tool'
  | 'permit-micro-data'
  | 'permit-dataset'
  | 'permit-release'
  | 'permit-table'
  | 'permit-column'
  | 'permit-period'
  | 'permit-population'

type Refusal = Failed<AccessProblemCode>

const AMEND = 'Ask the health data access body to amend the permit, or leave it out.'

/**
 * The scope of what may be done: that of the permit, or the narrower one that was asked for. It names the release: the work stays
 * with it, whatever the data holder chooses meanwhile.
 */
export function checkAccess(permit: Permit, access: Access): Result<DatasetScope, AccessProblemCode> {
  const refusal = timeProblem(permit, access) ?? partyProblem(permit, access) ?? toolProblem(permit, access)
  if (refusal) return refusal
  const scope = permit.datasets.find(({ dataset }) => dataset === access.dataset)
  if (!scope) return failed('permit-dataset', `The permit does not cover the dataset ${access.dataset}.`, AMEND)
  const { releases = [] } = access
  if (scope.release !== undefined && !releases.includes(scope.release)) {
    const sentence = `The permit covers the release ${scope.release} of the dataset, from which nothing is answered here.`
    return failed(
      'permit-release',
      sentence,
      'Ask the data holder to use that release, or the body to amend the permit.',
    )
  }
  const release = scope.release ?? releases[0]
  const outside = tableProblem(scope, access) ?? periodProblem(scope, access) ?? populationProblem(scope, access)
  if (outside) return outside
  const { tables = scope.tables, period = scope.period, population = {} } = access
  const narrowed = { ...scope, tables, period, population: { ...scope.population, ...population } }
  return ok(release === undefined ? narrowed : { ...narrowed, release })
}

function timeProblem(permit: Permit, { at }: Access): Refusal | undefined {
  // To the second and without tolerance: a permit's days are what was decided, not a matter of clocks.
  if (at.getTime() < Date.parse(permit.from)) {
    return failed('permit-not-yet-valid', `The permit begins on ${permit.from}.`, 'Come back then.')
  }
  if (at.getTime() >= Date.parse(permit.until)) {
    return failed('permit-expired', `The permit ended on ${permit.until}.`, 'Apply for an extension or a new permit.')
  }
  return undefined
}

function partyProblem(permit: Permit, { memberState, person, purpose }: Access): Refusal | undefined {
  if (permit.memberState !== memberState) {
    // EHDS Art. 68(5): each body decides for the data held in its Member State.
    const sentence = `The permit was given in ${permit.memberState}; it does not cover data held in ${memberState}.`
    return failed('permit-other-country', sentence, `Use the permit of ${memberState}.`)
  }
  if (!permit.persons.some(({ identifier }) => identifier === person)) {
    return failed('permit-person', 'The permit does not name this person.', 'Ask the body to add him or her.')
  }
  if (!permit.purposes.includes(purpose)) {
    return failed('permit-purpose', `The permit was not given for purpose ${purpose} of Article 53(1).`, AMEND)
  }
  return undefined
}

function toolProblem(permit: Permit, { tool, output }: Access): Refusal | undefined {
  if (!permit.tools.includes(tool)) {
    return failed('permit-tool', `The permit does not allow the tool ${tool}.`, `It allows ${permit.tools.join(', ')}.`)
  }
  if (output === 'statistics') return undefined
  // EHDS Art. 69(1): the user of a data request has no access to the data; 66(2): anonymised is the default.
  if (permit.kind === 'data-request' || permit.data === 'anonymised') {
    const sentence = 'The permit is for anonymised statistics; it gives no access to the rows of persons.'
    return failed('permit-micro-data', sentence, 'Ask for statistics, or apply for a data permit.')
  }
  return undefined
}

function tableProblem(scope: DatasetScope, { tables = [] }: Access): Refusal | undefined {
  for (const { table, columns } of tables) {
    const permitted = scope.tables.find((one) => one.table === table)
    if (!permitted) return failed('permit-table', `The permit does not cover the table ${table}.`, AMEND)
    const column = columns.find((name) => !permitted.columns.includes(name))
    if (column) return failed('permit-column', `The permit does not cover the column ${table}.${column}.`, AMEND)
  }
  return undefined
}

function periodProblem({ period }: DatasetScope, { period: asked }: Access): Refusal | undefined {
  if (!asked || (asked.from >= period.from && asked.to <= period.to && asked.from <= asked.to)) return undefined
  const sentence = `The permit covers ${period.from} to ${period.to}, not ${asked.from} to ${asked.to}.`
  return failed('permit-period', sentence, AMEND)
}

function populationProblem({ population }: DatasetScope, { population: asked = {} }: Access): Refusal | undefined {
  const within = (some: readonly number[] | undefined, all: readonly number[] | undefined): boolean =>
    some === undefined || all === undefined || some.every((concept) => all.includes(concept))
  const { bornFrom = Number.NEGATIVE_INFINITY, bornTo = Number.POSITIVE_INFINITY } = population
  const part =
    (asked.bornFrom ?? bornFrom) < bornFrom || (asked.bornTo ?? bornTo) > bornTo
      ? 'years of birth'
      : !within(asked.genders, population.genders)
        ? 'genders'
        : !within(asked.withCondition, population.withCondition)
          ? 'conditions'
          : undefined
  if (!part) return undefined
  const sentence = `The permit covers fewer persons than asked for, by their ${part}.`
  return failed('permit-population', sentence, AMEND)
}
