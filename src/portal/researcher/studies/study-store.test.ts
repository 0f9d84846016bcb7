import assert from 'node:assert/strict'
import { it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { openStudyStore, studyMigrations } from './study-store.ts'

const at = '2029-07-02T10:00:00Z'
const cohort = { name: 'Ärzte “1”', definition: { Title: "O'Neill", list: [1, null] }, by: 'x|y', at }

onEachDatabase('studies', (open) => {
  it('keep cohorts by case, and the newest is not overwritten by who has not seen it', async () => {
    const database = await open()
    await migrate(database, studyMigrations)
    const studies = openStudyStore(database)
    const id = await studies.saveCohort('case-1', { ...cohort, form: { name: 'f' } })
    assert.ok(id)
    const saved = await studies.cohort('case-1', id)
    const { by: _by, at: _at, ...facts } = cohort
    assert.deepEqual(saved, { id, ...facts, form: { name: 'f' }, version: 1, changedAt: at, changedBy: 'x|y' })
    assert.equal(await studies.cohort('case-2', id), undefined)
    assert.deepEqual(await studies.cohorts('case-2'), [])

    const change = { ...cohort, id, version: 1 }
    const both = await Promise.all([
      studies.saveCohort('case-1', { ...change, name: 'one' }),
      studies.saveCohort('case-1', { ...change, name: 'two' }),
    ])
    assert.equal(both.filter((one) => one === id).length, 1)
    assert.equal((await studies.cohort('case-1', id))?.version, 2)
    assert.equal('form' in ((await studies.cohort('case-1', id)) ?? {}), false)
    assert.equal(await studies.saveCohort('case-2', { ...change, version: 2 }), undefined)

    await studies.removeCohort('case-2', id)
    assert.ok(await studies.cohort('case-1', id))
    await studies.removeCohort('case-1', id)
    assert.equal(await studies.cohort('case-1', id), undefined)
  })

  it('keep questions with their task, newest first', async () => {
    const database = await open()
    await migrate(database, studyMigrations)
    const studies = openStudyStore(database)
    const question = { title: 'How many', question: { kind: 'count' }, task: 't1', askedBy: 'x|y' }
    const first = await studies.saveQuestion('case-1', { ...question, askedAt: at })
    const second = await studies.saveQuestion('case-1', { ...question, askedAt: '2029-07-03T10:00:00Z' })
    assert.deepEqual(
      (await studies.questions('case-1')).map(({ id }) => id),
      [second, first],
    )
    assert.deepEqual(await studies.question('case-1', first), { id: first, ...question, askedAt: at })
    assert.equal(await studies.question('case-2', first), undefined)
  })

  it('make one question of each count that was asked for a narrowing cohort before', async () => {
    const database = await open()
    await migrate(database, studyMigrations.slice(0, 1))
    const kysely = database.kysely.$extendTables<{ research_study_question: Record<string, string> }>()
    const row = (id: string, question: object, tasks: readonly string[]) => ({
      ...{ case_id: 'case-1', id, title: id, asked_at: at, asked_by: 'x|y' },
      ...{ question: JSON.stringify(question), tasks: JSON.stringify(tasks) },
    })
    const narrowed = { kind: 'attrition', cohort: 'C', countries: ['FR'], parts: ['', 'Age', 'Lab'] }
    const rows = [
      row('Narrow', narrowed, ['t1', 't2', 't3']),
      row('Many', { ...narrowed, kind: 'count', parts: [''] }, ['t4']),
    ]
    await kysely.insertInto('research_study_question').values(rows).execute()
    await migrate(database, studyMigrations)
    const found = await openStudyStore(database).questions('case-1')
    const question = { kind: 'count', cohort: 'C', countries: ['FR'] }
    assert.deepEqual(
      found.map(({ id: _id, ...one }) => one).sort((a, b) => (a.task < b.task ? -1 : 1)),
      [
        ['Narrow', 't1'],
        ['Narrow, 1. Age', 't2'],
        ['Narrow, 2. Lab', 't3'],
        ['Many', 't4'],
      ].map(([title, task]) => ({ title, question, task, askedAt: at, askedBy: 'x|y' })),
    )
  })
})
