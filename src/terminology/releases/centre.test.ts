import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { appendServed, artifactFolder, readServed } from '../artifacts/store.ts'
import { openReleaseCentre, type ReleaseCentreOptions } from './centre.ts'
import { releaseMigrations } from './migrations.ts'
import { artifactOf, codeOf, must } from './testing.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-centre-'))
after(() => rmSync(root, { recursive: true, force: true }))

const ANA = { by: 'Ana Costa' }
const BEA = { by: 'Bea Lund' }

onEachDatabase('the release centre', (open) => {
  const centreOn = async (database: Database, home: string, options: Partial<ReleaseCentreOptions> = {}) => {
    await migrate(database, releaseMigrations)
    return must(await openReleaseCentre(database, { node: 'PT', home, ...options }))
  }
  const newCentre = async (options: Partial<ReleaseCentreOptions> = {}) => {
    const home = mkdtempSync(join(root, 'home-'))
    const database = await open()
    const artifacts = [await artifactOf(home, 'a', { x: '1' }), await artifactOf(home, 'b', { x: '2' })] as const
    return { home, database, artifacts, centre: await centreOn(database, home, options) }
  }
  type Centre = Awaited<ReturnType<typeof newCentre>>
  const publishedRelease = async ({ centre }: Centre, artifacts: Centre['artifacts'][number][]) => {
    const { number } = must(await centre.stage({ artifacts, ...ANA }))
    must(await centre.approve(number, BEA))
    must(await centre.publish(number, ANA))
    return number
  }
  const servedBy = async (home: string) => must(await readServed(home))?.artifacts

  it('takes a release from staging to being served, and remembers who did what', async () => {
    const { home, centre, artifacts } = await newCentre({ now: () => new Date('2026-11-24T10:00:00Z') })
    const staged = must(await centre.stage({ artifacts, ...ANA, note: ' Autumn. ', title: 'Autumn 2026' }))
    assert.deepEqual([staged.number, staged.state, staged.base], [1, 'staged', []])
    assert.equal(await servedBy(home), undefined)
    must(await centre.approve(1, { ...BEA, note: 'Compared.' }))
    assert.equal(await servedBy(home), undefined)
    assert.equal(must(await centre.publish(1, ANA)).state, 'published')
    assert.deepEqual(await servedBy(home), artifacts)
    assert.deepEqual(
      (await centre.history(1)).map(({ by, action, from, to, note }) => [by, action, from, to, note]),
      [
        ['Ana Costa', 'stage', undefined, 'staged', 'Autumn.'],
        ['Bea Lund', 'approve', 'staged', 'approved', 'Compared.'],
        ['Ana Costa', 'begin-publication', 'approved', 'publishing', ''],
        ['Ana Costa', 'publish', 'publishing', 'published', ''],
      ],
    )
    assert.ok((await centre.history()).every(({ at }) => at === '2026-11-24T10:00:00.000Z'))
    assert.deepEqual(must(await centre.release(1)), (await centre.releases())[0])
  })

  it('keeps the duties apart, however the name is written, unless told otherwise', async () => {
    const { centre, artifacts, home, database } = await newCentre()
    must(await centre.stage({ artifacts, ...ANA }))
    for (const by of ['Ana Costa', ' ANA  costa ', 'Ana\u00a0Costa']) {
      assert.equal(codeOf(await centre.approve(1, { by })), 'terminology-release-same-person')
    }
    const lenient = await centreOn(database, home, { separateDuties: false })
    assert.equal(must(await lenient.approve(1, ANA)).state, 'approved')
  })

  it('needs a person for every step and a reason to reject or roll back', async () => {
    const { centre, artifacts } = await newCentre()
    for (const by of ['', ' ', 'a\0b', 'x'.repeat(201)]) {
      assert.equal(codeOf(await centre.stage({ artifacts, by })), 'terminology-release-person')
    }
    must(await centre.stage({ artifacts, ...ANA }))
    assert.equal(codeOf(await centre.reject(1, { ...BEA, note: '  ' })), 'terminology-release-note')
    assert.equal(codeOf(await centre.rollback(1, BEA)), 'terminology-release-note')
    assert.deepEqual((await centre.history()).length, 1)
  })

  it('refuses steps that do not follow, and changes nothing then', async () => {
    const made = await newCentre()
    const { centre, artifacts } = made
    assert.equal(codeOf(await centre.publish(7, ANA)), 'terminology-release-unknown')
    assert.equal(codeOf(await centre.stage({ artifacts: [], ...ANA })), 'terminology-release-empty')
    assert.equal(
      codeOf(await centre.stage({ artifacts: [artifacts[0], artifacts[0]], ...ANA })),
      'terminology-release-empty',
    )
    must(await centre.stage({ artifacts, ...ANA }))
    assert.equal(codeOf(await centre.publish(1, ANA)), 'terminology-release-state')
    must(await centre.reject(1, { ...BEA, note: 'Wrong map.' }))
    for (const step of [centre.approve, centre.publish]) {
      assert.equal(codeOf(await step(1, BEA)), 'terminology-release-state')
    }
    assert.equal(codeOf(await centre.rollback(1, { ...BEA, note: 'x' })), 'terminology-release-state')
    const number = await publishedRelease(made, [...artifacts])
    assert.equal(codeOf(await centre.publish(number, ANA)), 'terminology-release-state')
    assert.equal(codeOf(await centre.rollback(number, { ...ANA, note: 'x' })), 'terminology-release-unchanged')
  })

  it('supersedes, and rolls back to what was served before', async () => {
    const made = await newCentre()
    const { centre, home, artifacts } = made
    const [one, two] = artifacts
    await publishedRelease(made, [one])
    await publishedRelease(made, [two, one])
    must(await centre.rollback(1, { ...BEA, note: 'A map lost its targets.' }))
    assert.deepEqual(await servedBy(home), [one])
    assert.deepEqual(
      (await centre.releases()).map(({ number, state }) => [number, state]),
      [
        [2, 'rolled-back'],
        [1, 'published'],
      ],
    )
    const last = (await centre.history()).slice(-3)
    assert.deepEqual(
      last.map(({ release, action, by, note }) => [release, action, by, note]),
      [
        [1, 'begin-publication', 'Bea Lund', 'Rollback. A map lost its targets.'],
        [2, 'roll-back', 'Bea Lund', 'A map lost its targets.'],
        [1, 'publish', 'Bea Lund', 'A map lost its targets.'],
      ],
    )
    // The release that is served again has its own number again.
    assert.equal(must(await readServed(home))?.release, 1)
    must(await centre.rollback(2, { ...BEA, note: 'It was the map of another country.' }))
    assert.deepEqual(await servedBy(home), [two, one])
  })

  it('does not publish over what was changed meanwhile, unless told so', async () => {
    const made = await newCentre()
    const { centre, home, artifacts } = made
    const [one, two] = artifacts
    const number = must(await centre.stage({ artifacts: [one], ...ANA })).number
    must(await centre.approve(number, BEA))
    must(await appendServed(home, two))
    assert.equal(codeOf(await centre.publish(number, ANA)), 'terminology-release-outdated')
    assert.deepEqual(await servedBy(home), [two])
    must(await centre.publish(number, { ...ANA, over: true }))
    assert.deepEqual(await servedBy(home), [one])
    // An import outside the centre can be taken back by serving the published release again.
    must(await appendServed(home, two))
    must(await centre.rollback(number, { ...BEA, note: 'Nobody had looked at it.' }))
    assert.deepEqual(await servedBy(home), [one])
  })

  it('gives each number once, whether it stages or an import publishes', async () => {
    const { home, database, artifacts, centre } = await newCentre()
    const [one, two] = artifacts
    assert.equal(must(await appendServed(home, one)).release, 1)
    assert.equal(must(await centre.stage({ artifacts: [two], ...ANA })).number, 2)
    // What is staged keeps its number, although nothing was published under it.
    assert.equal(must(await appendServed(home, two)).release, 3)
    assert.equal(must(await centre.stage({ artifacts: [two], ...ANA })).number, 4)
    must(await centre.approve(2, BEA))
    must(await centre.publish(2, { ...ANA, over: true }))
    assert.equal(must(await readServed(home))?.release, 2)
    const third = await artifactOf(home, 'c', { x: '3' })
    assert.equal(must(await appendServed(home, third)).release, 5)
    // A folder that was restored from a backup does not know what was given.
    rmSync(join(home, 'terminology', 'releases'), { recursive: true })
    const again = await centreOn(database, home)
    must(await again.stage({ artifacts, ...ANA }))
    assert.equal(must(await appendServed(home, await artifactOf(home, 'd', { x: '4' }))).release, 7)
  })

  it('takes in what was published outside, and goes back to it', async () => {
    const { home, centre, artifacts } = await newCentre()
    const [one, two] = artifacts
    must(await appendServed(home, one))
    must(await appendServed(home, two))
    const told = async () =>
      (await centre.releases()).map(({ number, state, outside }) => [number, state, outside === true])
    assert.deepEqual(await told(), [
      [2, 'published', true],
      [1, 'superseded', true],
    ])
    assert.deepEqual(
      (await centre.history(1)).map(({ by, action, to, note }) => [by, action, to, note]),
      [
        ['Ana', 'publish-outside', 'published', 'Imported outside the release centre.'],
        ['Ana', 'supersede', 'superseded', 'By release 2, outside the release centre.'],
      ],
    )
    must(await centre.rollback(1, { ...BEA, note: 'Nobody had looked at it.' }))
    assert.deepEqual([await servedBy(home), must(await readServed(home))?.release], [[one], 1])
    rmSync(artifactFolder(home, two), { recursive: true })
    assert.equal(codeOf(await centre.rollback(2, { ...BEA, note: 'x' })), 'terminology-artifact-missing')
    assert.deepEqual(await told(), [
      [2, 'rolled-back', true],
      [1, 'published', true],
    ])
  })

  it('neither stages nor publishes what is damaged', async () => {
    const { centre, home, artifacts } = await newCentre()
    must(await centre.stage({ artifacts, ...ANA }))
    must(await centre.approve(1, BEA))
    const file = join(artifactFolder(home, artifacts[1]), 'x')
    const sound = readFileSync(file)
    writeFileSync(file, '3')
    for (const refused of [await centre.stage({ artifacts, ...ANA }), await centre.publish(1, ANA)]) {
      assert.ok(!refused.ok)
      assert.equal(refused.problem.place?.file, file)
    }
    assert.equal(must(await centre.release(1)).state, 'approved')
    writeFileSync(file, sound)
    must(await centre.publish(1, ANA))
  })

  it('lets one of many who publish at once win each time, and loses no step', async () => {
    const { database, home, centre, artifacts } = await newCentre()
    const second = await centreOn(database, home)
    for (const number of [1, 2, 3, 4]) {
      must(await centre.stage({ artifacts: [artifacts[number % 2 === 0 ? 0 : 1]], ...ANA }))
      must(await centre.approve(number, BEA))
    }
    const results = await Promise.all(
      [1, 2, 3, 4, 1, 2, 3, 4].map((number, index) =>
        (index % 2 === 0 ? centre : second).publish(number, { ...ANA, over: true }),
      ),
    )
    assert.equal(results.filter(({ ok }) => ok).length, 4)
    const states = (await centre.releases()).map(({ state }) => state).sort()
    assert.deepEqual(states, ['published', 'superseded', 'superseded', 'superseded'])
    const published = (await centre.releases()).find(({ state }) => state === 'published')
    assert.deepEqual(await servedBy(home), published?.artifacts)
    const events = await centre.history()
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      events.map((_, index) => index + 1),
    )
  })

  it('keeps the releases of two nodes apart, with numbers that are not confused in one home folder', async () => {
    const { database, home, centre, artifacts } = await newCentre()
    const other = await centreOn(database, home, { node: 'FR' })
    must(await centre.stage({ artifacts, ...ANA }))
    assert.deepEqual(await other.releases(), [])
    assert.equal(must(await other.stage({ artifacts, ...ANA })).number, 2)
  })

  it('keeps its history: the database refuses to change or remove a step', async () => {
    const { database, centre, artifacts } = await newCentre()
    must(await centre.stage({ artifacts, ...ANA }))
    const columns = sql.raw('node, sequence, release, at, person, action, from_state, to_state, note')
    const attempts = [
      sql`update terminology_release_event set person = 'Nobody'`,
      sql`delete from terminology_release_event`,
      ...(database.dialect === 'sqlite'
        ? [
            sql`insert or replace into terminology_release_event (${columns})
            select node, sequence, release, at, 'Nobody', action, from_state, to_state, note
            from terminology_release_event`,
          ]
        : [sql`truncate terminology_release_event`]),
    ]
    for (const attempt of attempts) await assert.rejects(attempt.execute(database.kysely), /append-only/)
    assert.deepEqual(
      (await centre.history()).map(({ by }) => by),
      ['Ana Costa'],
    )
  })

  it('brings an interrupted publication to its end, whichever way it went', async () => {
    const made = await newCentre()
    const { database, home, centre, artifacts } = made
    const [one, two] = artifacts
    await publishedRelease(made, [one])
    must(await centre.stage({ artifacts: [two], ...ANA }))
    must(await centre.approve(2, BEA))
    const current = join(home, 'terminology', 'current.json')
    const old = readFileSync(current)
    must(await centre.publish(2, ANA))
    const switched = readFileSync(current)
    // As if the process had died after the intention: the rows are put back by hand.
    const interrupt = async () => {
      const homeId = readFileSync(join(home, 'terminology', 'home.id'), 'utf8').trim()
      await sql`update terminology_release set state = 'publishing', home = ${homeId} where number = 2`.execute(
        database.kysely,
      )
      await sql`update terminology_release set state = 'published' where number = 1`.execute(database.kysely)
    }
    const states = async () => (await (await centreOn(database, home)).releases()).map(({ state }) => state)
    await interrupt()
    writeFileSync(current, switched)
    assert.deepEqual(await states(), ['published', 'superseded'])
    await interrupt()
    writeFileSync(current, old)
    assert.deepEqual(await states(), ['approved', 'published'])
    assert.equal((await centre.history()).at(-1)?.action, 'abandon-publication')
    must(await centre.publish(2, ANA))
    assert.deepEqual(await servedBy(home), [two])
  })

  it('leaves a publication alone that another home folder of the node makes', async () => {
    const { database, home, centre, artifacts } = await newCentre()
    must(await centre.stage({ artifacts, ...ANA }))
    must(await centre.approve(1, BEA))
    await sql`update terminology_release set state = 'publishing', home = 'elsewhere'`.execute(database.kysely)
    const again = await centreOn(database, home)
    assert.equal(must(await again.release(1)).state, 'publishing')
    must(await again.stage({ artifacts, ...ANA }))
    must(await again.approve(2, BEA))
    assert.equal(codeOf(await again.publish(2, ANA)), 'terminology-release-elsewhere')
  })
})
