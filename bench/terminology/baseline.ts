/**
 * The baseline of the terminology benchmark: the same release in SQLite with FTS5, as a careful author would do it. Prepared
 * statements, memory-mapped, closure as a table without row ids, prefix indexes, terms entered shortest first so that the
 * first rows of a match are the best. better-sqlite3 where it is installed (bench/baseline), else node:sqlite.
 */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { wordsOf } from '../../src/terminology/flat/fold.ts'
import { type Measured, perSecond, type Queries, spread } from './queries.ts'

interface Statement {
  run(...values: unknown[]): unknown
  get(...values: unknown[]): unknown
  all(...values: unknown[]): unknown[]
}
interface Database {
  exec(sql: string): unknown
  prepare(sql: string): Statement
}

const [order, folder = '', file = '', queriesFile = ''] = process.argv.slice(2)
const { database, what } = openDatabase()
if (order === 'build') {
  build()
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  process.stdout.write(JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }))
} else {
  // In a process of its own, so that what building took is not counted as serving.
  const queries: Queries = JSON.parse(readFileSync(queriesFile, 'utf8'))
  database.exec('pragma mmap_size = 2000000000')
  process.stdout.write(JSON.stringify(measure(queries)))
}

function openDatabase(): { readonly database: Database; readonly what: string } {
  if (order === 'build') rmSync(file, { force: true })
  const require = createRequire(join(import.meta.dirname, '..', 'baseline', 'package.json'))
  if (existsSync(join(import.meta.dirname, '..', 'baseline', 'node_modules'))) {
    const Sqlite = require('better-sqlite3')
    return { database: new Sqlite(file), what: 'better-sqlite3 + FTS5' }
  }
  const { DatabaseSync } = require('node:sqlite')
  return { database: new DatabaseSync(file), what: 'node:sqlite + FTS5 (better-sqlite3 could not be installed)' }
}

function* rows(name: string): Generator<readonly string[]> {
  const text = readFileSync(join(folder, 'Snapshot', name))
  for (let start = text.indexOf('\n') + 1; start < text.length; ) {
    const end = text.indexOf('\n', start)
    yield text.toString('utf8', start, end - 1).split('\t')
    start = end + 1
  }
}

function build(): void {
  database.exec(`
    pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -200000; pragma mmap_size = 2000000000;
    create table concept (ordinal integer primary key, id text unique, active int, defined int, module text, date int);
    create table description (position integer primary key, id text, concept int, active int, language text, type text, term text, preferred int);
    create table closure (concept int, ancestor int, primary key (concept, ancestor)) without rowid;
    create virtual table words using fts5 (term, content = '', prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 2");
    begin`)
  const ordinals = new Map<string, number>()
  const concept = database.prepare('insert into concept values (?, ?, ?, ?, ?, ?)')
  for (const [id = '', date, active, module, status] of rows('Terminology/sct2_Concept_Snapshot_INT_20260131.txt')) {
    concept.run(ordinals.size, id, Number(active), status === '900000000000073002' ? 1 : 0, module, Number(date))
    ordinals.set(id, ordinals.size)
  }
  buildDescriptions(ordinals)
  buildClosure(ordinals)
  database.exec(
    `commit; create index described on description (concept); insert into words (words) values ('optimize')`,
  )
}

function buildDescriptions(ordinals: ReadonlyMap<string, number>): void {
  const all = [...rows('Terminology/sct2_Description_Snapshot_INT_20260131.txt')]
  all.sort((a, b) => (a[7] ?? '').length - (b[7] ?? '').length)
  const insert = database.prepare('insert into description values (?, ?, ?, ?, ?, ?, ?, 1)')
  const word = database.prepare('insert into words (rowid, term) values (?, ?)')
  all.forEach(([id, , active, , concept = '', language, type, term], position) => {
    insert.run(position, id, ordinals.get(concept), Number(active), language, type, term)
    if (language === 'en') word.run(position, term)
  })
}

function buildClosure(ordinals: ReadonlyMap<string, number>): void {
  const parents: number[][] = Array.from({ length: ordinals.size }, () => [])
  for (const row of rows('Terminology/sct2_Relationship_Snapshot_INT_20260131.txt')) {
    if (row[7] !== '116680003') continue
    parents[ordinals.get(row[4] ?? '') ?? 0]?.push(ordinals.get(row[5] ?? '') ?? 0)
  }
  const insert = database.prepare('insert into closure values (?, ?)')
  for (let concept = 0; concept < parents.length; concept += 1) {
    const seen = new Set<number>()
    const waiting = [...(parents[concept] ?? [])]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      waiting.push(...(parents[next] ?? []))
    }
    for (const ancestor of [...seen].sort((a, b) => a - b)) insert.run(concept, ancestor)
  }
}

function measure(queries: Queries): Measured {
  const select =
    'select c.id, d.term from words join description d on d.position = words.rowid join concept c on c.ordinal = d.concept'
  const plain = database.prepare(`${select} where words match ? and c.active = 1 order by words.rowid limit 10`)
  const under = database.prepare(
    `${select} where words match ? and c.active = 1 and (d.concept = ? or exists
       (select 1 from closure x where x.concept = d.concept and x.ancestor = ?)) order by words.rowid limit 10`,
  )
  const ordinal = database.prepare('select ordinal from concept where id = ?')
  const record = database.prepare('select * from concept where id = ?')
  const descriptions = database.prepare(
    'select * from description where concept = (select ordinal from concept where id = ?)',
  )
  const isA = database.prepare(
    'select 1 from closure where concept = (select ordinal from concept where id = ?) and ancestor = (select ordinal from concept where id = ?)',
  )
  const match = (text: string) =>
    wordsOf(text)
      .map((word) => `"${word}"*`)
      .join(' ')
  const ordinalOf = (id: string) => {
    const found = ordinal.get(id)
    return typeof found === 'object' && found !== null && 'ordinal' in found ? found.ordinal : -1
  }
  const underIt = (words: string, ancestor: unknown) => under.all(words, ancestor, ancestor)
  const classes = Object.fromEntries(
    Object.entries(queries.classes).map(([name, items]) => [
      name,
      spread(items, (item) =>
        item.under === undefined ? plain.all(match(item.text)) : underIt(match(item.text), ordinalOf(item.under)),
      ),
    ]),
  )
  return {
    what,
    residentMegabytes: process.memoryUsage.rss() / 1e6,
    classes,
    lookups: perSecond(queries.ids, (id) => [record.get(id), descriptions.all(id)]),
    subsumptions: perSecond(queries.ids, (id, other) => isA.get(id, other)),
    megabytes: statSync(file).size / 1e6,
  }
}
