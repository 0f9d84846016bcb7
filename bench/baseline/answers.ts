/** What the baseline answers, from SQLite. */
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { wordsOf } from '../../src/terminology/flat/fold.ts'

export interface Statement {
  run(...values: unknown[]): unknown
  get(...values: unknown[]): unknown
  all(...values: unknown[]): unknown[]
}
export interface Database {
  exec(sql: string): unknown
  prepare(sql: string): Statement
  close(): void
}

const SCT = 'http://snomed.info/sct'
const VERSION = `${SCT}/900000000000207008/version/20260131`
const IS_A = '116680003'
const SYNONYM = '900000000000013009'

export function openDatabase(file: string): Database {
  const Sqlite = createRequire(import.meta.url)('better-sqlite3')
  return new Sqlite(file)
}

interface ConceptRow {
  readonly ordinal: number
  readonly id: string
  readonly active: number
  readonly defined: number
  readonly module: string
  readonly date: number
}
interface TermRow {
  readonly term: string
  readonly language: string
  readonly type: string
  readonly active: number
}
interface CodeAndTerm {
  readonly id: string
  readonly term: string
}
interface AttributeRow extends CodeAndTerm {
  readonly grouped: number
  readonly type: string
}

export interface BaselineAnswer {
  readonly status: number
  readonly body: string
}

export function openAnswers(file: string): (target: string) => BaselineAnswer {
  const database = openDatabase(file)
  database.exec('pragma mmap_size = 2000000000; pragma cache_size = -64000; pragma query_only = on')
  const queries = queriesOf(database)
  return (target) => {
    const mark = target.indexOf('?')
    const operation = target.slice(target.lastIndexOf('/', mark) + 1, mark)
    const query = new URLSearchParams(target.slice(mark + 1))
    const resource =
      operation === '$lookup'
        ? lookup(queries, query)
        : operation === '$subsumes'
          ? subsumes(queries, query)
          : operation === '$validate-code'
            ? validate(queries, query)
            : operation === '$expand'
              ? expand(queries, query)
              : undefined
    if (resource) return { status: 200, body: JSON.stringify(resource) }
    return { status: 404, body: JSON.stringify({ resourceType: 'OperationOutcome', issue: [] }) }
  }
}

type Queries = ReturnType<typeof queriesOf>

function queriesOf(database: Database) {
  const term = `(select term from description d where d.concept = c.ordinal and d.type = '${SYNONYM}' and d.language = 'en' and d.active = 1 limit 1)`
  const hits = `select c.id, d.term, c.ordinal from words join description d on d.position = words.rowid join concept c on c.ordinal = d.concept where words match ? and d.active = 1`
  const belowIt =
    'and (d.concept = ? or exists (select 1 from closure x where x.concept = d.concept and x.ancestor = ?))'
  return {
    concept: database.prepare('select * from concept where id = ?'),
    display: database.prepare(`select ${term} as term from concept c where c.ordinal = ?`),
    terms: database.prepare('select term, language, type, active from description where concept = ?'),
    parents: database.prepare(
      `select c.id, ${term} as term from relationship r join concept c on c.ordinal = r.target where r.source = ? and r.type = '${IS_A}'`,
    ),
    children: database.prepare(
      `select c.id, ${term} as term from relationship r join concept c on c.ordinal = r.source where r.target = ? and r.type = '${IS_A}'`,
    ),
    attributes: database.prepare(
      `select r.grouped, r.type, c.id, ${term} as term from relationship r join concept c on c.ordinal = r.target where r.source = ? and r.type <> '${IS_A}'`,
    ),
    isA: database.prepare('select 1 from closure where concept = ? and ancestor = ?'),
    size: database.prepare('select below from closure_size where ancestor = ?'),
    page: database.prepare(
      `select c.id, ${term} as term from closure x join concept c on c.ordinal = x.concept where x.ancestor = ? order by x.concept limit ?`,
    ),
    search: database.prepare(`${hits} order by words.rowid limit ?`),
    searchBelow: database.prepare(`${hits} ${belowIt} order by words.rowid limit ?`),
  }
}

function conceptOf({ concept }: Queries, code: string | null): ConceptRow | undefined {
  return concept.get(code) as ConceptRow | undefined
}

function lookup(queries: Queries, query: URLSearchParams): object | undefined {
  const concept = conceptOf(queries, query.get('code'))
  if (!concept) return undefined
  const { ordinal, id, active, defined, module, date } = concept
  const terms = queries.terms.all(ordinal) as TermRow[]
  const display = terms.find((row) => row.type === SYNONYM && row.language === 'en' && row.active === 1)
  const property = (code: string, type: string, value: unknown, description?: string) => ({
    name: 'property',
    part: [
      { name: 'code', valueCode: code },
      { name: 'value', [type]: value },
      ...(description === undefined ? [] : [{ name: 'description', valueString: description }]),
    ],
  })
  const related = (code: string, rows: unknown[]) =>
    (rows as CodeAndTerm[]).map((row) => property(code, 'valueCode', row.id, row.term))
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'name', valueString: 'SNOMED_CT' },
      { name: 'code', valueCode: id },
      { name: 'system', valueUri: SCT },
      { name: 'version', valueString: VERSION },
      { name: 'display', valueString: display?.term },
      { name: 'abstract', valueBoolean: false },
      ...terms.map(({ language, type, term }) => ({
        name: 'designation',
        part: [
          { name: 'language', valueCode: language },
          { name: 'use', valueCoding: { system: SCT, code: type } },
          { name: 'value', valueString: term },
        ],
      })),
      property('inactive', 'valueBoolean', active === 0),
      ...related('parent', queries.parents.all(ordinal)),
      ...related('child', queries.children.all(ordinal)),
      property('sufficientlyDefined', 'valueBoolean', defined === 1),
      property('moduleId', 'valueCode', module),
      property('effectiveTime', 'valueString', String(date)),
      ...(queries.attributes.all(ordinal) as AttributeRow[]).map(({ type, id: value, term }) =>
        property(type, 'valueCode', value, term),
      ),
    ],
  }
}

function subsumes(queries: Queries, query: URLSearchParams): object | undefined {
  const one = conceptOf(queries, query.get('codeA'))
  const other = conceptOf(queries, query.get('codeB'))
  if (!one || !other) return undefined
  const outcome =
    one.ordinal === other.ordinal
      ? 'equivalent'
      : queries.isA.get(other.ordinal, one.ordinal)
        ? 'subsumes'
        : queries.isA.get(one.ordinal, other.ordinal)
          ? 'subsumed-by'
          : 'not-subsumed'
  return { resourceType: 'Parameters', parameter: [{ name: 'outcome', valueCode: outcome }] }
}

function validate(queries: Queries, query: URLSearchParams): object | undefined {
  const concept = conceptOf(queries, query.get('code'))
  if (!concept) return undefined
  const { term } = queries.display.get(concept.ordinal) as { term: string }
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'result', valueBoolean: true },
      { name: 'code', valueCode: concept.id },
      { name: 'system', valueUri: SCT },
      { name: 'version', valueString: VERSION },
      { name: 'display', valueString: term },
    ],
  }
}

function expand(queries: Queries, query: URLSearchParams): object | undefined {
  const url = query.get('url') ?? ''
  const filter = query.get('filter')
  const count = Number(query.get('count'))
  const mark = url.indexOf('isa/')
  const ancestor = mark < 0 ? undefined : conceptOf(queries, url.slice(mark + 4))
  const words = wordsOf(filter ?? '')
    .map((word) => `"${word}"*`)
    .join(' ')
  const found =
    filter === null
      ? pageOf(queries, ancestor, count)
      : ancestor
        ? { rows: queries.searchBelow.all(words, ancestor.ordinal, ancestor.ordinal, count * 3) }
        : { rows: queries.search.all(words, count * 3) }
  const once = new Map((found.rows as CodeAndTerm[]).map((row) => [row.id, row]))
  return {
    resourceType: 'ValueSet',
    url,
    status: 'active',
    expansion: {
      identifier: `urn:uuid:${randomUUID()}`,
      timestamp: new Date().toISOString(),
      ...('total' in found && { total: found.total }),
      parameter: [
        ...(filter === null ? [] : [{ name: 'filter', valueString: filter }]),
        { name: 'count', valueInteger: count },
        { name: 'used-codesystem', valueUri: `${SCT}|${VERSION}` },
      ],
      contains: [...once.values()].slice(0, count).map(({ id, term }) => ({ system: SCT, code: id, display: term })),
    },
  }
}

/** The ancestor itself, then what is below it, in the order of the codes; both counted. */
function pageOf(queries: Queries, ancestor: ConceptRow | undefined, count: number) {
  if (!ancestor) return { rows: [], total: 0 }
  const { below } = (queries.size.get(ancestor.ordinal) ?? { below: 0 }) as { below: number }
  const own = { id: ancestor.id, term: (queries.display.get(ancestor.ordinal) as { term: string }).term }
  return { rows: [own, ...queries.page.all(ancestor.ordinal, count - 1)], total: below + 1 }
}
