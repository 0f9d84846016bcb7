/** What the demonstration is for: who lives with a rare disease, by age and sex, and how long it took to get its name. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Analysis } from '#research/analysis/analysis.ts'
import { until as untilWithin } from '../../../test/faults/processes.ts'
import type { FederatedAnswer } from './ask.ts'
import { type TestBody, type TestEurope, testEurope } from './testing/europe.ts'
import { grant, HOW_LONG, HOW_MANY_BY_AGE, permitsOf, RESEARCHER, submit } from './testing/rare-diseases.ts'

const COUNTRIES = ['FR', 'PT'] as const
/** Enough for groups of age and sex; the demonstration's datasets are larger. */
const PERSONS = 3000
const RARE_DISEASE_FACTOR = 600

const until = (what: string, holds: () => boolean | Promise<boolean>) => untilWithin(what, holds, 180_000)

describe('rare diseases across borders', () => {
  let europe: TestEurope
  const bodies: TestBody[] = []
  let caseId = ''

  before(async () => {
    europe = await testEurope()
    for (const country of COUNTRIES) {
      await europe.load(country, PERSONS, RARE_DISEASE_FACTOR)
      bodies.push(await europe.start(country))
    }
    const [home] = bodies
    assert.ok(home)
    await until('the bodies know each other', () =>
      bodies.every(({ trust }) => trust.parties().length >= bodies.length),
    )
    caseId = await submit(home, COUNTRIES)
    for (const body of bodies) {
      await until(`the case is known in ${body.country}`, async () => {
        await home.errands.run()
        return (await body.cases.load(caseId)) !== undefined
      })
      await grant(body, caseId)
    }
    await until('France knows both permits', async () => (await permitsOf(home, caseId)).length === bodies.length)
  })
  after(() => europe.close())

  async function answered(analysis: Analysis): Promise<FederatedAnswer['tables']> {
    const [home] = bodies
    assert.ok(home)
    const permits = await permitsOf(home, caseId)
    const asked = await home.ask({ analysis, person: RESEARCHER, purpose: 'e', permits })
    assert.ok(asked.ok, JSON.stringify(asked))
    const told = async () => {
      const answer = await home.answerTo(asked.value)
      assert.ok(answer?.ok, JSON.stringify(answer))
      return answer.value
    }
    await until('both have said something', async () =>
      (await told()).nodes.every(({ outcome }) => outcome !== undefined),
    )
    const { nodes, tables } = await told()
    assert.ok(
      nodes.every(({ state }) => state === 'answered'),
      JSON.stringify(nodes),
    )
    return tables
  }

  it('are counted by age and sex: groups that are shown are large enough, and fit the total', async () => {
    const [table] = await answered(HOW_MANY_BY_AGE)
    const groups = table?.cells.filter(({ key }) => key.every((level) => level !== null)) ?? []
    const known = groups.filter(({ key }) => !key.includes('unknown'))
    assert.equal(known.length, 8)
    assert.ok(known.every(({ persons, hiddenIn }) => persons >= 10 && hiddenIn.length === 0))
    const total = table?.cells.find(({ key }) => key.every((level) => level === null))?.persons ?? 0
    const sum = groups.reduce((persons, group) => persons + group.persons, 0)
    // Each number of each country is up to 2 beside the true one.
    assert.ok(Math.abs(total - sum) <= 2 * COUNTRIES.length * (groups.length + 1), `${total}, ${sum}`)
  })

  it('have a time to diagnosis, in classes', async () => {
    const [classes, values] = await answered(HOW_LONG)
    const waited = classes?.cells.filter(({ key: [level] }) => level !== null && level !== '<0') ?? []
    assert.deepEqual(
      waited.map(({ key: [level], persons, hiddenIn }) => [level, persons >= 10, hiddenIn]),
      [
        ['0-364', true, []],
        ['365-1095', true, []],
        ['1096-1825', true, []],
        ['1826+', true, []],
      ],
    )
    const { sums } = values?.cells[0] ?? {}
    const mean = (sums?.value ?? 0) / (sums?.['value persons'] ?? 0)
    assert.ok(mean > 365 && mean < 1826, `${mean} days`)
  })
})
