import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import type { CareContext } from '#care/context/care-context.ts'
import type { CountryB } from '#care/country-b/country-b.ts'
import { failed, ok } from '#platform/result/result.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { RelyingParty, SignInProblemCode } from '#trust/people/relying-party.ts'
import { requestBudget } from './request-budget.ts'
import { softwareApi } from './software-api.ts'

const doctor: Professional = {
  identifier: 'urn:oid:1.2|1',
  given: 'Claire',
  family: 'MARTIN',
  role: { code: '2211', display: 'Generalist medical practitioners' },
  profession: 'Médecin',
  organisation: { identifier: 'urn:oid:1.2|2', name: 'Centre', kind: 'Hospital' },
  country: 'FR',
  assurance: 'eidas1',
}

const CARE = {
  country: 'PT',
  patient: 'urn:oid:1.3|298',
  purpose: 'TREATMENT',
  relationshipDeclaredAt: '2026-11-24T10:00:00Z',
  notice: { version: '1', languages: ['pt'], recordedAt: '2026-11-24T10:00:00Z' },
}

interface Setting {
  readonly problem?: SignInProblemCode
  readonly perMinute?: number
}

function door({ problem, perMinute }: Setting = {}) {
  const asked: { answers?: Readonly<Record<string, string>>; context?: CareContext }[] = []
  const people = {
    personOf: async (token: string) => {
      if (problem) return failed(problem, 'A sentence.', 'A step.')
      if (token !== 'good') return failed('sign-in-expired', 'The sign-in took too long.', 'Sign in again.')
      return ok({ identifier: '1', given: 'Claire', family: 'MARTIN', assurance: 'eidas1', exercises: [doctor] })
    },
  } satisfies Pick<RelyingParty, 'personOf'>
  const countryB = {
    countries: async () => [],
    identify: async (_: Professional, __: string, answers: Readonly<Record<string, string>>) => {
      asked.push({ answers })
      return failed('ERROR_PI_NO_MATCH', 'Nobody.', 'Compare.')
    },
    documents: async (context: CareContext) => {
      asked.push({ context })
      return ok([])
    },
  } satisfies Partial<CountryB>
  const app = softwareApi({
    countryB: countryB as Partial<CountryB> as CountryB,
    people: people as Partial<RelyingParty> as RelyingParty,
    budget: requestBudget({ now: () => 0, ...(perMinute === undefined ? {} : { perMinute }) }),
  })
  const ask = async (path: string, body?: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await app.request(path, {
      ...(body === undefined ? {} : { method: 'POST', body }),
      headers: { authorization: 'Bearer good', ...headers },
    })
    return { status: response.status, headers: response.headers, body: await response.text() }
  }
  return { ask, asked }
}

const Outcome = z.object({
  issue: z.array(
    z.object({ details: z.object({ coding: z.array(z.object({ code: z.string() })), text: z.string() }) }),
  ),
})

const codeOf = (body: string): string => Outcome.parse(JSON.parse(body)).issue[0]?.details.coding[0]?.code ?? 'no code'

describe('the door for clinical software', () => {
  test('no token, a bad one, and one that another token would not help: statuses tell them apart', async () => {
    const { ask } = door()
    for (const authorization of ['', 'Basic good', 'Bearer ', `Bearer ${'x'.repeat(9000)}`, 'Bearer a b']) {
      const refused = await ask('/countries', undefined, { authorization })
      assert.equal(refused.status, 401, authorization)
      assert.equal(refused.headers.get('www-authenticate'), 'Bearer')
      assert.equal(codeOf(refused.body), 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED')
    }
    assert.equal((await ask('/countries', undefined, { authorization: 'Bearer stale' })).status, 401)
    for (const [problem, status] of [
      ['sign-in-unavailable', 503],
      ['sign-in-too-weak', 403],
      ['sign-in-unknown-person', 403],
    ] as const) {
      assert.equal((await door({ problem }).ask('/countries')).status, status, problem)
    }
    assert.equal((await ask('/countries')).status, 200)
  })

  test('an exercise that is none is refused', async () => {
    const { ask } = door()
    assert.equal((await ask('/countries', undefined, { 'x-exercise': '1' })).status, 200)
    for (const exercise of ['0', '2', '-1', '1.5', 'abc', '1e0', '__proto__']) {
      const refused = await ask('/countries', undefined, { 'x-exercise': exercise })
      assert.equal(refused.status, 400, exercise)
      assert.doesNotMatch(refused.body, /NaN/)
    }
  })

  test('bodies that are no request, or too much of one, reach nobody', async () => {
    const { ask, asked } = door()
    const patients = (answers: unknown) => JSON.stringify({ country: 'PT', answers })
    for (const body of [
      '',
      'no json',
      '[]',
      '['.repeat(200_000),
      patients([]),
      patients({ a: 1 }),
      patients({ ['a'.repeat(101)]: '1' }),
      patients({ a: 'x'.repeat(201) }),
      JSON.stringify({ country: 'pt', answers: {} }),
    ]) {
      assert.equal((await ask('/patients', body)).status, 400, body.slice(0, 40))
    }
    assert.deepEqual(asked, [])
  })

  test('names of a prototype are names like any other', async () => {
    const { ask, asked } = door()
    const told = await ask('/patients', '{"country":"PT","answers":{"__proto__":"a","constructor":"b","id":"c"}}')
    assert.equal(told.status, 404)
    assert.equal(Object.getPrototypeOf(asked[0]?.answers ?? null), Object.prototype)
    assert.equal(asked[0]?.answers?.id, 'c')
  })

  test('an emergency needs a reason, and only what was declared goes on', async () => {
    const { ask, asked } = door()
    const emergency = { ...CARE, purpose: 'EMERGENCY' }
    for (const body of [emergency, { ...emergency, reason: '  ' }, { ...CARE, relationshipDeclaredAt: 'yesterday' }]) {
      assert.equal((await ask('/documents', JSON.stringify(body))).status, 400)
    }
    const told = await ask('/documents', JSON.stringify({ ...emergency, reason: 'unconscious', professional: 'me' }))
    assert.equal(told.status, 200)
    assert.equal(told.headers.get('cache-control'), 'no-store')
    assert.equal(asked.length, 1)
    assert.deepEqual(asked[0]?.context?.professional, doctor)
  })

  test('one token cannot ask for ever, and others are served meanwhile', async () => {
    const { ask } = door({ perMinute: 3 })
    const statuses: number[] = []
    for (let count = 0; count < 4; count += 1) statuses.push((await ask('/countries')).status)
    assert.deepEqual(statuses, [200, 200, 200, 429])
    assert.equal((await ask('/countries')).headers.get('retry-after'), '60')
    assert.equal((await ask('/countries', undefined, { authorization: 'Bearer other' })).status, 401)
  })

  test('what does not exist is an outcome, too', async () => {
    const refused = await door().ask('/nothing')
    assert.equal(refused.status, 404)
    assert.equal(codeOf(refused.body), 'ERROR_GENERIC')
  })
})

describe('the budget of requests', () => {
  test('counts anew each minute', async () => {
    let time = 0
    const budget = requestBudget({ now: () => time, perMinute: 1 })
    const spend = () => budget.spend('token', async () => 'done')
    assert.deepEqual([await spend(), await spend()], ['done', 'too-many'])
    time = 60_000
    assert.equal(await spend(), 'done')
  })

  test('bounds what is under way, also after failures', async () => {
    const budget = requestBudget({ now: () => 0, atOnce: 1 })
    let finish: (value: string) => void = () => undefined
    const first = budget.spend('a', () => new Promise<string>((resolve) => (finish = resolve)))
    assert.equal(await budget.spend('b', async () => 'done'), 'too-many')
    finish('done')
    assert.equal(await first, 'done')
    await assert.rejects(budget.spend('b', () => Promise.reject(new Error('on purpose'))))
    assert.equal(await budget.spend('b', async () => 'done'), 'done')
  })
})
