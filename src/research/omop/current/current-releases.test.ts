/** A holder chooses the release that answers: what is refused in words, what stays after a restart, and two who choose at once. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { loadRelease } from '../release/load.ts'
import { releaseFile } from '../release/place.ts'
import { temporaryFolder, writeFiles } from '../testing/datasets.ts'
import { REGISTER, registerFiles, shelved, upTo } from '../testing/register.ts'
import { releaseChoiceMigrations } from './choice-store.ts'
import { type CurrentReleases, openCurrentReleases } from './current-releases.ts'

const HOLDER = 'https://pt.example.org/holders/registry'
const seal = sealWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
const by = { identifier: 'urn:demo|helena', name: 'Helena' }
const shelf = temporaryFolder()
const sources = temporaryFolder()
const configured = { id: REGISTER, release: '2029-01', file: join(sources, 'configured.duckdb'), holder: HOLDER }

before(async () => {
  const made = temporaryFolder()
  copyFileSync(await shelved({ shelf: made, sources }, '2029-01', { persons: upTo(100) }), configured.file)
  await shelved({ shelf, sources }, '2029-02', { persons: upTo(120) })
  await shelved({ shelf, sources }, '2029-03', { persons: upTo(130) })
})

const replicas: Database[] = []
after(() => Promise.all(replicas.map((database) => database.close())))

/** The same database, as another process opens it. */
async function anotherTime(url: string): Promise<Database> {
  const database = await openDatabase(url)
  replicas.push(database)
  return database
}

async function openedOn(database: Database, more: Partial<Parameters<typeof openCurrentReleases>[0]> = {}) {
  await migrate(database, [...ledgerMigrations, ...releaseChoiceMigrations])
  const ledger = await openLedger(database, { node: 'PT', signer: seal })
  const node = { id: 'node-pt', name: 'Registry of Portugal', country: 'PT' }
  const options = { database, ledger, node, folder: shelf, configured: [configured], mostRejected: 0.05 }
  return { ledger, current: openCurrentReleases({ ...options, ...more }) }
}

async function chosen(current: CurrentReleases, release: string, more: { instead?: string; holder?: string } = {}) {
  const { instead = (await current.currentOf(REGISTER))?.release, holder = HOLDER } = more
  const used = await current.use({ dataset: REGISTER, release, holder, by, instead })
  return used.ok ? 'ok' : used.problem.code
}

const currentOf = async (current: CurrentReleases) => (await current.currentOf(REGISTER))?.release

onEachDatabase('the release that answers', (open) => {
  it('is the configured one until the holder chooses, then his, also after a restart and for every replica', async () => {
    const database = await open()
    const { current } = await openedOn(database)
    assert.deepEqual(await current.currentOf(REGISTER), { release: '2029-01', file: configured.file })
    assert.deepEqual(await current.releasesOf(REGISTER), ['2029-01'])
    const replica = (await openedOn(await anotherTime(database.url))).current
    assert.equal(await chosen(current, '2029-02'), 'ok')
    assert.equal(await currentOf(replica), '2029-02')
    assert.equal(await chosen(replica, '2029-03'), 'ok')
    assert.equal((await current.currentOf(REGISTER))?.file, releaseFile(shelf, REGISTER, '2029-03'))
    assert.deepEqual(await current.releasesOf(REGISTER), ['2029-03', '2029-02', '2029-01'])
    // And back.
    assert.equal(await chosen(current, '2029-02'), 'ok')
    assert.deepEqual(await current.releasesOf(REGISTER), ['2029-02', '2029-03', '2029-01'])
    assert.deepEqual(await current.currentFiles(), [releaseFile(shelf, REGISTER, '2029-02')])
    const again = (await openedOn(await anotherTime(database.url), { configured: [] })).current
    assert.equal(await currentOf(again), '2029-02')
  })

  it('stands in the ledger with who chose it, instead of which', async () => {
    const { current, ledger } = await openedOn(await open())
    assert.equal(await chosen(current, '2029-02'), 'ok')
    const [entry, ...others] = await ledger.list({})
    assert.equal(others.length, 0)
    assert.equal(entry?.event.subtype?.[0]?.code, 'release-chosen')
    for (const part of ['helena', REGISTER, '2029-02', '2029-01']) assert.ok(JSON.stringify(entry.event).includes(part))
  })

  it('of two who choose at once, one is told that the other was faster; what one has chosen already changes nothing', async () => {
    const database = await open()
    const { current, ledger } = await openedOn(database)
    const replica = (await openedOn(await anotherTime(database.url))).current
    const both = await Promise.all([
      chosen(current, '2029-02', { instead: '2029-01' }),
      chosen(replica, '2029-03', { instead: '2029-01' }),
    ])
    assert.deepEqual([...both].sort(), ['ok', 'release-changed'])
    const winner = both[0] === 'ok' ? '2029-02' : '2029-03'
    assert.equal(await currentOf(current), winner)
    assert.equal(await chosen(current, winner, { instead: '2029-01' }), 'ok')
    // The slower one may have been written before it was refused.
    const outcomes = (await ledger.list({})).map(({ event }) => event.outcome)
    const [done, refused] = ['0', '8'].map((wanted) => outcomes.filter((outcome) => outcome === wanted).length)
    assert.equal((done ?? 0) - (refused ?? 0), 1)
  })

  it('is not chosen when the ledger does not take it', async () => {
    const { current, ledger } = await openedOn(await open())
    Object.assign(ledger, { append: () => Promise.reject(new Error('full')) })
    await assert.rejects(chosen(current, '2029-02'))
    assert.equal(await currentOf(current), '2029-01')
  })
})

describe('a release that may not answer', async () => {
  const opened = async () => openedOn(await anotherTime('sqlite::memory:'))
  const refusal = async (release: string, more: { instead?: string; holder?: string } = {}) => {
    const { current, ledger } = await opened()
    const code = await chosen(current, release, more)
    assert.equal(await currentOf(current), '2029-01')
    assert.deepEqual(await ledger.list({}), [])
    return code
  }

  it('has too many rejected rows in one table', async () => {
    await shelved({ shelf, sources }, 'broken', { persons: upTo(100), broken: 20 })
    const { current } = await opened()
    const wanted = { dataset: REGISTER, release: 'broken', holder: HOLDER }
    const checked = await current.check(wanted)
    assert.ok(!checked.ok)
    assert.equal(checked.problem.sentence, 'Of the table person, 20 of 120 rows were rejected; 5 % are allowed.')
    assert.equal(await refusal('broken'), 'release-too-many-rejected')
    const patient = await openedOn(await anotherTime('sqlite::memory:'), { mostRejected: 0.2 })
    assert.equal(await chosen(patient.current, 'broken'), 'ok')
  })

  it('is not there, only partly there, or damaged', async () => {
    assert.equal(await refusal('2029-09'), 'release-missing')
    assert.equal(await refusal('../2029-02'), 'release-missing')
    const whole = releaseFile(shelf, REGISTER, '2029-02')
    const { length } = readFileSync(whole)
    for (const size of [0, 100, 12_288, length - 262_144, length - 1]) {
      const part = releaseFile(shelf, REGISTER, `part-${size}`)
      copyFileSync(whole, part)
      chmodSync(part, 0o600)
      truncateSync(part, size)
      assert.notEqual(await refusal(`part-${size}`), 'ok', `${size} of ${length}`)
    }
    writeFileSync(releaseFile(shelf, REGISTER, 'words'), 'no release')
    assert.equal(await refusal('words'), 'release-damaged')
  })

  it('is another release or dataset than its place says', async () => {
    copyFileSync(releaseFile(shelf, REGISTER, '2029-02'), releaseFile(shelf, REGISTER, 'renamed'))
    assert.equal(await refusal('renamed'), 'release-of-another')
    const elsewhere = await shelved({ shelf, sources: temporaryFolder() }, '2029-02', { persons: upTo(9) }, 'another')
    copyFileSync(elsewhere, releaseFile(shelf, REGISTER, 'moved'))
    assert.equal(await refusal('moved'), 'release-of-another')
  })

  it('is of a dataset of another holder, or has the name of the configured one', async () => {
    assert.equal(await refusal('2029-02', { holder: 'https://pt.example.org/holders/other' }), 'release-other-holder')
    await shelved({ shelf, sources: temporaryFolder() }, '2029-01', { persons: upTo(100) })
    assert.equal(await refusal('2029-01'), 'release-name-taken')
    rmSync(releaseFile(shelf, REGISTER, '2029-01'))
  })

  it('was decided on while another one was current', async () => {
    const { current } = await opened()
    assert.equal(await chosen(current, '2029-02', { instead: '2028-12' }), 'release-changed')
  })

  it('numbers its persons anew, which would hide them from the comparison of answers', async () => {
    const shifted = (person: number) => (person % 100) + 1
    await shelved({ shelf, sources }, 'shifted', { persons: upTo(100), numbered: shifted })
    assert.equal(await refusal('shifted'), 'release-persons-renumbered')
    await shelved({ shelf, sources }, 'elsewhere', { persons: upTo(100), numbered: (person) => person + 5000 })
    assert.equal(await refusal('elsewhere'), 'release-persons-renumbered')
    // Also when the current one cannot be read any more, and an earlier one can.
    const { current } = await opened()
    assert.equal(await chosen(current, '2029-03'), 'ok')
    const file = releaseFile(shelf, REGISTER, '2029-03')
    copyFileSync(file, join(sources, 'kept'))
    rmSync(file)
    assert.equal(await chosen(current, 'shifted'), 'release-persons-renumbered')
    assert.deepEqual(await current.releasesOf(REGISTER), ['2029-03', '2029-01'])
    assert.equal(current.fileOf(REGISTER, '2029-03'), undefined)
    copyFileSync(join(sources, 'kept'), file)
  })

  it('has lost a table, unless that is confirmed', async () => {
    const { 'PERSON.csv': persons = '' } = registerFiles({ persons: upTo(100) })
    const folder = writeFiles(join(sources, 'persons'), { 'PERSON.csv': persons })
    const target = releaseFile(shelf, REGISTER, 'persons-only')
    const loaded = await loadRelease({ sources: [folder], target, dataset: REGISTER, release: 'persons-only' })
    assert.ok(loaded.ok)
    assert.equal(await refusal('persons-only'), 'release-tables-emptied')
    const { current, ledger } = await opened()
    const wanted = { dataset: REGISTER, release: 'persons-only', holder: HOLDER }
    const checked = await current.check(wanted)
    assert.deepEqual(checked, { ok: true, value: { emptied: ['observation_period'] } })
    const used = await current.use({ ...wanted, by, instead: '2029-01', without: ['observation_period', 'death'] })
    assert.ok(used.ok)
    const [entry] = await ledger.list({})
    assert.match(JSON.stringify(entry?.event), /"urn:tessera:without","valueString":"observation_period"/)
  })

  it('of a dataset that the configuration does not name, the first is compared with nothing', async () => {
    const { current } = await openedOn(await anotherTime('sqlite::memory:'), { configured: [] })
    assert.equal(await current.currentOf(REGISTER), undefined)
    assert.deepEqual(await current.releasesOf(REGISTER), [])
    mkdirSync(dirname(releaseFile(shelf, REGISTER, 'x')), { recursive: true })
    assert.equal(await chosen(current, 'shifted'), 'ok')
    assert.equal(await currentOf(current), 'shifted')
  })
})
