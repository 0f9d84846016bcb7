/**
 * The airlock as events. What leaves was requested by a person of the permit, looked at by an output checker who has no other
 * part in it, approved as it was looked at, and collected while the permit holds (EHDS Art. 73(2)). Pure.
 */
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import type { OutputFinding } from '../../disclosure/airlock.ts'

export type RequestStatus = 'waiting' | 'asked' | 'approved' | 'refused' | 'withdrawn'

export interface Requested {
  readonly kind: 'requested'
  readonly at: string
  readonly by: string
  readonly description: string
  /** In the order of their files. */
  readonly outputs: readonly string[]
  /** Hash of what they hold. */
  readonly version: string
}

/** `asked`: the checker wants to know something first. */
export interface Said {
  readonly kind: 'asked' | 'answered' | 'approved' | 'refused' | 'withdrawn' | 'collected'
  readonly at: string
  readonly by: string
  readonly words: string
}

export type AirlockEvent = Requested | Said

export interface RequestState {
  readonly status: RequestStatus
  readonly requested: Requested
  readonly remarks: readonly Said[]
}

export type AirlockCommand = { readonly at: string; readonly by: string } & (
  | {
      readonly kind: 'request'
      readonly description: string
      readonly outputs: readonly string[]
      readonly version: string
    }
  /** `version`: of what was looked at. */
  | { readonly kind: 'ask' | 'approve' | 'refuse'; readonly words: string; readonly version: string }
  | { readonly kind: 'answer'; readonly words: string }
  | { readonly kind: 'withdraw' | 'collect' }
)

/** What must be known to decide; found out by the caller at that moment. */
export interface AirlockFacts {
  /** Persons of the permit. */
  readonly listed: ReadonlySet<string>
  /** The person is an output checker, and nothing else that he is in this case stands against it. */
  readonly mayCheck: boolean
  readonly findings: readonly OutputFinding[]
}

export type AirlockProblemCode =
  | 'airlock-unknown'
  | 'airlock-not-listed'
  | 'airlock-not-checker'
  | 'airlock-own-request'
  | 'airlock-wrong-status'
  | 'airlock-version'
  | 'airlock-words-missing'
  | 'airlock-stopped'
  | 'airlock-empty'
  | 'airlock-changed'

type Decision = Result<AirlockEvent, AirlockProblemCode>
type Refusal = Failed<AirlockProblemCode>

export function decide(state: RequestState | undefined, command: AirlockCommand, facts: AirlockFacts): Decision {
  const { at, by, kind } = command
  if (kind === 'request') return decideRequest(state, command, facts)
  if (!state) return problem('airlock-unknown', 'There is no such request.', 'Look at the list of requests.')
  const words = 'words' in command ? command.words.trim() : ''
  switch (kind) {
    case 'ask':
    case 'approve':
    case 'refuse': {
      const wrong = checkerProblem(state, command, facts) ?? decisionProblem(kind, words, facts)
      return wrong ?? ok({ kind: PAST[kind], at, by, words })
    }
    case 'answer':
    case 'withdraw': {
      const from: readonly RequestStatus[] = kind === 'answer' ? ['asked'] : ['waiting', 'asked']
      const wrong = listedProblem(by, facts) ?? statusProblem(state, from)
      if (!wrong && kind === 'answer' && words === '') return wordsMissing('Write the answer.')
      return wrong ?? ok({ kind: PAST[kind], at, by, words })
    }
    case 'collect':
      return listedProblem(by, facts) ?? statusProblem(state, ['approved']) ?? ok({ kind: PAST[kind], at, by, words })
  }
}

const PAST = {
  ask: 'asked',
  approve: 'approved',
  refuse: 'refused',
  answer: 'answered',
  withdraw: 'withdrawn',
  collect: 'collected',
} as const

export function evolve(state: RequestState | undefined, event: AirlockEvent): RequestState {
  if (event.kind === 'requested') return { status: 'waiting', requested: event, remarks: [] }
  if (!state) throw new TypeError('A request begins with being requested.')
  return { ...state, status: statusAfter(state.status, event), remarks: [...state.remarks, event] }
}

function statusAfter(status: RequestStatus, { kind }: Said): RequestStatus {
  if (kind === 'collected') return status
  return kind === 'answered' ? 'waiting' : kind
}

function decideRequest(
  state: RequestState | undefined,
  command: Extract<AirlockCommand, { kind: 'request' }>,
  facts: AirlockFacts,
): Decision {
  const { at, by, outputs, version } = command
  const wrong = listedProblem(by, facts)
  if (wrong) return wrong
  if (state) return problem('airlock-wrong-status', 'This request has begun already.', 'Make a new one.')
  const description = command.description.trim()
  if (outputs.length === 0) return problem('airlock-empty', 'Nothing was chosen.', 'Choose what shall leave.')
  if (description === '') return wordsMissing('Describe what it is and what it is needed for.')
  return ok({ kind: 'requested', at, by, description, outputs, version })
}

function listedProblem(by: string, { listed }: AirlockFacts): Refusal | undefined {
  if (listed.has(by)) return undefined
  return problem('airlock-not-listed', 'The permit does not name this person.', 'Ask somebody whom it names.')
}

function statusProblem({ status }: RequestState, from: readonly RequestStatus[]): Refusal | undefined {
  if (from.includes(status)) return undefined
  return problem('airlock-wrong-status', `The request is ${status}.`, 'Look at it again.')
}

function checkerProblem(
  state: RequestState,
  { by, version }: { readonly by: string; readonly version: string },
  { mayCheck, listed }: AirlockFacts,
): Refusal | undefined {
  if (state.requested.by === by || listed.has(by)) {
    const sentence = 'Nobody decides on results of a permit that names him or her.'
    return problem('airlock-own-request', sentence, 'Leave it to another output checker.')
  }
  if (!mayCheck) {
    const sentence = 'Only an output checker without another part in the case decides on results.'
    return problem('airlock-not-checker', sentence, 'Leave it to an output checker.')
  }
  const wrong = statusProblem(state, ['waiting'])
  if (wrong || version === state.requested.version) return wrong
  return problem('airlock-version', 'Something else was looked at than what is to leave.', 'Look at it again.')
}

/** What no reason can outweigh: the floor is the permit's, not the checker's. */
const NEVER: ReadonlySet<OutputFinding['code']> = new Set(['small-count', 'hidden-given-away'])

function decisionProblem(
  kind: 'ask' | 'approve' | 'refuse',
  words: string,
  { findings }: AirlockFacts,
): Refusal | undefined {
  if (kind !== 'approve') return words === '' ? wordsMissing('Write the question or the reason.') : undefined
  if (findings.some(({ code }) => NEVER.has(code))) {
    const sentence = 'Counts below the floor of the permit cannot leave, nor what gives them away.'
    return problem('airlock-stopped', sentence, 'Refuse it, or ask for coarser results.')
  }
  const stopped = findings.some(({ severity }) => severity === 'stop')
  return stopped && words === ''
    ? wordsMissing('Write why what the check has stopped may leave all the same.')
    : undefined
}

function wordsMissing(next: string): Refusal {
  return problem('airlock-words-missing', 'Some words are missing.', next)
}

function problem(code: AirlockProblemCode, sentence: string, next: string): Refusal {
  return failed(code, sentence, next)
}
