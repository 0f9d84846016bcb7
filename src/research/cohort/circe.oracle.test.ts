/** The published tests of circe-be, on every engine: its input tables, our programs, its expected rows. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { and, ascending, atLeast, atMost, column, columns, equals, named, rowNumber } from '../query/build.ts'
import { innerJoin, select, source, unionAll } from '../query/build-relations.ts'
import type { Rows } from '../query/engine.ts'
import { agreement } from '../query/testing/agreement.ts'
import { unwrapped } from '../query/testing/engines.ts'
import type { Relation } from '../query/tree.ts'
import type { Compilation, Tables } from './compilation.ts'
import { compileTogether, compileWith } from './compile.ts'
import { criterionEvents } from './criteria/criterion.ts'
import type { CohortExpression, CorrelatedCriterion } from './definition.ts'
import { groupMatches } from './groups.ts'
import { readDefinition } from './read-definition.ts'
import {
  cohortCases,
  criterionCases,
  dateAdjustment,
  groupCases,
  groupWindow,
  windowCases,
} from './testing/circe-cases.ts'
import { circeJson, circeTables, hasCirceFile } from './testing/circe-data.ts'
import { type Row, relationOf, type TableRows, tablesOf } from './testing/tables.ts'
import { windowedEvents } from './windows.ts'

const skip = hasCirceFile('datasets/vocabulary.json') ? false : 'the corpus of circe-be tests is not beside the project'
const engines = agreement(async () => {})

function read(json: unknown): CohortExpression {
  return unwrapped(readDefinition(json))
}

function absent(...paths: readonly string[]): string | false {
  const missing = paths.find((path) => !hasCirceFile(path))
  return skip || (missing === undefined ? false : `${missing} is not in the corpus`)
}

/** The rows of a result as objects, sorted by their text. */
function objects(rows: Rows | undefined): readonly Row[] {
  return (rows?.rows ?? []).map((row) =>
    Object.fromEntries(row.map((cell, index) => [rows?.columns[index] ?? '', cell])),
  )
}

function sorted(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort()
}

function assertRows(actual: readonly Row[], expected: readonly Row[] | undefined, message?: string): void {
  assert.ok(expected, 'the expected table is in the file')
  assert.deepEqual(sorted(actual), sorted(expected), message)
}

/** Concept sets that hold exactly the pairs of the table `codesets`; its concepts are made known to the vocabulary. */
function withCodesets(tables: TableRows): { readonly tables: TableRows; readonly conceptSets: readonly unknown[] } {
  const codesets = tables.get('codesets') ?? []
  const known = new Set((tables.get('concept') ?? []).map((row) => row.concept_id))
  const added = [...new Set(codesets.map((row) => row.concept_id))].filter((id) => !known.has(id))
  const concepts = [...(tables.get('concept') ?? []), ...added.map((concept_id) => ({ concept_id }))]
  const ids = [...new Set(codesets.map((row) => row.codeset_id))]
  const conceptSets = ids.map((id) => ({
    id,
    name: `Set ${id}`,
    expression: {
      items: codesets
        .filter((row) => row.codeset_id === id)
        .map((row) => ({ concept: { CONCEPT_ID: row.concept_id } })),
    },
  }))
  return { tables: new Map([...tables, ['concept', concepts]]), conceptSets }
}

/** The relation that `build` makes for this expression over these tables, run everywhere. */
async function runPart(
  tables: Tables,
  expression: CohortExpression,
  build: (compilation: Compilation) => Relation,
): Promise<readonly Row[]> {
  const program = unwrapped(
    compileWith(tables, (shared) => {
      const compilation = { ...shared, conceptSets: shared.conceptSets.own(expression.conceptSets) }
      return [{ name: 'part', relation: build(compilation) }]
    }),
  )
  return objects((await engines.results(program)).get('part'))
}

describe('events of one criterion', { skip }, () => {
  for (const { domain, file, conceptSet, selections, userDefined } of criterionCases) {
    const plain = { ...(conceptSet !== undefined && { CodesetId: conceptSet }) }
    const variants: readonly (readonly [file: string, table: string, attributes: object])[] = [
      ['DateOffset', 'simple', plain],
      ['DateOffset', 'date_adjust', { ...plain, DateAdjustment: dateAdjustment }],
      ...(userDefined
        ? [['DateOffset', 'user_defined', { UserDefinedPeriod: userDefined, DateAdjustment: dateAdjustment }] as const]
        : []),
      ...(selections ? [['ConceptSet', 'conceptset', { ...plain, ...selectionsOf(selections) }] as const] : []),
    ]
    for (const [kind, table, attributes] of variants) {
      const [prep, verify] = [`criteria/${file}${kind}_PREP.json`, `criteria/${file}${kind}_VERIFY.json`]
      it(`${domain}: ${table}`, { skip: absent(prep, verify) }, async () => {
        const { tables, conceptSets } = withCodesets(
          circeTables('datasets/vocabulary.json', 'criteria/codesets.json', prep),
        )
        const expression = read({
          ConceptSets: conceptSets,
          PrimaryCriteria: { CriteriaList: [{ [domain]: attributes }] },
        })
        const [criterion] = expression.primary.criteria
        assert.ok(criterion)
        const actual = await runPart(tablesOf(tables), expression, (compilation) =>
          criterionEvents(compilation, criterion),
        )
        assertRows(actual, circeTables(verify).get(table))
      })
    }
  }
})

function selectionsOf(selections: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.entries(selections).map(([name, id]) => [name, { CodesetId: id, IsExclusion: false }]),
  )
}

const cohortColumns = [
  { name: 'cohort_definition_id', type: 'integer' },
  { name: 'subject_id', type: 'integer' },
  { name: 'cohort_start_date', type: 'date' },
  { name: 'cohort_end_date', type: 'date' },
] as const

/** The rows of a cohort table as numbered events in their observation periods, as the published tests make them. */
function cohortEvents(rows: TableRows): Relation {
  const cohort = relationOf(
    cohortColumns,
    (rows.get('cohort') ?? []).filter((row) => row.cohort_definition_id === 1),
  )
  const periods = tablesOf(rows).get('observation_period')
  assert.ok(periods)
  const start = column('c', 'cohort_start_date')
  return select({
    from: source(cohort, 'c'),
    joins: [innerJoin(periods, 'o', equals(column('c', 'subject_id'), column('o', 'person_id')))],
    where: and(
      atLeast(start, column('o', 'observation_period_start_date')),
      atMost(start, column('o', 'observation_period_end_date')),
    ),
    columns: [
      named('event_id', rowNumber({ partitionBy: [column('c', 'subject_id')], orderBy: [ascending(start)] })),
      named('person_id', column('c', 'subject_id')),
      named('start_date', start),
      named('end_date', column('c', 'cohort_end_date')),
      named('op_start_date', column('o', 'observation_period_start_date')),
      named('op_end_date', column('o', 'observation_period_end_date')),
    ],
  })
}

/** The one correlated criterion of an expression made for it. */
function correlated(
  criterion: object,
  window: object,
  occurrence: object,
  conceptSets: readonly unknown[] = [],
): { readonly expression: CohortExpression; readonly criterion: CorrelatedCriterion } {
  const expression = read({
    ConceptSets: conceptSets,
    PrimaryCriteria: { CriteriaList: [{ Death: {} }] },
    AdditionalCriteria: {
      Type: 'ALL',
      CriteriaList: [{ Criteria: criterion, StartWindow: window, Occurrence: occurrence }],
    },
  })
  const [first] = expression.additional?.criteria ?? []
  assert.ok(first)
  return { expression, criterion: first }
}

describe('events in a window around others', { skip }, () => {
  for (const { domain, file, attributes, window, columns: counted } of windowCases) {
    const [prep, verify] = [`windowcriteria/${file}_PREP.json`, `windowcriteria/${file}_VERIFY.json`]
    const run = (rows: TableRows, countColumn?: string) => {
      const occurrence = { Type: 2, Count: 1, ...(countColumn && { IsDistinct: true, CountColumn: countColumn }) }
      const made = correlated({ [domain]: attributes ?? {} }, window, occurrence)
      return runPart(tablesOf(rows), made.expression, (compilation) =>
        windowedEvents(compilation, made.criterion, { relation: cohortEvents(rows), oneOfEach: false }),
      )
    }
    it(file, { skip: absent(prep, verify) }, async () => {
      const rows = circeTables('datasets/vocabulary.json', prep)
      const expected = circeTables(verify)
      assertRows(await run(rows), expected.get('no_columns'))
      for (const [name, countColumn] of Object.entries(counted)) {
        const values = expected.get('add_columns')?.map((row) => ({
          person_id: row.person_id,
          event_id: row.event_id,
          counted: row[name] ?? null,
        }))
        assertRows(await run(rows, countColumn), values, name)
      }
    })
  }
})

describe('groups with counts', { skip }, () => {
  for (const { file, expected, criterion, occurrence } of groupCases) {
    const [prep, verify] = [`corelatedcriteria/${file}_PREP.json`, `corelatedcriteria/${file}_VERIFY.json`]
    it(`${file}: ${JSON.stringify(criterion)} → ${expected}`, { skip: absent(prep, verify) }, async () => {
      const { tables, conceptSets } = withCodesets(circeTables('datasets/vocabulary.json', prep))
      const made = correlated(criterion, groupWindow, occurrence, conceptSets)
      const group = made.expression.additional
      assert.ok(group)
      const actual = await runPart(tablesOf(tables), made.expression, (compilation) =>
        groupMatches(compilation, group, { relation: cohortEvents(tables), oneOfEach: false }),
      )
      assertRows(
        actual.map((row) => ({ index_id: 0, ...row })),
        circeTables(verify).get(expected),
      )
    })
  }
})

describe('whole cohorts', { skip }, () => {
  for (const { folder, data, cohorts } of cohortCases) {
    const file = (name: string) => `cohortgeneration/${folder}/${name}.json`
    const needed = [file(`${data}_PREP`), file(`${data}_VERIFY`), ...cohorts.map(({ expression }) => file(expression))]
    it(data, { skip: absent(...needed) }, async () => {
      const tables = tablesOf(circeTables('datasets/vocabulary.json', file(`${data}_PREP`)))
      const named = cohorts.map(({ expression, change }, index) => {
        const json = circeJson(file(expression))
        change?.(json)
        return { name: `${index + 1}`, expression: read(json) }
      })
      const expected = circeTables(file(`${data}_VERIFY`))
      const together = await engines.results(unwrapped(compileTogether(named, tables)), true)
      const rows = named.flatMap(({ name }) =>
        objects(together.get(`${name}.cohort`)).map((row) => ({ cohort_definition_id: Number(name), ...row })),
      )
      assertRows(rows, expected.get('cohort'))
      assertMasks(expected.get('cohort_inclusion_result'), together.get('1.attrition'))
    })
  }

  it('conditionStatus', {
    skip: absent('cohortgeneration/conditionOccurrence/conditionStatusTest_PREP.json'),
  }, async () => {
    const file = 'cohortgeneration/conditionOccurrence/conditionStatusTest'
    const tables = tablesOf(circeTables('datasets/vocabulary.json', `${file}_PREP.json`))
    const statuses = [{}, { ConditionStatus: [] }, { ConditionStatus: [{ CONCEPT_ID: 1 }] }]
    const named = statuses.map((attributes, index) => ({
      name: `${index + 1}`,
      expression: read({ PrimaryCriteria: { CriteriaList: [{ ConditionOccurrence: attributes }] } }),
    }))
    const results = await engines.results(unwrapped(compileTogether(named, tables)))
    const rows = named.flatMap(({ name }) =>
      objects(results.get(`${name}.cohort`)).map((row) => ({ cohort_definition_id: Number(name), ...row })),
    )
    assertRows(rows, circeTables(`${file}_VERIFY.json`).get('cohort'))
  })

  it('every kind of criterion at once', {
    skip: absent('cohortgeneration/allCriteria/allCriteriaExpression.json'),
  }, async () => {
    const expression = read(circeJson('cohortgeneration/allCriteria/allCriteriaExpression.json'))
    const tables = tablesOf(circeTables('datasets/vocabulary.json'))
    const results = await engines.results(unwrapped(compileTogether([{ name: 'all', expression }], tables)))
    assert.deepEqual(results.get('all.cohort')?.rows, [])
  })
})

/** With one rule, the mask 1 is who meets it and 0 who does not. */
function assertMasks(expected: readonly Row[] | undefined, attrition: Rows | undefined): void {
  if (expected === undefined) return
  const [all, rule] = objects(attrition)
  assert.ok(all && rule)
  const masks = expected.filter((row) => row.mode_id === 0).map((row) => [row.inclusion_rule_mask, row.person_count])
  assert.deepEqual(masks, [
    [0, Number(all.events_left) - Number(rule.events_meeting)],
    [1, rule.events_meeting],
  ])
}

describe('concept sets', { skip }, () => {
  it('4,000 items, every second excluded, with descendants', {
    skip: absent('conceptset/inClause_VERIFY.json'),
  }, async () => {
    const items = Array.from({ length: 3999 }, (_, index) => ({
      concept: { CONCEPT_ID: index + 1 },
      includeDescendants: true,
      isExcluded: index % 2 === 1,
    }))
    const expression = read({
      ConceptSets: [{ id: 7, name: 'Many', expression: { items } }],
      PrimaryCriteria: { CriteriaList: [{ Death: {} }] },
    })
    const actual = await runPart(
      tablesOf(circeTables('datasets/vocabulary.json')),
      expression,
      ({ conceptSets, table }) => {
        const concept = column('c', 'concept_id')
        return select({
          from: source(unionAll(table('concept')), 'c'),
          joins: [innerJoin({ kind: 'step', step: 'concept_sets' }, 's', conceptSets.contains('s', concept, 7))],
          columns: columns('c', 'concept_id'),
        })
      },
    )
    assertRows(actual, circeTables('conceptset/inClause_VERIFY.json').get('result'))
  })
})
