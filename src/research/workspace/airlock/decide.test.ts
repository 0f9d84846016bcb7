/** Whatever is tried in whatever order: nothing leaves without the approval of a checker who has no other part in it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { OutputFinding } from '../../disclosure/airlock.ts'
import { type AirlockCommand, type AirlockEvent, decide, evolve, type RequestState } from './decide.ts'

const LISTED = ['ana', 'rui']
const CHECKERS = ['clara', 'ana']
const PEOPLE = ['ana', 'rui', 'clara', 'stranger', '']
const VERSIONS = ['v1', 'v2']
const SMALL: OutputFinding = { code: 'small-count', severity: 'stop', column: 'n', row: 0 }
const EXTREME: OutputFinding = { code: 'extreme', severity: 'stop', column: 'max' }
const REVIEW: OutputFinding = { code: 'close-counts', severity: 'review', column: 'n', row: 1 }

const factsOf = (by: string, findings: readonly OutputFinding[]) => ({
  listed: new Set(LISTED),
  mayCheck: CHECKERS.includes(by),
  findings,
})

const command: fc.Arbitrary<AirlockCommand> = fc
  .record({
    kind: fc.constantFrom('request', 'ask', 'approve', 'refuse', 'answer', 'withdraw', 'collect'),
    by: fc.constantFrom(...PEOPLE),
    words: fc.constantFrom('', ' ', 'because', 'so'),
    version: fc.constantFrom(...VERSIONS),
    outputs: fc.constantFrom<readonly string[]>([], ['o1']),
  })
  .map(({ words, ...rest }) => ({ ...rest, words, description: words, at: '2029-06-01T12:00:00Z' }) as AirlockCommand)

/** What happened, by the commands that were taken. */
function play(commands: readonly AirlockCommand[], findings: readonly OutputFinding[]) {
  const events: {
    readonly command: AirlockCommand
    readonly event: AirlockEvent
    readonly before: string | undefined
  }[] = []
  let state: RequestState | undefined
  for (const one of commands) {
    const decided = decide(state, one, factsOf(one.by, findings))
    if (!decided.ok) continue
    events.push({ command: one, event: decided.value, before: state?.status })
    state = evolve(state, decided.value)
  }
  return { events, state }
}

describe('the airlock', () => {
  it('lets out only what a checker has approved, whatever is tried', () => {
    let collected = 0
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 10, maxLength: 80, size: 'max' }),
        fc.subarray([SMALL, EXTREME, REVIEW]),
        (commands, findings) => {
          const { events } = play(commands, findings)
          for (const [index, { event }] of events.entries()) {
            if (event.kind !== 'collected') continue
            collected += 1
            const before = events.slice(0, index)
            const request = before.find((one) => one.event.kind === 'requested')?.event
            const approval = before.find((one) => one.event.kind === 'approved')
            assert.ok(request?.kind === 'requested' && approval)
            const { command: given } = approval
            assert.ok(given.kind === 'approve' && given.version === request.version)
            assert.ok(CHECKERS.includes(given.by) && given.by !== request.by && !LISTED.includes(given.by))
            assert.ok(LISTED.includes(event.by) && LISTED.includes(request.by))
            assert.ok(!findings.includes(SMALL))
            assert.ok(!findings.includes(EXTREME) || given.words.trim() !== '')
            assert.ok(!before.some((one) => one.event.kind === 'refused' || one.event.kind === 'withdrawn'))
          }
        },
      ),
      { numRuns: 3000, seed: 7 },
    )
    // It was really tried.
    assert.ok(collected > 20, `${collected} collected`)
  })

  it('keeps a decision: after it nothing else is decided', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 10, maxLength: 80, size: 'max' }), (commands) => {
        const { events } = play(commands, [])
        const end = events.findIndex(({ event }) => ['approved', 'refused', 'withdrawn'].includes(event.kind))
        if (end < 0) return
        assert.ok(events.slice(end + 1).every(({ event }) => event.kind === 'collected'))
      }),
      { numRuns: 1000, seed: 8 },
    )
  })

  const at = '2029-06-01T12:00:00Z'
  const requested: AirlockCommand = {
    kind: 'request',
    at,
    by: 'ana',
    description: 'Table 1',
    outputs: ['o1'],
    version: 'v1',
  }
  const codeOf = (given: readonly AirlockCommand[], findings: readonly OutputFinding[] = []) => {
    const last = given.at(-1)
    const { state } = play(given.slice(0, -1), findings)
    assert.ok(last)
    const decided = decide(state, last, factsOf(last.by, findings))
    return decided.ok ? decided.value.kind : decided.problem.code
  }
  const by = (kind: 'ask' | 'approve' | 'refuse', who: string, words = 'because', version = 'v1'): AirlockCommand => ({
    ...{ kind, at, by: who, words, version },
  })

  it('says what stands against it', () => {
    assert.equal(codeOf([{ ...requested, by: 'clara' }]), 'airlock-not-listed')
    assert.equal(codeOf([{ ...requested, description: ' ' }]), 'airlock-words-missing')
    assert.equal(codeOf([{ ...requested, outputs: [] }]), 'airlock-empty')
    assert.equal(codeOf([requested, by('approve', 'ana')]), 'airlock-own-request')
    assert.equal(codeOf([requested, by('approve', 'rui')]), 'airlock-own-request')
    assert.equal(codeOf([requested, by('approve', 'stranger')]), 'airlock-not-checker')
    assert.equal(codeOf([requested, by('approve', 'clara', '', 'v2')]), 'airlock-version')
    assert.equal(codeOf([requested, by('refuse', 'clara', '')]), 'airlock-words-missing')
    assert.equal(codeOf([requested, by('approve', 'clara')], [SMALL]), 'airlock-stopped')
    assert.equal(codeOf([requested, by('approve', 'clara', '')], [EXTREME]), 'airlock-words-missing')
    assert.equal(codeOf([requested, by('approve', 'clara')], [EXTREME]), 'approved')
    assert.equal(codeOf([requested, by('approve', 'clara', '')], [REVIEW]), 'approved')
    assert.equal(codeOf([by('approve', 'clara')]), 'airlock-unknown')
  })

  it('waits for the answer to a question', () => {
    const asked = [requested, by('ask', 'clara')]
    assert.equal(codeOf([...asked, by('approve', 'clara')]), 'airlock-wrong-status')
    const answered: AirlockCommand = { kind: 'answer', at, by: 'rui', words: 'Counts of persons.' }
    assert.equal(codeOf([...asked, answered]), 'answered')
    assert.equal(codeOf([...asked, answered, by('approve', 'clara')]), 'approved')
    assert.equal(codeOf([...asked, { kind: 'withdraw', at, by: 'ana' }]), 'withdrawn')
  })
})
