/** One application, two bodies: what one does the other knows, whatever the line between them does. */
import assert from 'node:assert/strict'
import { it, test } from 'node:test'
import fc from 'fast-check'
import { openDatabase } from '#platform/database/database.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { signJson } from '../../permits/signed-json.ts'
import type { Command } from '../case/commands.ts'
import type { CaseEvent } from '../case/events.ts'
import type { CaseState } from '../case/state.ts'
import { actor, answersFor, CASE_ID, HOLDER, permitTerms } from '../testing/example-case.ts'
import { type Disturbance, deliver, runnerOf, type TestBody, type TwoBodies, twoBodies } from '../testing/two-bodies.ts'
import { CASE_MESSAGE, type CaseMessage } from './message.ts'

const AT = '2029-04-03T10:00:00Z'

/** The clock of the test is never before what happens. */
async function give(body: TestBody, command: Command): Promise<void> {
  body.clock.now = new Date(Math.max(body.clock.now.getTime(), Date.parse(command.at)))
  const handled = await body.store.handle(CASE_ID, command)
  assert.ok(handled.ok, `${body.country} ${command.kind}: ${JSON.stringify(handled)}`)
}

async function submit({ FR }: TwoBodies['bodies']): Promise<void> {
  const by = actor('applicant')
  const answers = answersFor('data-permit', ['FR', 'PT'])
  await give(FR, { kind: 'draft', at: AT, by, caseId: CASE_ID, applicationKind: 'data-permit', answers })
  await give(FR, { kind: 'submit', at: AT, by })
}

function inPortugal(
  kind: string,
  role: Parameters<typeof actor>[0],
  more: object = {},
  at = '2029-04-10T10:00:00Z',
): Command {
  return { kind, at, by: actor(role, 'PT'), memberState: 'PT', ...more } as Command
}

async function stateAt(body: TestBody): Promise<CaseState> {
  const state = await body.store.load(CASE_ID)
  assert.ok(state, body.country)
  return state
}

/** A part as both sides must see it: notes on criteria are for the house only. */
const shared = (state: CaseState, memberState: string) => ({ ...state.parts[memberState], criteria: {} })

async function grantInPortugal(PT: TestBody): Promise<void> {
  const criteria = [...(PT.procedures.ruleSets.get('2029-03')?.criteria['data-permit'] ?? [])]
  await give(PT, inPortugal('confirm-complete', 'intake'))
  await give(
    PT,
    inPortugal('assess', 'assessor', { criteria: criteria.map(({ code }) => ({ code, met: true, reason: 'x' })) }),
  )
  await give(PT, inPortugal('estimate-fee', 'intake', { items: [] }))
  await give(PT, inPortugal('grant', 'coordinator', { terms: permitTerms('PT', '2031-06-01T00:00:00Z', 'permit-pt') }))
}

onEachDatabase('the exchange between bodies', (open) => {
  const made = async () => twoBodies([await open(), await open()])

  it('forwards one application, and each body tells the other what it decides', async () => {
    const two = await made()
    const { FR, PT } = two.bodies
    await submit(two.bodies)
    assert.equal(await PT.store.load(CASE_ID), undefined)
    await two.settle()
    assert.deepEqual((await stateAt(PT)).application, (await stateAt(FR)).application)
    // Neither may act for the other.
    const wrong = await FR.store.handle(CASE_ID, inPortugal('confirm-complete', 'intake'))
    assert.equal(!wrong.ok && wrong.problem.code, 'not-competent')

    await give(PT, inPortugal('ask-completion', 'intake', { questions: ['Which hospitals?'] }))
    await two.settle()
    assert.deepEqual((await stateAt(FR)).parts.PT?.questions, ['Which hospitals?'])
    await give(FR, {
      kind: 'complete',
      at: '2029-04-11T10:00:00Z',
      by: actor('applicant'),
      memberState: 'PT',
      answers: { sources: 'All of them' },
    })
    await two.settle()
    assert.equal((await stateAt(PT)).application?.answers.sources, 'All of them')

    await grantInPortugal(PT)
    await two.settle()
    const [there, here] = [await stateAt(PT), await stateAt(FR)]
    assert.equal(here.parts.PT?.permit?.id, 'permit-pt')
    assert.deepEqual(shared(here, 'PT'), shared(there, 'PT'))
    assert.deepEqual(here.parts.PT?.criteria, {})
    // The permit is issued by the body that decided, once.
    assert.deepEqual([PT.desk.issued.length, FR.desk.issued.length], [1, 0])
    // The user gives it back at home; the body that issued it takes it off.
    await give(FR, {
      kind: 'end',
      at: '2029-05-02T10:00:00Z',
      by: actor('applicant'),
      memberState: 'PT',
      why: 'given-back',
      reasons: 'Done.',
    })
    await two.settle()
    assert.deepEqual(PT.desk.standings, [['permit-pt', 'revoked']])
    assert.deepEqual(await FR.runner.open(), [])
  })

  it('takes a message once, however often it comes, and answers as before', async () => {
    const two = await made()
    const { PT } = two.bodies
    await submit(two.bodies)
    const disturbances: Disturbance[] = ['request-lost', 'answer-lost', 'twice']
    two.line.next = () => disturbances.shift() ?? 'none'
    for (let minute = 0; minute < 10; minute += 1) {
      await two.settle()
      two.clock.now = new Date(two.clock.now.getTime() + 60_000)
    }
    assert.deepEqual(disturbances, [])
    assert.equal((await PT.store.events(CASE_ID)).length, 1)
    const [message = ''] = two.line.carried
    const again = await Promise.all(Array.from({ length: 5 }, () => deliver(PT, message, 'FR')))
    assert.deepEqual(
      again.map(({ status }) => status),
      Array(5).fill(200),
    )
    assert.equal((await PT.store.events(CASE_ID)).length, 1)
  })

  it('waits for a peer that answers garbage or failures, longer each time', async () => {
    const two = await made()
    const { FR } = two.bodies
    await submit(two.bodies)
    const answer = (status: number, text: string): Disturbance => ({
      status,
      headers: new Headers(),
      body: new TextEncoder().encode(text),
    })
    const garbage = [
      answer(200, '<html>'),
      answer(200, '{"taken":99}'),
      answer(500, 'x'),
      answer(409, '{"code":"Robert\'); drop"}'),
      answer(302, ''),
      answer(401, '{"code":"party-unknown"}'),
    ]
    two.line.next = () => garbage.shift() ?? 'none'
    const attempts: number[] = []
    for (let minute = 0; minute < 120; minute += 1) {
      const { tried } = await FR.runner.run()
      if (tried > 0) attempts.push(minute)
      two.clock.now = new Date(two.clock.now.getTime() + 60_000)
    }
    assert.equal(attempts.length, 7)
    const pauses = attempts.slice(1).map((minute, index) => minute - (attempts[index] ?? 0))
    assert.deepEqual(
      pauses,
      pauses.toSorted((a, b) => a - b),
    )
    assert.deepEqual(await FR.runner.open(), [])
  })

  it('is done by one runner at a time, and taken up when a runner died', async () => {
    const two = await made()
    const { FR, PT } = two.bodies
    await submit(two.bodies)
    // The first attempt never ends: its process is gone.
    const dead = runnerOf(FR, () => new Promise(() => undefined), two.clock)
    void dead.run()
    for (let turn = 0; turn < 12_000 && (await FR.runner.open())[0]?.attempts !== 1; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    assert.equal((await FR.runner.run()).tried, 0, 'held by the dead one')
    two.clock.now = new Date(two.clock.now.getTime() + 121_000)
    const reports = await Promise.all([FR.runner.run(), FR.runner.run(), FR.runner.run()])
    assert.equal(
      reports.reduce((sum, { done }) => sum + done, 0),
      1,
    )
    assert.equal((await PT.store.events(CASE_ID)).length, 1)
  })

  it('refuses what the sender may not say, and remembers that', async () => {
    const two = await made()
    const { FR, PT } = two.bodies
    await submit(two.bodies)
    await two.settle()
    const application = (await stateAt(FR)).application
    assert.ok(application)
    const part = { at: AT, country: 'FR', memberState: 'PT' } as const
    const refused: CaseEvent = { kind: 'refused', ...part, by: actor('coordinator'), justification: 'x' }
    const events: readonly CaseEvent[] = [
      // France decides for Portugal, pretends to be Portugal, speaks as a body in the applicant's name, keeps no secret.
      refused,
      { ...refused, country: 'PT', by: actor('coordinator', 'PT') },
      { kind: 'fee-accepted', ...part, by: actor('coordinator') },
      { kind: 'criteria-assessed', ...part, by: actor('assessor'), criteria: [{ code: 'x', met: true, reason: 'x' }] },
      { kind: 'completed', ...part, by: actor('applicant'), application },
      {
        kind: 'received',
        at: AT,
        country: 'FR',
        by: actor('system'),
        caseId: CASE_ID,
        ruleSet: '2029-03',
        homeCountry: 'FR',
        application,
        submittedAt: AT,
      },
    ]
    const before = await PT.store.events(CASE_ID)
    for (const [index, event] of events.entries()) {
      const message: CaseMessage = {
        format: 1,
        caseId: CASE_ID,
        body: 'hdab-FR',
        from: 'FR',
        to: 'PT',
        sequence: 2 + index,
        sent: AT,
        events: [event],
      }
      const text = await signJson(message, CASE_MESSAGE, FR.key)
      assert.equal((await deliver(PT, text, 'FR')).status, 409, event.kind)
      assert.equal((await deliver(PT, text, 'FR')).status, 409, 'as before')
    }
    assert.deepEqual(await PT.store.events(CASE_ID), before)
  })

  it('refuses messages that are not signed, not ordered, not for it, or carried by another', async () => {
    const two = await made()
    const { FR, PT } = two.bodies
    await submit(two.bodies)
    await two.settle()
    const [good = ''] = two.line.carried
    const event: CaseEvent = { kind: 'fee-accepted', at: AT, country: 'FR', memberState: 'PT', by: actor('applicant') }
    const message: CaseMessage = {
      format: 1,
      caseId: CASE_ID,
      body: 'hdab-FR',
      from: 'FR',
      to: 'PT',
      sequence: 2,
      sent: AT,
      events: [event],
    }
    const statusOf = async (text: string, from = 'FR') => (await deliver(PT, text, from)).status
    const signed = (changes: Partial<CaseMessage>, key = FR.key) =>
      signJson({ ...message, ...changes }, CASE_MESSAGE, key)
    assert.equal(await statusOf('garbage'), 400)
    assert.equal(await statusOf(`${good.slice(0, -4)}AAAA`), 400)
    assert.equal(await statusOf(await signed({}, PT.key)), 400)
    assert.equal(await statusOf(await signed({ sent: '2029-04-04T10:00:00Z' })), 400, 'from the future')
    assert.equal(await statusOf(await signed({}), 'PT'), 403)
    assert.equal(await statusOf(await signed({}), 'XX'), 403)
    assert.equal(await statusOf(await signed({ to: 'GR' })), 421)
    assert.equal(await statusOf(await signed({ sequence: 4 })), 425)
    assert.equal(await statusOf(await signed({ caseId: '00000000-0000-4000-8000-000000000001', sequence: 1 })), 409)
    const none = await PT.handler(
      new Request('https://hdab.test/research/cases/messages', { method: 'POST', body: good }),
      {
        encrypted: false,
        remoteAddress: undefined,
        certificate: undefined,
      },
    )
    assert.equal(none.status, 401)
    assert.equal((await PT.store.events(CASE_ID)).length, 1)
  })

  it('tells the applicant when his completion came after the body let the case lapse', async () => {
    const two = await made()
    const { FR, PT } = two.bodies
    await submit(two.bodies)
    await two.settle()
    await give(PT, inPortugal('ask-completion', 'intake', { questions: ['Which?'] }))
    await two.settle()
    two.line.next = () => 'request-lost'
    await give(FR, {
      kind: 'complete',
      at: '2029-05-08T10:00:00Z',
      by: actor('applicant'),
      memberState: 'PT',
      answers: { sources: 'x' },
    })
    await give(PT, inPortugal('lapse', 'system', {}, '2029-05-09T10:00:00Z'))
    two.line.next = () => 'none'
    two.clock.now = new Date('2029-05-10T10:00:00Z')
    await two.settle()
    assert.equal((await stateAt(PT)).parts.PT?.status, 'lapsed')
    assert.equal((await stateAt(FR)).parts.PT?.status, 'lapsed', 'the word of the body that decides')
    const [open_] = await FR.runner.open()
    assert.deepEqual([open_?.state, open_?.code], ['refused', 'telling-out-of-place'])
  })
})

const DISTURBED = fc.array(fc.constantFrom<Disturbance>('none', 'none', 'request-lost', 'answer-lost', 'twice'), {
  maxLength: 30,
})

test('two bodies over a bad line end with the same case', async () => {
  await fc.assert(
    fc.asyncProperty(DISTURBED, fc.array(fc.nat(5), { minLength: 4, maxLength: 10 }), async (disturbances, steps) => {
      const databases = [await openDatabase('sqlite::memory:'), await openDatabase('sqlite::memory:')] as const
      try {
        const two = await twoBodies(databases)
        const { FR, PT } = two.bodies
        const left = [...disturbances]
        two.line.next = () => left.shift() ?? 'none'
        await submit(two.bodies)
        for (const [index, step] of steps.entries()) await randomStep(two, step, index)
        left.length = 0
        await pass(two, 3)
        const [here, there] = [await stateAt(FR), await stateAt(PT)]
        assert.deepEqual(shared(here, 'PT'), shared(there, 'PT'))
        assert.deepEqual(here.application, there.application)
        assert.deepEqual([await FR.runner.open(), await PT.runner.open()], [[], []])
      } finally {
        await Promise.all(databases.map((database) => database.close()))
      }
    }),
    { numRuns: 15 },
  )
})

/** Hours in which the errands run: no pause between two attempts is longer than one. */
async function pass(two: TwoBodies, hours: number): Promise<void> {
  for (let hour = 0; hour < hours; hour += 1) {
    await two.settle()
    two.clock.now = new Date(two.clock.now.getTime() + 3_600_001)
  }
}

/** Something that one of the two may do next, with errands running in between now and then. */
async function randomStep(two: TwoBodies, step: number, index: number): Promise<void> {
  const { FR, PT } = two.bodies
  const at = two.clock.now.toISOString()
  const wishes: readonly (readonly [TestBody, Command])[] = [
    [PT, inPortugal('ask-completion', 'intake', { questions: [`Question ${index}`] }, at)],
    [FR, { kind: 'complete', at, by: actor('applicant'), memberState: 'PT', answers: { sources: `Source ${index}` } }],
    [PT, inPortugal('confirm-complete', 'intake', {}, at)],
    [PT, inPortugal('estimate-fee', 'intake', { items: [{ component: 'procedure', cents: 100 }] }, at)],
    [PT, inPortugal('send-to-trusted-holder', 'intake', { holder: HOLDER.PT }, at)],
    [PT, inPortugal('ask-question', 'assessor', { question: 'Why?' }, at)],
  ]
  const [body, command] = wishes[step] ?? []
  if (body && command) await body.store.handle(CASE_ID, command)
  await pass(two, 2)
}
