import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Result } from '#platform/result/result.ts'
import { CDM_TABLES } from '../../omop/specification/cdm.ts'
import type { PermitViews } from '../../permits/views.ts'
import { unwrapped } from '../../query/testing/engines.ts'
import { facts, inside, registryPermit, registryViews, type TestRegistry, testRegistry } from '../testing/registry.ts'
import { runSql } from './run-sql.ts'

describe('SQL in a process of its own', () => {
  let registry: TestRegistry
  let views: PermitViews
  before(async () => {
    registry = await testRegistry()
    views = await registryViews(registryPermit())
  })
  after(() => registry.close())

  const run = (sql: string, more: Partial<Parameters<typeof runSql>[1]> = {}) =>
    runSql(sql, { file: registry.file, views, tables: CDM_TABLES, facts, ...more })
  const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.problem.code)

  it('answers', async () => {
    const answer = unwrapped(await run('SELECT gender_concept_id, count(*) AS n FROM person GROUP BY ALL ORDER BY 1'))
    assert.deepEqual(answer, {
      columns: [
        { name: 'gender_concept_id', type: 'bigint' },
        { name: 'n', type: 'bigint' },
      ],
      rows: [
        [8507, inside((person) => person % 2 === 0).length],
        [8532, inside((person) => person % 2 === 1).length],
      ],
      complete: true,
    })
  })

  it('refuses what is outside', async () => {
    assert.equal(codeOf(await run("SELECT * FROM read_text('/etc/passwd')")), 'sql-function-outside')
    assert.equal(codeOf(await run('SELECT * FROM death')), 'sql-table-outside')
    assert.equal(codeOf(await run('x'.repeat(100_001))), 'sql-too-long')
  })

  it('takes statements that break a parser down with its process only', async () => {
    const deep = `SELECT ${'('.repeat(40_000)}1${')'.repeat(40_000)}`
    assert.match(codeOf(await run(deep)), /^(process-failed|sql-unreadable|sql-construct-outside|query-too-large)$/)
    const chain = `SELECT 1 ${'+ 1 '.repeat(20_000)}`
    assert.match(codeOf(await run(chain)), /^(process-failed|sql-unreadable|sql-construct-outside|query-too-large)$/)
  })

  it('ends with the signal of the permit, and when it takes too much', async () => {
    const endless = 'SELECT sum(a.i % 7 * b.i % 5) FROM range(100000) a(i), range(100000) b(i), range(1000) c(i)'
    const controller = new AbortController()
    const running = run(endless, { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('revoked')), 500)
    assert.equal(codeOf(await running), 'query-stopped')
    assert.equal(codeOf(await run('SELECT 1', { signal: controller.signal })), 'query-stopped')
    const limits = { seconds: 1, memoryMegabytes: 100 }
    assert.equal(codeOf(await run(endless, { limits })), 'query-too-slow')
    const large = "SELECT count(*) FROM (SELECT DISTINCT i, i || 'abcdefgh' FROM range(100000000) t(i))"
    assert.match(codeOf(await run(large, { limits: { ...limits, seconds: 20 } })), /^query-too-(large|slow)$/)
  })
})
