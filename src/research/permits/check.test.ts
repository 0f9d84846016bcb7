import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Access, checkAccess } from './check.ts'
import type { DatasetId } from './permit.ts'
import { nextRevocationList, REVOCATIONS, standing } from './revocation-list.ts'
import { anAccess, aPermit, aRevocationList, NOW } from './testing/permits.ts'

function codeOf(access: Partial<Access>, permit = aPermit()): string {
  const checked = checkAccess(permit, anAccess(access))
  return checked.ok ? 'ok' : checked.problem.code
}

describe('what a permit covers', () => {
  it('is everything it names when nothing narrower is asked for', () => {
    const checked = checkAccess(aPermit(), anAccess())
    assert.deepEqual(checked.ok && checked.value, aPermit().datasets[0])
  })

  it('names the release that is read: that of the permit where it names one, else the current one', () => {
    const releases = ['2029-06', '2029-05']
    const released = (release?: string) => {
      const datasets = aPermit().datasets.map((scope) => ({ ...scope, ...(release === undefined ? {} : { release }) }))
      const checked = checkAccess(aPermit({ datasets }), anAccess({ releases }))
      return checked.ok ? checked.value.release : checked.problem.code
    }
    assert.equal(released(), '2029-06')
    assert.equal(released('2029-05'), '2029-05')
    assert.equal(released('2029-04'), 'permit-release')
  })

  it('may be narrowed', () => {
    const narrower = {
      tables: [{ table: 'person', columns: ['year_of_birth'] }],
      period: { from: '2016-01-01', to: '2016-12-31' },
      population: { bornFrom: 1950, genders: [8507] },
    }
    const checked = checkAccess(aPermit(), anAccess(narrower))
    assert.ok(checked.ok)
    assert.deepEqual(checked.value.tables, narrower.tables)
    assert.deepEqual(checked.value.population, {
      bornFrom: 1950,
      bornTo: 2000,
      genders: [8507],
      withCondition: [201826, 4008576],
    })
  })

  it('holds from its first moment to the one before its end', () => {
    assert.equal(codeOf({ at: new Date('2029-05-01T08:59:59.999Z') }), 'permit-not-yet-valid')
    assert.equal(codeOf({ at: new Date('2029-05-01T09:00:00Z') }), 'ok')
    assert.equal(codeOf({ at: new Date('2031-05-01T08:59:59.999Z') }), 'ok')
    assert.equal(codeOf({ at: new Date('2031-05-01T09:00:00Z') }), 'permit-expired')
  })

  const outside: readonly (readonly [string, Partial<Access>, string])[] = [
    ['permit-column', { tables: [{ table: 'person', columns: ['race_concept_id'] }] }, 'person.race_concept_id'],
    ['permit-table', { tables: [{ table: 'note', columns: ['note_text'] }] }, 'note'],
    ['permit-dataset', { dataset: 'fr-registry' as DatasetId }, 'fr-registry'],
    ['permit-period', { period: { from: '2014-12-31', to: '2016-01-01' } }, '2014-12-31'],
    ['permit-population', { population: { bornFrom: 1939 } }, 'years of birth'],
  ]
  for (const [code, access, named] of outside) {
    it(`names what is outside: ${named}`, () => {
      const checked = checkAccess(aPermit(), anAccess(access))
      assert.ok(!checked.ok)
      assert.equal(checked.problem.code, code)
      assert.ok(checked.problem.sentence.includes(named), checked.problem.sentence)
    })
  }

  it('never grows: whatever is granted lies inside the permit', () => {
    const year = fc.integer({ min: 1920, max: 2020 })
    const day = fc.constantFrom('2014-06-01', '2015-01-01', '2018-06-01', '2024-12-31', '2025-01-01')
    const column = fc.constantFrom('year_of_birth', 'gender_concept_id', 'race_concept_id')
    const asked = fc.record(
      {
        period: fc.record({ from: day, to: day }),
        population: fc.record(
          { bornFrom: year, bornTo: year, genders: fc.subarray([8507, 8532, 0]) },
          { requiredKeys: [] },
        ),
        tables: fc.array(fc.record({ table: fc.constantFrom('person', 'note'), columns: fc.array(column) })),
      },
      { requiredKeys: [] },
    )
    const scope = aPermit().datasets[0]
    assert.ok(scope)
    let granted = 0
    fc.assert(
      fc.property(asked, (more) => {
        const checked = checkAccess(aPermit(), anAccess(more))
        if (!checked.ok) return
        granted += 1
        const { period, population, tables } = checked.value
        assert.ok(period.from >= scope.period.from && period.to <= scope.period.to)
        assert.ok((population.bornFrom ?? 0) >= 1940 && (population.bornTo ?? 9999) <= 2000)
        assert.ok(population.genders?.every((one) => scope.population.genders?.includes(one)))
        for (const { table, columns } of tables) {
          const permitted = scope.tables.find((one) => one.table === table)
          assert.ok(columns.every((one) => permitted?.columns.includes(one)))
        }
      }),
      { numRuns: 1000 },
    )
    assert.ok(granted > 0, 'nothing was granted')
  })
})

describe('the standing of a permit', () => {
  const of = (more: Parameters<typeof aRevocationList>[0], at = NOW, final: readonly string[] = []) => {
    const held = standing(aPermit(), aRevocationList(more), new Set(final), at)
    return held.ok ? 'ok' : held.problem.code
  }
  const entry = { permit: 'permit-pt-1', since: '2029-06-01T10:00:00Z' }

  it('follows the latest list, and a revocation outlives the list that told it', () => {
    assert.equal(of({}), 'ok')
    assert.equal(of({ permits: [{ ...entry, permit: 'permit-pt-2', state: 'revoked' }] }), 'ok')
    assert.equal(of({ permits: [{ ...entry, state: 'revoked' }] }), 'permit-revoked')
    assert.equal(of({ permits: [{ ...entry, state: 'suspended' }] }), 'permit-suspended')
    assert.equal(of({}, NOW, ['permit-pt-1']), 'permit-revoked')
  })

  it('is unknown without a list, and with one that is too old by its own word or by ours', () => {
    const none = standing(aPermit(), undefined, new Set(), NOW)
    assert.equal(none.ok ? 'ok' : none.problem.code, 'revocations-unknown')
    assert.equal(of({}, new Date('2029-06-02T11:02:00Z')), 'revocations-stale')
    assert.equal(of({ goodUntil: '2035-01-01T00:00:00Z' }, new Date('2029-06-02T11:02:00Z')), 'revocations-stale')
    assert.equal(of({ goodUntil: '2035-01-01T00:00:00Z' }, new Date('2029-06-02T10:00:00Z')), 'ok')
  })
})

describe('the next list of a body', () => {
  const body = { memberState: 'PT', id: 'body-pt' }
  const next = (
    latest: ReturnType<typeof nextRevocationList> | undefined,
    state: 'revoked' | 'suspended' | 'standing',
  ) => nextRevocationList(latest, body, { permit: 'permit-pt-1', state }, NOW)

  it('counts on, suspends and takes back, and never takes back a revocation', () => {
    const suspended = next(undefined, 'suspended')
    assert.deepEqual([suspended.number, suspended.permits[0]?.state], [1, 'suspended'])
    const back = next(suspended, 'standing')
    assert.deepEqual([back.number, back.permits.length], [2, 0])
    const revoked = next(suspended, 'revoked')
    assert.deepEqual([revoked.permits.length, revoked.permits[0]?.state], [1, 'revoked'])
    assert.equal(next(next(revoked, 'standing'), 'suspended').permits[0]?.state, 'revoked')
    assert.ok(REVOCATIONS.read(revoked).ok)
    assert.equal(nextRevocationList(revoked, body, undefined, NOW).number, 3)
  })
})
