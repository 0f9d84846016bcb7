/** What the demonstration is for: who lives with a rare disease, by age and sex, and how long it took to get its name. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Analysis } from '#research/analysis/analysis.ts'
import { until as untilWithin } from '../../../test/faults/processes.ts'
import type { FederatedAnswer } from './ask.ts'
import { type TestBody, type TestEurope, testEurope } from './testing/europe.ts'
import {
  grant,
  HOW_LONG,
  HOW_MANY_BY_AGE,
  permitsOf,
  RESEARCHER,
  submit,
  WHAT_EXPLAINS_DELAY,
  WHO_IS_DIAGNOSED,
} from './testing/rare-diseases.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const question = (name: string): string => join(ROOT, 'data', 'demo', 'research', 'questions', `${name}.json`)

/** The nodes of this test answer meanwhile, so the command must not be waited for by standing still. */
function tessera(...args: readonly string[]): Promise<{ code: number; out: string; problem: string }> {
  const program = [join(ROOT, 'src', 'cli', 'main.ts'), 'research', ...args]
  return new Promise((resolve) => {
    execFile(process.execPath, program, (error, out, problem) => {
      resolve({ code: error ? Number(error.code) : 0, out, problem })
    })
  })
}

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

  async function answered(analysis: Analysis): Promise<FederatedAnswer> {
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
    const isOpen = async () => ['waiting', 'fitting'].includes((await told()).model?.state ?? '')
    await until('a model has come to its end', async () => !(await isOpen()))
    const answer = await told()
    const { nodes } = answer
    assert.ok(
      nodes.every(({ state }) => state === 'answered'),
      JSON.stringify(nodes),
    )
    return answer
  }

  it('are counted by age and sex: groups that are shown are large enough, and fit the total', async () => {
    const [table] = (await answered(HOW_MANY_BY_AGE)).tables
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
    const [classes, values] = (await answered(HOW_LONG)).tables
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

  it('are explained over both countries: how long it took, and who has one', async () => {
    const long = await answered(WHAT_EXPLAINS_DELAY)
    assert.ok(long.model?.state === 'fitted', JSON.stringify(long.model))
    assert.deepEqual(long.model.inside, ['hdab-fr', 'hdab-pt'])
    assert.deepEqual(
      long.model.coefficients.map(({ name }) => name),
      ['constant', 'sex male', 'age 2'],
    )
    const who = await answered(WHO_IS_DIAGNOSED)
    assert.ok(who.model?.state === 'fitted', JSON.stringify(who.model))
    assert.ok(who.model.rounds > 1)
    for (const { low, high, p } of who.model.coefficients) assert.ok(low < high && p >= 0 && p <= 1)
    const told = [...long.nodes, ...who.nodes].flatMap(({ outcome }) =>
      outcome?.kind === 'answered' ? outcome.tables : [],
    )
    assert.ok(told.every(({ name }) => name === 'persons'))
  })

  it('are explained from the command line too, beside the running nodes', async () => {
    const [home] = bodies
    assert.ok(home)
    const permits = (await permitsOf(home, caseId)).map(({ memberState, id }) => `${memberState}:${id}`)
    const config = join(europe.home, 'fr', 'node.json')
    const asked = ['--as', RESEARCHER, '--purpose', 'e', '--config', config, '--wait', '180', '--permit', ...permits]
    const { code, out, problem } = await tessera('federate', question('who-is-diagnosed'), ...asked)
    assert.equal(code, 0, problem)
    assert.match(out, /model of hdab-fr, hdab-pt\n {2}constant: -?[\d.e-]+, standard error [\d.e-]+, 95 % /)
    assert.match(out, /compared with sex female/)
    const together = await tessera('federate', question('side-by-side'), ...asked)
    assert.equal(together.code, 0, together.problem)
    const counted = /persons by cohort, sex\n[\s\S]*living with a rare disease, female: (\d+)\n/.exec(together.out)
    assert.ok(Number(counted?.[1]) >= 10, together.out)
    const secure = await tessera('federate', question('what-explains-delay'), ...asked, '--secure')
    assert.equal(secure.code, 1)
    assert.match(secure.problem, /secure-sum-unsupported/)
  })
})
