import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase, type TestDatabase } from '../../../test/databases.ts'
import type { ConsentChoice } from './consent.ts'
import { decisiveChoice, openConsents } from './consents.ts'
import { consentMigrations } from './migrations.ts'

const ANA = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
const SUMMARY = '60591-5'
const PRESCRIPTION = '57833-6'

function choice(
  country: string,
  documentClass: string,
  decision: ConsentChoice['decision'],
  recorded = '2026-01-01T00:00:00.000Z',
): ConsentChoice {
  return { patient: ANA, country, documentClass, decision, recorded }
}

onEachDatabase('consents', (open) => {
  async function consents(database: TestDatabase, defaultDecision: 'permit' | 'deny' = 'permit') {
    await migrate(database, consentMigrations)
    return openConsents(database, { defaultDecision })
  }

  it('follow the default of the country while nothing was chosen', async () => {
    const database = await open()
    assert.equal(await (await consents(database, 'permit')).permits(ANA, 'FR', SUMMARY), true)
    assert.equal(await (await consents(database, 'deny')).permits(ANA, 'FR', SUMMARY), false)
  })

  it('let the most specific choice decide, whatever was chosen later', async () => {
    const store = await consents(await open())
    await store.record(choice('FR', SUMMARY, 'permit', '2026-01-01T00:00:00Z'))
    await store.record(choice('FR', '*', 'deny', '2026-01-02T00:00:00Z'))
    await store.record(choice('*', PRESCRIPTION, 'permit', '2026-01-03T00:00:00Z'))
    await store.record(choice('*', '*', 'deny', '2026-01-04T00:00:00Z'))
    assert.equal(await store.permits(ANA, 'FR', SUMMARY), true)
    assert.equal(await store.permits(ANA, 'FR', PRESCRIPTION), false)
    assert.equal(await store.permits(ANA, 'EE', PRESCRIPTION), true)
    assert.equal(await store.permits(ANA, 'EE', SUMMARY), false)
    assert.equal(await store.permits('urn:oid:1|somebody-else', 'EE', SUMMARY), true)
  })

  it('let the latest of equal choices decide, by its own time and then by when it came', async () => {
    const store = await consents(await open())
    await store.record(choice('FR', '*', 'deny', '2026-03-01T00:00:00Z'))
    await store.record(choice('fr', '*', 'permit', '2026-02-01T00:00:00+00:00'))
    assert.equal(await store.permits(ANA, 'FR', SUMMARY), false)
    await store.record(choice('FR', '*', 'permit', '2026-03-01T00:00:00Z'))
    assert.equal(await store.permits(ANA, 'FR', SUMMARY), true)
    assert.equal(await store.permits(ANA, 'fr', SUMMARY), true)
  })

  it('keep every choice', async () => {
    const store = await consents(await open())
    await store.record(choice('FR', '*', 'deny', '2026-01-01T00:00:00Z'))
    await store.record(choice('FR', '*', 'permit', '2026-01-02T00:00:00Z'))
    assert.deepEqual(await store.history(ANA), [
      choice('FR', '*', 'permit', '2026-01-02T00:00:00.000Z'),
      choice('FR', '*', 'deny', '2026-01-01T00:00:00.000Z'),
    ])
  })

  it('take choices of one patient that arrive together', async () => {
    const store = await consents(await open())
    await Promise.all(Array.from({ length: 10 }, (_, day) => store.record(choice('FR', String(day), 'deny'))))
    assert.equal((await store.history(ANA)).length, 10)
  })

  it('refuse a choice without a time', async () => {
    const store = await consents(await open())
    await assert.rejects(store.record(choice('FR', '*', 'deny', 'yesterday')), RangeError)
  })
})

describe('the decisive choice', () => {
  it('is never less specific than another that applies', () => {
    const anyChoice = fc.record({
      patient: fc.constant(ANA),
      country: fc.constantFrom('*', 'FR', 'EE'),
      documentClass: fc.constantFrom('*', SUMMARY, PRESCRIPTION),
      decision: fc.constantFrom('permit' as const, 'deny' as const),
      recorded: fc.constant('2026-01-01T00:00:00.000Z'),
    })
    fc.assert(
      fc.property(fc.array(anyChoice), (choices) => {
        const applying = choices.filter(
          ({ country, documentClass }) => ['*', 'FR'].includes(country) && ['*', SUMMARY].includes(documentClass),
        )
        const order = [
          ['FR', SUMMARY],
          ['FR', '*'],
          ['*', SUMMARY],
          ['*', '*'],
        ]
        const expected = order
          .map(([country, documentClass]) =>
            applying.find((one) => one.country === country && one.documentClass === documentClass),
          )
          .find((found) => found !== undefined)
        assert.equal(decisiveChoice(choices, 'FR', SUMMARY), expected)
      }),
    )
  })
})
