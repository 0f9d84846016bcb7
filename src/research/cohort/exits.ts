/** When an included event leaves the cohort: the earliest of its possible ends that is not before its start. */
import {
  addDays,
  and,
  atLeast,
  atMost,
  between,
  choose,
  coalesce,
  column,
  columns,
  equals,
  minimum,
  moreThan,
  named,
} from '../query/build.ts'
import { innerJoin, select, semiJoin, source, unionAll } from '../query/build-relations.ts'
import type { Expression, Relation } from '../query/tree.ts'
import type { Compilation, EventTable } from './compilation.ts'
import { conceptSetTable } from './concept-sets.ts'
import { criterionEvents } from './criteria/criterion.ts'
import { drugExposure } from './criteria/drugs.ts'
import type { CohortExpression, Criterion, EndStrategy } from './definition.ts'
import { mergedPeriods } from './eras.ts'

type ContinuousExposure = Extract<EndStrategy, { kind: 'continuous-exposure' }>

/** (person_id, start_date, end_date) of the included events that have an end. */
export function cohortPeriods(compilation: Compilation, expression: CohortExpression, included: EventTable): Relation {
  const { endStrategy, censoring } = expression
  const own = ownEnd(endStrategy)
  const others = [
    ...(endStrategy?.kind === 'continuous-exposure' ? [exposureEnds(compilation, endStrategy, included)] : []),
    ...censoring.map((criterion) => censoringEnd(compilation, criterion, included)),
  ]
  const periods = others.length === 0 ? endingAt(included, own) : endingFirst(included, own, others)
  return compilation.steps.make('periods', periods)
}

/** The end that follows from the event itself (`i`). An event without an end has no offset from it, so it leaves no period. */
function ownEnd(strategy: EndStrategy | undefined): Expression {
  const observed = column('i', 'op_end_date')
  if (strategy === undefined || strategy.kind === 'continuous-exposure') return observed
  const offset = addDays(column('i', strategy.from === 'start' ? 'start_date' : 'end_date'), strategy.days)
  return choose([[moreThan(offset, observed), observed]], offset)
}

function endingAt(included: EventTable, end: Expression): Relation {
  return select({
    from: source(included.relation, 'i'),
    where: atLeast(end, column('i', 'start_date')),
    columns: [...columns('i', 'person_id', 'start_date'), named('end_date', end)],
  })
}

/** `others`: (person_id, event_id, end_date). */
function endingFirst(included: EventTable, own: Expression, others: readonly Relation[]): Relation {
  const ownEnds = select({
    from: source(included.relation, 'i'),
    columns: [...columns('i', 'person_id', 'event_id'), named('end_date', own)],
  })
  return select({
    from: source(included.relation, 'i'),
    joins: [innerJoin(unionAll(ownEnds, ...others), 'x', ...sameEvent('i', 'x'))],
    where: atLeast(column('x', 'end_date'), column('i', 'start_date')),
    groupBy: ['person_id', 'event_id', 'start_date'].map((name) => column('i', name)),
    columns: [...columns('i', 'person_id', 'start_date'), named('end_date', minimum(column('x', 'end_date')))],
  })
}

function sameEvent(left: string, right: string): readonly Expression[] {
  return ['person_id', 'event_id'].map((name) => equals(column(left, name), column(right, name)))
}

/** The end of the drug era that the event starts in. */
function exposureEnds(compilation: Compilation, strategy: ContinuousExposure, included: EventTable): Relation {
  const exposures = unionAll(...exposuresOf(compilation, strategy, included))
  const eras = compilation.steps.make(
    'exposure_eras',
    mergedPeriods(compilation.steps, exposures, strategy.gapDays + strategy.offset, strategy.gapDays),
  )
  return select({
    from: source(included.relation, 'i'),
    joins: [innerJoin(eras, 'r', equals(column('i', 'person_id'), column('r', 'person_id')))],
    where: between(column('i', 'start_date'), column('r', 'start_date'), column('r', 'end_date')),
    columns: [...columns('i', 'person_id', 'event_id'), named('end_date', column('r', 'end_date'))],
  })
}

/** Exposures of the included persons to the drugs, by standard concept and by source concept. */
function exposuresOf(
  { conceptSets, scans }: Compilation,
  strategy: ContinuousExposure,
  included: EventTable,
): readonly Relation[] {
  const set = strategy.drugConceptSet
  const numbers = conceptSets.numbers(set)
  const read = ['person_id', 'drug_exposure_start_date', 'drug_exposure_end_date', 'days_supply']
  return ['drug_concept_id', 'drug_source_concept_id'].map((concept) => {
    const named = concept === drugExposure.concept ? { conceptSets: numbers } : { sourceConceptSets: numbers }
    const scan = scans.read(drugExposure, { columns: [...read, concept], ...named })
    return select({
      from: source(scan, 'd'),
      joins: [
        semiJoin(included.relation, 'i', equals(column('d', 'person_id'), column('i', 'person_id'))),
        semiJoin(conceptSetTable, 'k', conceptSets.contains('k', column('d', concept), set)),
      ],
      columns: exposurePeriod(strategy.daysSupply),
    })
  })
}

function exposurePeriod(daysSupply: number | undefined) {
  const start = column('d', 'drug_exposure_start_date')
  const end =
    daysSupply === undefined
      ? coalesce(column('d', 'drug_exposure_end_date'), addDays(start, column('d', 'days_supply')), addDays(start, 1))
      : addDays(start, daysSupply)
  return [...columns('d', 'person_id'), named('start_date', start), named('end_date', end)]
}

/** The first event of the criterion between the start and the end of observation. */
function censoringEnd(compilation: Compilation, criterion: Criterion, included: EventTable): Relation {
  const censored = column('c', 'start_date')
  return select({
    from: source(included.relation, 'i'),
    joins: [
      innerJoin(
        criterionEvents(compilation, criterion),
        'c',
        equals(column('i', 'person_id'), column('c', 'person_id')),
      ),
    ],
    where: and(atLeast(censored, column('i', 'start_date')), atMost(censored, column('i', 'op_end_date'))),
    groupBy: [column('i', 'person_id'), column('i', 'event_id')],
    columns: [...columns('i', 'person_id', 'event_id'), named('end_date', minimum(censored))],
  })
}
