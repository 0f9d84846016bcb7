/**
 * The only way out of a workspace (EHDS Art. 73(2)): outputs are kept encrypted, asked for, checked by rule, decided on by a
 * person, and collected. Each step is in the ledger before it counts.
 */
import { randomUUID } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Door, DoorProblemCode } from '../../permits/authorise.ts'
import { LIMITS } from '../limits.ts'
import { type AirlockParts, nameOf, openParts } from './airlock-parts.ts'
import { fileBytes, filesOf, type OutputContent, versionOf } from './content.ts'
import type { AirlockCommand, AirlockProblemCode } from './decide.ts'
import type { KeptOutput, NewOutput, OutputProblemCode, PermitName } from './output-store.ts'
import type { RequestRow } from './request-store.ts'
import {
  type Collected,
  detailsOf,
  type OutputDetails,
  type OutputSummary,
  packageOf,
  type RequestView,
  summaryOf,
  viewOf,
} from './views.ts'

export interface AirlockOptions {
  readonly database: Database
  readonly door: Door
  /** Of the node, as text of at least 32 characters: outputs are encrypted with it. */
  readonly secret: string
  /** Is this person an output checker, and does nothing else that he did in the case stand against it (Art. 55(2))? */
  readonly mayCheck: (person: string, caseId: string) => Promise<boolean>
  /** May still be collected, for the case (a result was published too late, a fee is open); absent: the permit decides. */
  readonly mayCollect?: (caseId: string) => Promise<Result<void>>
  readonly now?: () => Date
}

/** What a checker sends. */
export interface OutputDecision {
  readonly kind: 'approve' | 'refuse' | 'ask'
  readonly words: string
  /** `system|value`. */
  readonly by: string
  /** Of what was looked at. */
  readonly version: string
}

/** What somebody wants to take out, and what for. */
export interface ReleaseWish {
  readonly person: string
  readonly permit: PermitName
  readonly outputs: readonly string[]
  readonly description: string
}

type Code = AirlockProblemCode | OutputProblemCode | DoorProblemCode | 'airlock-closed'

/** For the output checkers. Who may see it the page decides; who may decide, the airlock. */
export interface OutputDesk {
  /** Oldest first. */
  list(state: OutputSummary['state'], limit: number): Promise<readonly OutputSummary[]>
  find(request: string): Promise<OutputDetails | undefined>
  file(request: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  decide(request: string, decision: OutputDecision): Promise<Result<void, string>>
}

export interface Airlock {
  /** An output as it was made, of the process that made it. */
  keep(output: NewOutput): Promise<Result<KeptOutput, OutputProblemCode>>
  outputsOf(permit: PermitName): Promise<readonly KeptOutput[]>
  contentOf(permit: PermitName, output: string): Promise<OutputContent | undefined>
  requestsOf(permit: PermitName): Promise<readonly RequestView[]>
  /** The id of the request. */
  request(wish: ReleaseWish): Promise<Result<string, Code>>
  answer(person: string, request: string, words: string): Promise<Result<void, Code>>
  withdraw(person: string, request: string): Promise<Result<void, Code>>
  /** For persons of the permit, while it holds. */
  collect(person: string, request: string): Promise<Result<Collected, Code>>
  readonly desk: OutputDesk
  /** Deletes outputs that nobody asked to take out for some days. */
  forget(): Promise<number>
}

/** Needs the migrations of ledger and permits, and `airlockMigrations`. */
export function openAirlock(options: AirlockOptions): Airlock {
  const parts = openParts(options)
  const { outputs, requests } = parts
  return {
    keep: outputs.keep,
    outputsOf: outputs.ofPermit,
    async contentOf(permit, output) {
      return (await outputs.contents(permit, [output]))?.[0]?.content
    },
    async requestsOf({ memberState, id }) {
      return (await requests.ofPermit(memberState, id)).map(viewOf)
    },
    request: (wish) => request(parts, wish),
    answer: (person, id, words) => say(parts, person, id, { kind: 'answer', words }),
    withdraw: (person, id) => say(parts, person, id, { kind: 'withdraw' }),
    collect: (person, id) => collect(parts, person, id),
    desk: deskOf(parts),
    forget: outputs.forget,
  }
}

async function request(parts: AirlockParts, wish: ReleaseWish): Promise<Result<string, Code>> {
  const { person, permit: name, outputs: ids, description } = wish
  const permit = await parts.permitOf(name)
  const found = ids.length > LIMITS.airlock.outputsInRequest ? undefined : await parts.outputs.contents(name, ids)
  const [first] = found ?? []
  if (!permit || !found || !first) {
    const next = `Choose results of this permit, ${LIMITS.airlock.outputsInRequest} at most.`
    return failed('airlock-empty', 'Nothing that can leave was chosen.', next)
  }
  const contents = found.map(({ content }) => content)
  const files = contents.flatMap((content, index) => filesOf(content, index + 1, permit.disclosure)).length
  const at = parts.now().toISOString()
  const version = versionOf(contents)
  const row: RequestRow = {
    ...{ id: randomUUID(), member_state: name.memberState, permit: name.id, case_id: permit.caseId },
    ...{ dataset: first.dataset, tool: first.tool, requested_by: person, requested_at: at },
    ...{ description: description.trim(), files, status: 'waiting' },
  }
  const authorised = await parts.throughDoor(row, person, permit, 'request-output')
  if (!authorised.ok) return authorised
  const command: AirlockCommand = { kind: 'request', at, by: person, description, outputs: ids, version }
  const given = await parts.give(undefined, row, command, version)
  return given.ok ? ok(row.id) : given
}

async function say(
  { requests, give, now }: AirlockParts,
  person: string,
  id: string,
  what: { readonly kind: 'answer'; readonly words: string } | { readonly kind: 'withdraw' },
): Promise<Result<void, Code>> {
  const held = await requests.find(id)
  const version = held?.state.requested.version ?? ''
  const given = await give(held, held?.row, { ...what, at: now().toISOString(), by: person }, version)
  return given.ok ? ok(undefined) : given
}

async function collect(parts: AirlockParts, person: string, id: string): Promise<Result<Collected, Code>> {
  const { options, now } = parts
  const held = await parts.requests.find(id)
  const permit = held && (await parts.permitOf(nameOf(held.row)))
  if (!held || !permit) {
    return failed('airlock-unknown', 'There is no such request.', 'Look at the list of requests.')
  }
  const authorised = await parts.throughDoor(held.row, person, permit, 'collect-output')
  if (!authorised.ok) return authorised
  const allowed = (await options.mayCollect?.(held.row.case_id)) ?? ok(undefined)
  if (!allowed.ok) return failed('airlock-closed', allowed.problem.sentence, allowed.problem.next)
  const { outputs, version } = held.state.requested
  const contents = await parts.contentsOf(held.row, outputs)
  if (versionOf(contents) !== version) throw new TypeError('An output is not what was approved.')
  const given = await parts.give(held, held.row, { kind: 'collect', at: now().toISOString(), by: person }, version)
  return given.ok ? ok(packageOf(held, contents, permit, options.door.node)) : given
}

function deskOf({ requests, filesIn, contentsOf, give, now }: AirlockParts): OutputDesk {
  return {
    async list(state, limit) {
      return (await requests.inStatus(state, limit)).map((row) => summaryOf(row, state))
    },
    async find(id) {
      const held = await requests.find(id)
      if (!held || held.state.status === 'withdrawn') return undefined
      return detailsOf(held, held.state.status, await filesIn(held))
    },
    async file(id, name) {
      const held = await requests.find(id)
      if (!held) return undefined
      const contents = await contentsOf(held.row, held.state.requested.outputs)
      const found = contents.map((content, index) => fileBytes(content, index + 1, name))
      return found.find((bytes) => bytes !== undefined)
    },
    async decide(id, { kind, words, by, version }) {
      const held = await requests.find(id)
      const command: AirlockCommand = { kind, words, by, version, at: now().toISOString() }
      const given = await give(held, held?.row, command, version)
      return given.ok ? ok(undefined) : given
    },
  }
}
