/** One application, four bodies, four permits, one question: from the submission to the answer, over mutual TLS, with faults. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { until as untilWithin } from '../../../test/faults/processes.ts'
import type { FederatedAnswer } from './ask.ts'
import { type TestBody, type TestEurope, testEurope } from './testing/europe.ts'
import { grant, HOW_MANY, permitsOf, RESEARCHER, submit } from './testing/rare-diseases.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const QUESTION = join(ROOT, 'data', 'demo', 'research', 'questions', 'how-many-by-sex.json')

/** The nodes of this test answer meanwhile, so the command must not be waited for by standing still. */
function tessera(...args: readonly string[]): Promise<{ code: number; out: string; problem: string }> {
  const program = [join(ROOT, 'src', 'cli', 'main.ts'), 'research', ...args]
  return new Promise((resolve) => {
    execFile(process.execPath, program, { maxBuffer: 64 * 1024 * 1024 }, (error, out, problem) => {
      resolve({ code: error ? Number(error.code) : 0, out, problem })
    })
  })
}

/** Others use the processors too. */
const until = (what: string, holds: () => boolean | Promise<boolean>) => untilWithin(what, holds, 180_000)

const COUNTRIES = ['FR', 'PT', 'EE', 'GR'] as const

describe('a question to four countries', () => {
  let europe: TestEurope
  const bodies = new Map<string, TestBody>()
  let caseId = ''
  before(async () => {
    europe = await testEurope()
    for (const country of COUNTRIES) {
      await europe.load(country, 900)
      bodies.set(country, await europe.start(country))
    }
  })
  after(() => europe.close())

  const body = (country: string): TestBody => {
    const found = bodies.get(country)
    assert.ok(found)
    return found
  }
  const ask = async (): Promise<string> => {
    const home = body('FR')
    const permits = await permitsOf(home, caseId)
    const asked = await home.ask({ analysis: HOW_MANY, person: RESEARCHER, purpose: 'e', permits })
    assert.ok(asked.ok, JSON.stringify(asked))
    return asked.value
  }
  const answer = async (task: string): Promise<FederatedAnswer> => {
    const answered = await body('FR').answerTo(task)
    assert.ok(answered?.ok, JSON.stringify(answered))
    return answered.value
  }
  const states = ({ nodes }: FederatedAnswer) => Object.fromEntries(nodes.map(({ node, state }) => [node, state]))
  const answeredBy = async (task: string, count: number) => {
    const settled = async () => (await answer(task)).nodes.filter(({ outcome }) => outcome).length === count
    await until(`${count} nodes have said something`, settled)
    return answer(task)
  }

  it('is applied for once, and each body grants its own part', async () => {
    await until('the bodies know each other', () => COUNTRIES.every((one) => body(one).trust.parties().length === 4))
    caseId = await submit(body('FR'), COUNTRIES)
    for (const country of COUNTRIES) {
      const arrived = async () => {
        await body('FR').errands.run()
        return (await body(country).cases.load(caseId)) !== undefined
      }
      await until(`the case is known in ${country}`, arrived)
      await grant(body(country), caseId)
    }
    const told = async () => (await permitsOf(body('FR'), caseId)).length === 4
    await until('France knows the four permits', told)
  })

  it('is about datasets that the Union and every body know from the national catalogues', async () => {
    const known = async () => (await body('FR').catalogue.search({})).total === 4
    await until('France knows four datasets', known)
    const listed = async () => /4 datasets/.test(await (await fetch(`${europe.union}/catalogue`)).text())
    await until('the Union lists four datasets', listed)
    const turtle = await fetch(`${europe.union}/dcat`, { headers: { accept: 'text/turtle' } })
    assert.match(await turtle.text(), /data\.tessera\.example\/gr\/rare-diseases/)
  })

  it('is answered by all, and the totals are those of what each released', async () => {
    const { nodes, tables } = await answeredBy(await ask(), 4)
    assert.deepEqual(
      nodes.map(({ node, state, outcome }) => [node, state, outcome?.kind === 'refused' ? outcome.code : '']),
      [
        ['hdab-ee', 'answered', ''],
        ['hdab-fr', 'answered', ''],
        ['hdab-gr', 'answered', ''],
        ['hdab-pt', 'answered', ''],
      ],
    )
    const total = tables[0]?.cells.find(({ key }) => key.every((level) => level === null))
    const each = nodes.map(({ outcome }) => {
      assert.ok(outcome?.kind === 'answered')
      return outcome.tables[0]?.cells.find(({ key }) => key.every((level) => level === null))?.persons ?? 0
    })
    assert.ok(each.every((persons) => persons >= 10))
    assert.equal(
      total?.persons,
      each.reduce((sum, persons) => sum + persons, 0),
    )
  })

  it('is answered from the release that a data holder has chosen since, also when its node was started again', async () => {
    const { id: dataset, holder } = body('EE').settings.datasets[0] ?? { id: '', holder: '' }
    const toldBy = ({ nodes }: FederatedAnswer) =>
      new Map(
        nodes.map(({ node, outcome }) => {
          assert.ok(outcome?.kind === 'answered', `${node} ${JSON.stringify(outcome)}`)
          return [node, outcome.tables[0]?.cells.find(({ key }) => key.every((level) => level === null))?.persons ?? 0]
        }),
      )
    const before = toldBy(await answeredBy(await ask(), 4))
    await europe.shelve('EE', 1800, '2027-01')
    const instead = (await body('EE').current.currentOf(dataset))?.release
    const choice = { dataset, release: '2027-01', holder, instead, by: { identifier: 'urn:demo|hanna', name: 'Hanna' } }
    const used = await body('EE').current.use(choice)
    assert.ok(used.ok, JSON.stringify(used))
    const after = toldBy(await answeredBy(await ask(), 4))
    // Twice as many persons.
    assert.ok((after.get('hdab-ee') ?? 0) > 1.5 * (before.get('hdab-ee') ?? 0), JSON.stringify([...before, ...after]))
    await body('EE').stop()
    bodies.set('EE', await europe.start('EE'))
    assert.deepEqual(toldBy(await answeredBy(await ask(), 4)), after)
    for (const node of ['hdab-fr', 'hdab-gr', 'hdab-pt']) assert.equal(after.get(node), before.get(node))
  })

  it('shows a node that is down by its name; it answers when it is back', async () => {
    await body('GR').stop()
    const task = await ask()
    const without = await answeredBy(task, 3)
    assert.notEqual(states(without)['hdab-gr'], 'answered')
    bodies.set('GR', await europe.start('GR'))
    assert.equal(states(await answeredBy(task, 4))['hdab-gr'], 'answered')
  })

  it('shows a node that refuses, with its reason, when the permit was given back', async () => {
    const at = new Date().toISOString()
    const by = { person: RESEARCHER, role: 'applicant' } as const
    const reasons = 'The study is over.'
    // Said where the application was submitted; the body of Portugal is told, and revokes.
    const end = { kind: 'end', at, by, memberState: 'PT', why: 'given-back', reasons } as const
    const ended = await body('FR').cases.handle(caseId, end)
    assert.ok(ended.ok, JSON.stringify(ended))
    const permit = (await permitsOf(body('FR'), caseId)).find(({ memberState }) => memberState === 'PT')
    assert.ok(permit)
    const revoked = async () => !(await body('PT').door.permits.standingOf(permit, new Date())).ok
    await until('Portugal has revoked it', revoked)
    const { nodes } = await answeredBy(await ask(), 4)
    const refusal = nodes.find(({ node }) => node === 'hdab-pt')?.outcome
    assert.equal(refusal?.kind === 'refused' && refusal.code, 'permit-revoked')
  })

  it('outlives the coordinating body: what was asked before it went down is answered after', async () => {
    const task = await ask()
    await body('FR').stop()
    bodies.set('FR', await europe.start('FR'))
    const { nodes } = await answeredBy(task, 4)
    assert.equal(nodes.filter(({ state }) => state === 'answered').length, 3)
  })

  it('is asked from the command line beside the running node', async () => {
    const permits = await permitsOf(body('FR'), caseId)
    const asked = ['--as', RESEARCHER, '--purpose', 'e', '--json', '--config', join(europe.home, 'fr', 'node.json')]
    const named = permits.map(({ memberState, id }) => `${memberState}:${id}`)
    const federated = await tessera('federate', QUESTION, ...asked, '--wait', '180', '--permit', ...named)
    assert.equal(federated.code, 1, 'Portugal refuses')
    const told = JSON.parse(federated.out) as FederatedAnswer
    assert.deepEqual(states(told), {
      'hdab-ee': 'answered',
      'hdab-fr': 'answered',
      'hdab-gr': 'answered',
      'hdab-pt': 'refused',
    })
    const own = permits.find(({ memberState }) => memberState === 'FR')?.id ?? ''
    const local = await tessera('run', QUESTION, ...asked, '--permit', own)
    assert.equal(local.code, 0, local.problem)
    const stranger = await tessera('run', QUESTION, ...asked, '--permit', own, '--as', 'urn:demo|eve')
    assert.equal(stranger.code, 1)
    assert.match(stranger.problem, /permit-person/)
  })

  it('is in the ledgers of all: who asked, under which permit, and what left', async () => {
    for (const country of COUNTRIES) {
      const { ledger } = body(country).door
      const entries = await ledger.list({ limit: 100 })
      const steps = new Set(entries.map(({ event }) => event.subtype?.[0]?.code))
      assert.ok(steps.has('access-decided') && steps.has('answer-released'), country)
    }
  })
})
