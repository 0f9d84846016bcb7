/**
 * Cohort discovery queries of the RQuest format (groups of rules about persons and concepts) → a program that counts
 * persons. The meaning is that of Bunny, the agent of the format: a concept is looked for by itself, without descendants.
 */
import * as z from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import {
  and,
  atLeast,
  atMost,
  between,
  column,
  columns,
  countRows,
  date,
  double,
  equals,
  integer,
  isOneOf,
  named,
  or,
  subtract,
  yearOf,
} from '../query/build.ts'
import { antiJoin, innerJoin, program, select, semiJoin, source, unionAll } from '../query/build-relations.ts'
import type { Expression, Program, Relation } from '../query/tree.ts'
import type { Tables } from './compilation.ts'
import { domains } from './criteria/domains.ts'
import type { DomainName } from './definition.ts'

const operator = z.enum(['AND', 'OR'])

const Rule = z.object({
  varname: z.string(),
  varcat: z.string(),
  type: z.enum(['TEXT', 'NUM']),
  oper: z.enum(['=', '!=']),
  value: z.string(),
  /** `10|:AGE:Y` at least 10 years old at the event; `|6:TIME:M` at most 6 months ago. */
  time: z
    .string()
    .regex(/^(\d+\||\|\d+):(AGE:Y|TIME:M)$/)
    .nullish(),
  secondary_modifier: z.array(z.coerce.number().int()).nullish(),
})

const Query = z.object({
  cohort: z.object({
    groups: z.array(z.object({ rules: z.array(Rule).min(1), rules_oper: operator })).min(1),
    groups_oper: operator,
  }),
})

type Rule = z.infer<typeof Rule>

const domainOf: Readonly<Record<string, DomainName>> = {
  Condition: 'ConditionOccurrence',
  Drug: 'DrugExposure',
  Medication: 'DrugExposure',
  Measurement: 'Measurement',
  Observation: 'Observation',
  Procedure: 'ProcedureOccurrence',
  Specimen: 'Specimen',
  Death: 'Death',
}

export type RquestProblemCode = 'rquest-unreadable' | 'rquest-not-understood' | 'rquest-table-missing'

/** The result `count` is one row with the number of persons. `today`: ISO day that ages and months are counted from. */
export function compileRquest(json: unknown, tables: Tables, today: string): Result<Program, RquestProblemCode> {
  const read = Query.safeParse(json)
  if (!read.success) return unreadable(read.error.issues[0]?.path.join('.') ?? '', read.error.issues[0]?.message ?? '')
  const { groups, groups_oper } = read.data.cohort
  const unknown = groups.flatMap(({ rules }) => rules).find((rule) => conceptOf(rule) === undefined)
  if (unknown) return notUnderstood(unknown)
  const missing = missingTables(
    groups.flatMap(({ rules }) => rules),
    tables,
  )
  if (missing.length > 0) return tablesMissing(missing)
  const persons = combined(
    groups.map(({ rules, rules_oper }) =>
      combined(
        rules.map((rule) => personsOf(rule, tables, today)),
        rules_oper,
      ),
    ),
    groups_oper,
  )
  const counted = select({ from: source(persons, 'p'), columns: [named('persons', countRows())] })
  return ok(program([], { count: counted }))
}

/** The concept that a rule is about; 0 for an age; undefined when the rule makes no sense. */
function conceptOf(rule: Rule): number | undefined {
  if (rule.varcat === 'Person' && rule.varname === 'AGE') return rangeOf(rule) ? 0 : undefined
  if (rule.varcat !== 'Person' && !Object.hasOwn(domainOf, rule.varcat)) return undefined
  if (rule.type === 'NUM' && rangeOf(rule) === undefined) return undefined
  const concept = Number(rule.type === 'NUM' ? rule.varname.split('=')[1] : rule.value)
  return Number.isSafeInteger(concept) ? concept : undefined
}

/** `1.0|3.0`; both ends belong to it. */
function rangeOf(rule: Rule): readonly [number, number] | undefined {
  const [low, high, ...more] = rule.value.split('|').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (low === undefined || high === undefined || more.length > 0) return undefined
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : undefined
}

function missingTables(rules: readonly Rule[], tables: Tables): readonly string[] {
  const needed = rules.flatMap(({ varcat }) => {
    const domain = domainOf[varcat]
    return domain ? [domains[domain].table] : []
  })
  return [...new Set(['person', ...needed])].filter((name) => !tables.has(name))
}

const none: Relation = { kind: 'rows', columns: [{ name: 'person_id', type: 'integer' }], rows: [] }

function tableOf(tables: Tables, name: string): Relation {
  return tables.get(name) ?? none
}

/** (person_id), each person once. */
function combined(parts: readonly Relation[], how: 'AND' | 'OR'): Relation {
  const person = columns('r', 'person_id')
  const [first = none, ...others] = parts
  if (how === 'OR') return select({ from: source(unionAll(...parts), 'r'), columns: person, distinct: true })
  return select({
    from: source(first, 'r'),
    joins: others.map((part, index) =>
      semiJoin(part, `r${index}`, equals(column('r', 'person_id'), column(`r${index}`, 'person_id'))),
    ),
    columns: person,
  })
}

function personsOf(rule: Rule, tables: Tables, today: string): Relation {
  const found = rule.varcat === 'Person' ? personsBeing(rule, tables, today) : personsHaving(rule, tables, today)
  if (rule.oper === '=') return found
  return select({
    from: source(tableOf(tables, 'person'), 'p'),
    joins: [antiJoin(found, 'f', equals(column('p', 'person_id'), column('f', 'person_id')))],
    columns: columns('p', 'person_id'),
  })
}

function personsBeing(rule: Rule, tables: Tables, today: string): Relation {
  return select({
    from: source(tableOf(tables, 'person'), 'p'),
    where: rule.varname === 'AGE' ? ageNow(rule, today) : hasTrait(conceptOf(rule) ?? 0),
    columns: columns('p', 'person_id'),
  })
}

function ageNow(rule: Rule, today: string): Expression {
  const [low, high] = rangeOf(rule) ?? [0, 0]
  return between(subtract(Number(today.slice(0, 4)), column('p', 'year_of_birth')), double(low), double(high))
}

function hasTrait(concept: number): Expression {
  const traits = ['gender_concept_id', 'race_concept_id', 'ethnicity_concept_id']
  return or(...traits.map((name) => equals(column('p', name), integer(concept))))
}

function personsHaving(rule: Rule, tables: Tables, today: string): Relation {
  const domain = domains[domainOf[rule.varcat] ?? 'ConditionOccurrence']
  const event = (name: string) => column('e', name)
  const range = rule.type === 'NUM' ? rangeOf(rule) : undefined
  const modifiers = rule.secondary_modifier ?? []
  const time = timeConditions(rule.time ?? undefined, event(domain.start), today)
  const persons = innerJoin(tableOf(tables, 'person'), 'p', equals(event(domain.person), column('p', 'person_id')))
  return select({
    from: source(tableOf(tables, domain.table), 'e'),
    joins: [persons],
    where: and(
      equals(event(domain.concept ?? domain.id), integer(conceptOf(rule) ?? 0)),
      ...(range ? [between(event('value_as_number'), double(range[0]), double(range[1]))] : []),
      // Where a condition comes from: the format knows this for conditions only.
      ...(modifiers.length > 0 && domain.name === 'ConditionOccurrence'
        ? [isOneOf(event('condition_type_concept_id'), modifiers)]
        : []),
      ...time,
    ),
    columns: columns('p', 'person_id'),
    distinct: true,
  })
}

function timeConditions(time: string | undefined, start: Expression, today: string): readonly Expression[] {
  if (time === undefined) return []
  const [span = '', category] = time.split(':')
  const more = span.endsWith('|')
  const number = Number(span.replace('|', ''))
  if (category === 'AGE') {
    const age = subtract(yearOf(start), column('p', 'year_of_birth'))
    return [more ? atLeast(age, integer(number)) : atMost(age, integer(number))]
  }
  const day = date(monthsBefore(today, number))
  return [more ? atMost(start, day) : atLeast(start, day)]
}

/** The same day of an earlier month, or its last day. */
function monthsBefore(today: string, months: number): string {
  const [year = 0, month = 1, day = 1] = today.split('-').map(Number)
  const last = new Date(Date.UTC(year, month - months, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 - months, Math.min(day, last))).toISOString().slice(0, 10)
}

function unreadable(path: string, message: string): Result<never, RquestProblemCode> {
  return failed(
    'rquest-unreadable',
    `The query cannot be read: ${message}.`,
    'Send a cohort of groups and rules as the RQuest format has them.',
    { path },
  )
}

function notUnderstood(rule: Rule): Result<never, RquestProblemCode> {
  return failed(
    'rquest-not-understood',
    `A rule about "${rule.varcat}" with the name "${rule.varname}" is not understood.`,
    'Ask for an age, a concept number, or a concept with a range like 1.0|3.0.',
  )
}

function tablesMissing(names: readonly string[]): Result<never, RquestProblemCode> {
  return failed(
    'rquest-table-missing',
    `The query reads ${names.join(', ')}, which is not part of this dataset or permit.`,
    'Ask for these tables, or take the rules that read them out of the query.',
  )
}
