/** `tessera research from-documents` on a node as the demonstration prepares it, with what `research load` makes of the files. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { z } from 'zod'
import { planEurope } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openOptOuts, optOutMigrations } from '#research/omop/opt-out.ts'
import { openRelease } from '#research/omop/release/open.ts'
import { absent, CORPUS, temporaryFolder } from '#research/omop/testing/datasets.ts'
import { documentBundle, PATIENT } from '#research/omop/testing/documents.ts'

const PROJECT = join(import.meta.dirname, '../../..')
const PORTUGUESE = join(PROJECT, 'data/demo/PT/documents')
const ESTONIAN = join(PROJECT, 'data/demo/EE/documents')

const home = temporaryFolder()
const vocabulary = join(home, 'local.duckdb')
before(async () => {
  await prepareEurope({ home, data: join(PROJECT, 'data'), plan: planEurope(4000), research: true })
  const made = research('vocabulary', '--release', 'local', '--out', vocabulary)
  assert.equal(made.status, 0, made.stderr)
})

function research(...words: readonly string[]) {
  const env = { ...process.env, TESSERA_HOME: home }
  return spawnSync(join(PROJECT, 'bin/tessera'), ['research', ...words], { encoding: 'utf8', env, maxBuffer: 2 ** 26 })
}

/** The command with everything that it needs. @returns the folder of its files too */
function converted(dataset: string, paths: readonly string[], ...more: readonly string[]) {
  const out = join(temporaryFolder(), 'omop')
  const words = ['--dataset', dataset, '--vocabulary', vocabulary, '--node', 'pt', '--out', out]
  return { out, ...research('from-documents', ...paths, ...words, ...more) }
}

const Report = z.object({
  documents: z.number(),
  resources: z.number(),
  withRows: z.number(),
  tables: z.record(z.string(), z.number()),
  reasons: z.record(z.string(), z.number()),
  listed: z.array(z.object({ document: z.string(), resource: z.string(), reason: z.string() })),
  unread: z.array(z.object({ code: z.string() })),
  leftAlone: z.number(),
})
const reportIn = (text: string) => Report.parse(JSON.parse(text))

/** Rows of each file, as a data holder would count them: no value of these rows has a line break in it. */
function rowsIn(folder: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
      return [name.replace('.csv', ''), lines.length - 1]
    }),
  )
}

async function loaded(folder: string, dataset: string) {
  const release = join(temporaryFolder(), 'release.duckdb')
  const words = ['--dataset', dataset, '--release', '1', '--vocabulary', vocabulary, '--out', release]
  const run = research('load', folder, ...words)
  assert.equal(run.status, 0, run.stderr)
  assert.match(run.stdout, /rejected: 0$/m)
  const opened = await openRelease(release)
  assert.ok(opened.ok)
  return opened.value
}

/** Number → what tells who it is, in documents that hold one of each. */
async function personsOf(folder: string, dataset: string): Promise<ReadonlyMap<number, string>> {
  const { database, close } = await loaded(folder, dataset)
  const rows = await database.rows('SELECT person_id, birth_datetime, gender_source_value FROM person')
  close()
  return new Map(
    rows.map((row) => [Number(row.person_id), `${String(row.birth_datetime)} ${String(row.gender_source_value)}`]),
  )
}

describe('documents of a data holder', () => {
  it('become files that load, with an account in words and as a file', async () => {
    const report = join(temporaryFolder(), 'account.json')
    const { status, stdout, stderr, out } = converted('words', [PORTUGUESE], '--report', report)
    assert.equal(status, 0, stderr)
    const account = reportIn(readFileSync(report, 'utf8'))
    assert.equal(statSync(report).mode & 0o777, 0o600)
    const rows = Object.values(account.tables).reduce((sum, one) => sum + one, 0)
    assert.match(stdout, new RegExp(`^${account.documents} documents read, 0 not: 3 persons, ${rows} rows\\.$`, 'm'))
    assert.equal(account.documents, readdirSync(PORTUGUESE).length)
    assert.equal(account.resources, account.withRows + account.listed.length)
    assert.match(stdout, new RegExp(`^  ${account.reasons['seen-before']}: The same resource was in an earlier`, 'm'))
    assert.match(stdout, /^\d+ codes or words without a concept, in \d+ rows/m)
    const { database, close } = await loaded(out, 'words')
    const [row] = await database.rows(
      'SELECT count(*) AS n, count(DISTINCT person_id) AS persons FROM condition_occurrence WHERE condition_concept_id = 201826',
    )
    close()
    assert.deepEqual([Number(row?.n), Number(row?.persons)], [1, 1], 'type 2 diabetes')
    assert.deepEqual(rowsIn(out), account.tables)
    // The people of the documents are in none of the files.
    for (const name of readdirSync(out))
      assert.doesNotMatch(readFileSync(join(out, name), 'utf8'), /Ferreira|298123456/)
  })

  it('keep the numbers of their persons when more of them come', async () => {
    const first = converted('more', [PORTUGUESE])
    const second = converted('more', [ESTONIAN, PORTUGUESE])
    assert.deepEqual([first.status, second.status], [0, 0], second.stderr)
    const before = await personsOf(first.out, 'more')
    const after = await personsOf(second.out, 'more')
    assert.equal(before.size, 3)
    assert.equal(after.size, 6)
    for (const [number, who] of before) assert.equal(after.get(number), who)
    const other = converted('another', [ESTONIAN])
    assert.deepEqual([...(await personsOf(other.out, 'another')).keys()], [1, 2, 3], 'numbers are of one dataset')
  })

  it('are found by an opt-out that names a person as the document does', async () => {
    const { status, stderr, out } = converted('register', [PORTUGUESE])
    assert.equal(status, 0, stderr)
    const { database: url } = z
      .object({ database: z.string() })
      .parse(JSON.parse(readFileSync(join(home, 'pt', 'node.json'), 'utf8')))
    const database = await openDatabase(url)
    try {
      await migrate(database, optOutMigrations)
      const optOuts = openOptOuts(database)
      await optOuts.optOut('urn:oid:2.16.17.710.820.1000.990.1.1|298123456', '2029-01-01T00:00:00Z')
      await optOuts.optOut('urn:oid:2.16.17.710.820.1000.990.1.1|000000000', '2029-01-01T00:00:00Z')
      const numbers = await optOuts.optedOutOf('register', '2029-02-01T00:00:00Z')
      assert.equal(numbers.size, 1)
      const [number] = numbers
      const { database: release, close } = await loaded(out, 'register')
      const rows = await release.rows(
        `SELECT year_of_birth, gender_source_value FROM person WHERE person_id = ${number}`,
      )
      close()
      assert.deepEqual(
        rows.map(({ gender_source_value }) => gender_source_value),
        ['female'],
      )
    } finally {
      await database.close()
    }
  })

  it('of the corpus: the rows of the account are the rows of the files', { skip: absent(CORPUS) }, () => {
    const folders = ['synderai-eps', 'ips-connectathon'].map((one) => join(CORPUS, 'fhir', one))
    const { status, stdout, stderr, out } = converted('corpus', folders, '--json')
    const account = reportIn(stdout)
    assert.equal(status, account.unread.length > 0 ? 1 : 0, stderr)
    assert.ok(account.documents >= 40, `${account.documents} documents`)
    assert.deepEqual(rowsIn(out), account.tables)
    assert.equal(account.resources, account.withRows + account.listed.length)
    assert.equal(
      Object.values(account.reasons).reduce((sum, one) => sum + one, 0),
      account.listed.length,
    )
  })
})

describe('documents that cannot be read', () => {
  it('are named with the reason, and the others are there', () => {
    const folder = temporaryFolder()
    cpSync(PORTUGUESE, folder, { recursive: true })
    writeFileSync(join(folder, 'half.json'), '{"resourceType":"Bundle","entry":[')
    writeFileSync(join(folder, 'scan.xml'), '%PDF-1.4')
    writeFileSync(join(folder, 'read me.txt'), 'Documents of October')
    const { status, stdout, stderr, out } = converted('broken', [folder, join(folder, 'nowhere.json')])
    assert.equal(status, 1)
    assert.match(stdout, /^\d+ documents read, 3 not: 3 persons/)
    assert.match(stdout, /^1 files left alone/m)
    assert.match(stderr, /half\.json:1:\d+: .*\[fhir-truncated\]/)
    assert.match(stderr, /scan\.xml:1:1: This is a PDF.*\[document-pdf\]/)
    assert.match(stderr, /nowhere\.json.*\[input-missing\]/)
    assert.deepEqual(rowsIn(out), rowsIn(converted('whole', [PORTUGUESE]).out))
  })

  it('are told line by line in a file of Bundles; single resources of a bulk export are refused', () => {
    const bundle = (at: number) =>
      JSON.stringify(
        documentBundle(
          [{ resourceType: 'Condition', code: { text: 'x' } }],
          { ...PATIENT, identifier: [{ system: 'urn:oid:1.2', value: String(at) }] },
          `doc-${at}`,
        ),
      )
    const patient = JSON.stringify({ resourceType: 'Patient', birthDate: '1950-01-01' })
    const file = join(temporaryFolder(), 'summaries.ndjson')
    writeFileSync(file, [bundle(1), '{"resourceType":', '', patient, patient, bundle(2)].join('\r\n'))
    const { status, stdout, stderr, out } = converted('lines', [file, file])
    assert.equal(status, 1)
    assert.match(stdout, /^2 documents read, 2 not: 2 persons/)
    assert.match(stderr, /summaries\.ndjson:2:\d+: .*\[fhir-truncated\]/)
    assert.match(stderr, /summaries\.ndjson:4: 2 lines hold single resources.*\[input-single-resources\]/)
    assert.deepEqual(rowsIn(out), { person: 2, condition_occurrence: 2, observation_period: 2 })
  })

  it('leave no folder behind when nobody is in them', () => {
    const file = join(temporaryFolder(), 'condition.json')
    writeFileSync(file, JSON.stringify({ resourceType: 'Condition', code: { text: 'x' } }))
    const { status, stdout, stderr, out } = converted('nobody', [file])
    assert.equal(status, 1)
    assert.match(stdout, /1: Its document does not hold the patient/)
    assert.match(stderr, /nothing was written.*\[no-person\]/)
    assert.deepEqual(globSync(`${out}*`), [])
  })
})

describe('the command', () => {
  it('never writes into a folder that holds something', () => {
    const out = temporaryFolder()
    writeFileSync(join(out, 'person.csv'), 'mine')
    const words = ['--dataset', 'd', '--vocabulary', vocabulary, '--node', 'pt', '--out', out]
    const refused = research('from-documents', PORTUGUESE, ...words)
    assert.equal(refused.status, 1)
    assert.match(refused.stderr, /not empty.*\[output-not-empty\]/)
    assert.deepEqual(readdirSync(out), ['person.csv'])
    const empty = join(out, 'empty')
    mkdirSync(empty)
    assert.equal(research('from-documents', PORTUGUESE, ...words, '--out', empty).status, 0)
    assert.ok(existsSync(join(empty, 'person.csv')))
  })

  it('says what it needs: a vocabulary, a node, documents', () => {
    const out = join(temporaryFolder(), 'omop')
    const words = ['from-documents', PORTUGUESE, '--dataset', 'd', '--out', out]
    const none = research(...words, '--node', 'pt')
    assert.equal(none.status, 2)
    assert.match(none.stderr, /Name a vocabulary with --vocabulary/)
    const wrong = research(...words, '--node', 'pt', '--vocabulary', join(home, 'none.duckdb'))
    assert.equal(wrong.status, 1)
    assert.match(wrong.stderr, /none\.duckdb: The vocabulary cannot be opened.*\[vocabulary-unreadable\]/)
    assert.equal(research(...words, '--node', 'nowhere', '--vocabulary', vocabulary).status, 1)
    assert.equal(research('from-documents', '--dataset', 'd', '--out', out).status, 2)
    assert.equal(existsSync(out), false)
  })
})
