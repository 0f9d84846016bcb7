/** Reads an OHDSI Circe expression from unknown JSON. */
import { type Failed, failed, type Ok, ok } from '#platform/result/result.ts'
import type {
  CohortExpression,
  ConceptSet,
  ConceptSetItem,
  EndStrategy,
  InclusionRule,
  Limit,
  PrimaryCriteria,
} from './definition.ts'
import { type Fault, sentenceOf } from './faults.ts'
import { readCriterion } from './read-criterion.ts'
import { readConcept, readPeriod } from './read-filters.ts'
import { readGroup } from './read-group.ts'
import { fault, type ObjectReading, openObject, type Place, type Reading, startReading, unfinished } from './reading.ts'

export type DefinitionProblemCode = 'cohort-unreadable'

/** The problem names the first fault; here are all, for whoever can show them. */
export interface Unreadable extends Failed<DefinitionProblemCode> {
  readonly faults: readonly Fault[]
}

/**
 * Parses a cohort expression. A wrong shape is a problem with the JSON path of the first fault; a value that is merely
 * missing is kept in `unfinished`, so that half-written definitions can be shown and checked.
 */
export function readDefinition(json: unknown): Ok<CohortExpression> | Unreadable {
  const reading = startReading()
  const root = openObject(reading, { value: json, path: '$', depth: 0 })
  const expression = root && readExpression(reading, root)
  const [first] = reading.faults
  if (first !== undefined || expression === undefined) return unreadable(reading)
  return ok({
    ...expression,
    unfinished: reading.unfinished,
    withoutEffect: reading.withoutEffect,
    unread: reading.unread,
  })
}

function unreadable({ faults }: Reading): Unreadable {
  const [first] = faults
  const others = faults.length - 1
  const more = others > 0 ? ` ${others} more place${others === 1 ? '' : 's'} cannot be read.` : ''
  const problem = failed(
    'cohort-unreadable',
    `The cohort definition cannot be read: ${first ? sentenceOf(first) : 'It is empty.'}${more}`,
    'Export the definition again from the tool it was written with, or correct it at the place named.',
    { path: first?.path ?? '$' },
  )
  return { ...problem, faults }
}

function readExpression(
  reading: Reading,
  root: ObjectReading,
): Omit<CohortExpression, 'unfinished' | 'withoutEffect' | 'unread'> {
  const title = root.text('Title')
  const cdmVersionRange = root.text('cdmVersionRange')
  const additional = root.place('AdditionalCriteria')
  const endStrategy = readEndStrategy(reading, root.object('EndStrategy'))
  const expression = {
    ...(title !== undefined && { title }),
    ...(cdmVersionRange !== undefined && { cdmVersionRange }),
    conceptSets: root.list('ConceptSets').flatMap((place) => readConceptSet(reading, place) ?? []),
    primary: readPrimary(reading, root),
    ...(additional && { additional: readGroup(reading, additional) }),
    qualifiedLimit: readLimit(root.object('QualifiedLimit')),
    rules: root.list('InclusionRules').flatMap((place) => readRule(reading, place) ?? []),
    expressionLimit: readLimit(root.object('ExpressionLimit')),
    ...(endStrategy && { endStrategy }),
    censoring: root.list('CensoringCriteria').flatMap((place) => readCriterion(reading, place) ?? []),
    eraPad: readEraPad(root.object('CollapseSettings')),
    censorWindow: readPeriod(reading, root.place('CensorWindow')) ?? {},
  }
  root.close()
  return expression
}

/** An absent limit, or one without a type, is "first"; an explicit NULL type limits nothing. */
function readLimit(limit: ObjectReading | undefined): Limit {
  if (limit === undefined) return 'first'
  if (limit.isNull('Type')) return 'all'
  const type = limit.text('Type')?.toLowerCase() ?? 'first'
  limit.close()
  if (type === 'all' || type === 'last') return type
  return 'first'
}

function readPrimary(reading: Reading, root: ObjectReading): PrimaryCriteria {
  const primary = root.object('PrimaryCriteria')
  if (primary === undefined) {
    unfinished(reading, `${root.path}.PrimaryCriteria`, 'entry-missing')
    return { criteria: [], priorDays: 0, postDays: 0, limit: 'first' }
  }
  const window = primary.object('ObservationWindow')
  const criteria = {
    criteria: primary.list('CriteriaList').flatMap((place) => readCriterion(reading, place) ?? []),
    priorDays: window?.integer('PriorDays') ?? 0,
    postDays: window?.integer('PostDays') ?? 0,
    limit: readLimit(primary.object('PrimaryCriteriaLimit')),
  }
  window?.close()
  primary.close()
  if (criteria.criteria.length === 0) unfinished(reading, `${primary.path}.CriteriaList`, 'entry-empty')
  return criteria
}

function readRule(reading: Reading, place: Place): InclusionRule | undefined {
  const rule = openObject(reading, place)
  if (rule === undefined) return undefined
  const expression = rule.place('expression')
  const read = {
    name: rule.text('name') ?? '',
    description: rule.text('description') ?? '',
    group: readGroup(reading, expression ?? { value: {}, path: `${rule.path}.expression`, depth: place.depth + 1 }),
    path: rule.path,
  }
  rule.close()
  return read
}

function readEraPad(settings: ObjectReading | undefined): number {
  const pad = settings?.integer('EraPad') ?? 0
  // ERA is the only way of collapsing that the language has.
  settings?.text('CollapseType')
  settings?.close()
  return pad
}

function readEndStrategy(reading: Reading, strategy: ObjectReading | undefined): EndStrategy | undefined {
  if (strategy === undefined) return undefined
  const offset = strategy.object('DateOffset')
  const era = strategy.object('CustomEra')
  strategy.close()
  if (offset) return readDateOffset(reading, offset)
  return era && readCustomEra(reading, era)
}

function readDateOffset(reading: Reading, offset: ObjectReading): EndStrategy {
  const field = offset.text('DateField')?.toLowerCase() ?? 'startdate'
  if (field !== 'startdate' && field !== 'enddate') fault(reading, `${offset.path}.DateField`, 'no-date-field')
  const days = offset.integer('Offset') ?? 0
  offset.close()
  return { kind: 'date-offset', from: field === 'enddate' ? 'end' : 'start', days }
}

function readCustomEra(reading: Reading, era: ObjectReading): EndStrategy {
  const drugConceptSet = era.integer('DrugCodesetId')
  const daysSupply = era.integer('DaysSupplyOverride')
  const gapDays = era.integer('GapDays') ?? 0
  const offset = era.integer('Offset') ?? 0
  era.close()
  if (drugConceptSet === undefined) unfinished(reading, era.path, 'exit-drugs-missing')
  return {
    kind: 'continuous-exposure',
    drugConceptSet: drugConceptSet ?? -1,
    gapDays,
    offset,
    ...(daysSupply !== undefined && { daysSupply }),
  }
}

function readConceptSet(reading: Reading, place: Place): ConceptSet | undefined {
  const set = openObject(reading, place)
  if (set === undefined) return undefined
  const id = set.integer('id')
  if (id === undefined) fault(reading, `${set.path}.id`, 'concept-set-without-number')
  const expression = set.object('expression')
  const items = expression?.list('items') ?? []
  const read = {
    id: id ?? 0,
    name: set.text('name') ?? '',
    items: items.flatMap((item) => readConceptSetItem(reading, item) ?? []),
  }
  expression?.close()
  set.close()
  return read
}

function readConceptSetItem(reading: Reading, place: Place): ConceptSetItem | undefined {
  const item = openObject(reading, place)
  if (item === undefined) return undefined
  const read = {
    concept: readConcept(
      reading,
      item.place('concept') ?? { value: undefined, path: `${item.path}.concept`, depth: 0 },
    ),
    excluded: item.flag('isExcluded'),
    descendants: item.flag('includeDescendants'),
    mapped: item.flag('includeMapped'),
  }
  item.close()
  return read
}
