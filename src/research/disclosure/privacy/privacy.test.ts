import assert from 'node:assert/strict'
import { it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { disclosureMigrations } from '../ledger/migrations.ts'
import { seeded } from '../testing/attacker/population.ts'
import { chiSquare } from '../testing/tables.ts'
import { openPrivacyBudget } from './budget.ts'
import { geometricNoise, secureUniform } from './geometric.ts'

it('geometric noise has its distribution, for one and for several numbers a person', () => {
  for (const [epsilon, sensitivity] of [
    [1, 1],
    [0.5, 2],
  ] as const) {
    const random = seeded(42)
    const draws = 20_000
    const alpha = Math.exp(-epsilon / sensitivity)
    const most = 4
    const seen = new Array<number>(2 * most + 1).fill(0)
    for (let draw = 0; draw < draws; draw += 1) {
      // The generator gives [0, 1); the mechanism wants (0, 1].
      const noise = geometricNoise(epsilon, sensitivity, () => 1 - random())
      const place = Math.min(Math.max(noise, -most), most) + most
      seen[place] = (seen[place] ?? 0) + 1
    }
    const inner = (d: number) => ((1 - alpha) / (1 + alpha)) * alpha ** Math.abs(d)
    const expected = seen.map(
      (_, place) => (Math.abs(place - most) === most ? alpha ** most / (1 + alpha) : inner(place - most)) * draws,
    )
    assert.ok(chiSquare(seen, expected) < 30, `${seen} against ${expected}`)
  }
})

it('secure numbers are above 0 and at most 1', () => {
  for (let draw = 0; draw < 1000; draw += 1) {
    const number = secureUniform()
    assert.ok(number > 0 && number <= 1)
  }
})

onEachDatabase('the budget of a permit', (open) => {
  it('is never overspent, by many at once either, and outlives a restart', async () => {
    const database = await open()
    await migrate(database, disclosureMigrations)
    const budget = openPrivacyBudget(database)
    const spent = await Promise.all(Array.from({ length: 12 }, () => budget.spend('permit', 0.3, 1)))
    assert.equal(spent.filter(({ ok }) => ok).length, 3)
    const again = await openPrivacyBudget(database).spend('permit', 0.3, 1)
    assert.equal(again.ok ? 'ok' : again.problem.code, 'disclosure-budget-spent')
    const last = await budget.spend('permit', 0.1, 1)
    assert.deepEqual(last, { ok: true, value: 0 })
    assert.ok((await budget.spend('another', 0.3, 1)).ok)
    await assert.rejects(budget.spend('permit', 0, 1), TypeError)
  })
})
