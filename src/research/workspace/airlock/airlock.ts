/**
 * The only way out of a workspace (EHDS Art. 73(2)): outputs are kept encrypted, asked for, checked by rule, decided on by a
 * person, and collected. Each step is in the ledger before it counts.
 */
import { randomUUID } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { OutputFinding } from '../../disclosure/airlock.ts'
import { authorise, type Door, type DoorProblemCode } from '../../permits/authorise.ts'
import type { DatasetId, Permit } from '../../permits/permit.ts'
import { verifyPermit } from '../../permits/permit-signature.ts'
import { type ResearchRecord, type ResearchStep, researchEvent } from '../../permits/research-event.ts'
import { LIMITS } from '../limits.ts'
import { fileBytes, filesOf, type OutputContent, type OutputFile, versionOf } from './content.ts'
import { type AirlockCommand, type AirlockEvent, type AirlockProblemCode, decide } from './decide.ts'
import {
  type KeptOutput,
  type NewOutput,
  type OutputProblemCode,
  openOutputStore,
  type PermitName,
} from './output-store.ts'
import { type HeldRequest, openRequestStore, type RequestRow } from './request-store.ts'
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

type Code = AirlockProblemCode | OutputProblemCode | DoorProblemCode | 'airlock-closed'

export interface Airlock {
  /** An output as it was made, of the process that made it. */
  keep(output: NewOutput): Promise<Result<KeptOutput, OutputProblemCode>>
  outputsOf(permit: PermitName): Promise<readonly KeptOutput[]>
  contentOf(permit: PermitName, output: string): Promise<OutputContent | undefined>
  requestsOf(permit: PermitName): Promise<readonly RequestView[]>
  request(wish: {
    readonly person: string
    readonly permit: PermitName
    readonly outputs: readonly string[]
    readonly description: string
  }): Promise<Result<string, Code>>
  answer(person: string, request: string, words: string): Promise<Result<void, Code>>
  withdraw(person: string, request: string): Promise<Result<void, Code>>
  /** For persons of the permit, while it holds. */
  collect(person: string, request: string): Promise<Result<Collected, Code>>
  /** For the desk of the output checkers. */
  readonly desk: {
    list(state: OutputSummary['state'], limit: number): Promise<readonly OutputSummary[]>
    find(request: string): Promise<OutputDetails | undefined>
    file(request: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined>
    decide(request: string, decision: OutputDecision): Promise<Result<void, string>>
  }
  /** Deletes outputs that nobody asked to take out for some days. */
  forget(): Promise<number>
}

/** Needs the migrations of ledger and permits, and `airlockMigrations`. */
export function openAirlock(options: AirlockOptions): Airlock {
  const { database, door, secret, mayCheck, now = () => new Date() } = options
  const outputs = openOutputStore(database, secret, now)
  const requests = openRequestStore(database, door.ledger)

  async function permitOf({ memberState, id }: PermitName): Promise<Permit | undefined> {
    const text = await door.permits.permitText(memberState, id)
    const permit = await verifyPermit(text ?? '', door.trust, now())
    return permit.ok ? permit.value.content : undefined
  }

  /** Is the person named, and does the permit hold? In the ledger, with what for. */
  async function throughDoor(row: RequestRow, person: string, permit: Permit, action: string) {
    const scope = permit.datasets.find(({ dataset }) => dataset === row.dataset)
    const text = await door.permits.permitText(row.member_state, row.permit)
    const access = {
      ...{ person, purpose: permit.purposes[0] ?? 'e', at: now(), memberState: door.node.country },
      ...{
        dataset: row.dataset as DatasetId,
        tool: row.tool as Permit['tools'][number],
        output: 'statistics' as const,
      },
      ...(scope?.release === undefined ? {} : { release: scope.release }),
    }
    return authorise(door, text ?? '', access, { action, request: row.id })
  }

  async function contentsOf(row: RequestRow, ids: readonly string[]): Promise<readonly OutputContent[]> {
    const found = await outputs.contents(nameOf(row), ids)
    return (found ?? []).map(({ content }) => content)
  }

  async function filesIn({ row, state }: HeldRequest): Promise<readonly OutputFile[]> {
    const permit = await permitOf(nameOf(row))
    if (!permit) return []
    const contents = await contentsOf(row, state.requested.outputs)
    return contents.flatMap((content, index) => filesOf(content, index + 1, permit.disclosure))
  }

  /** Decides, and writes what was decided, or that it was refused. */
  async function give(
    held: HeldRequest | undefined,
    row: RequestRow | undefined,
    command: AirlockCommand,
    version: string,
  ): Promise<Result<AirlockEvent, Code>> {
    const permit = row && (await permitOf(nameOf(row)))
    if (!row || !permit) return failed('airlock-unknown', 'There is no such request.', 'Look at the list of requests.')
    const findings: readonly OutputFinding[] = held ? (await filesIn(held)).flatMap((file) => file.findings) : []
    const decided = decide(held?.state, command, {
      listed: new Set(permit.persons.map(({ identifier }) => identifier)),
      mayCheck: await mayCheck(command.by, row.case_id),
      findings,
    })
    const record: ResearchRecord = {
      step: STEPS[command.kind],
      recorded: now(),
      node: door.node,
      ...{ person: { identifier: command.by }, permit: row.permit, dataset: row.dataset },
      details: { request: row.id, decision: command.kind, version },
    }
    if (!decided.ok) {
      await door.ledger.append(researchEvent({ ...record, refused: decided.problem }))
      return decided
    }
    const written = await requests.append(row, held, decided.value, record)
    return written ? decided : failed('airlock-changed', 'Somebody else was faster.', 'Look at the request again.')
  }

  async function said(
    person: string,
    id: string,
    command: { readonly kind: 'answer' | 'withdraw'; readonly words: string },
  ) {
    const held = await requests.find(id)
    const version = held?.state.requested.version ?? ''
    const given = await give(held, held?.row, { ...command, at: now().toISOString(), by: person }, version)
    return given.ok ? ok(undefined) : given
  }

  return {
    keep: outputs.keep,
    outputsOf: outputs.ofPermit,
    async contentOf(permit, output) {
      return (await outputs.contents(permit, [output]))?.[0]?.content
    },
    async requestsOf({ memberState, id }) {
      return (await requests.ofPermit(memberState, id)).map(viewOf)
    },
    async request({ person, permit: name, outputs: ids, description }) {
      const permit = await permitOf(name)
      const found = ids.length > LIMITS.airlock.outputsInRequest ? undefined : await outputs.contents(name, ids)
      const [first] = found ?? []
      if (!permit || !found || !first) {
        const next = `Choose results of this permit, ${LIMITS.airlock.outputsInRequest} at most.`
        return failed('airlock-empty', 'Nothing that can leave was chosen.', next)
      }
      const contents = found.map(({ content }) => content)
      const files = contents.flatMap((content, index) => filesOf(content, index + 1, permit.disclosure)).length
      const at = now().toISOString()
      const version = versionOf(contents)
      const row: RequestRow = {
        ...{ id: randomUUID(), member_state: name.memberState, permit: name.id, case_id: permit.caseId },
        ...{ dataset: first.dataset, tool: first.tool, requested_by: person, requested_at: at },
        ...{ description: description.trim(), files, status: 'waiting' },
      }
      const authorised = await throughDoor(row, person, permit, 'request-output')
      if (!authorised.ok) return authorised
      const command: AirlockCommand = { kind: 'request', at, by: person, description, outputs: ids, version }
      const given = await give(undefined, row, command, version)
      return given.ok ? ok(row.id) : given
    },
    answer: (person, id, words) => said(person, id, { kind: 'answer', words }),
    withdraw: (person, id) => said(person, id, { kind: 'withdraw', words: '' }),
    async collect(person, id) {
      const held = await requests.find(id)
      const permit = held && (await permitOf(nameOf(held.row)))
      if (!held || !permit)
        return failed('airlock-unknown', 'There is no such request.', 'Look at the list of requests.')
      const authorised = await throughDoor(held.row, person, permit, 'collect-output')
      if (!authorised.ok) return authorised
      const allowed = (await options.mayCollect?.(held.row.case_id)) ?? ok(undefined)
      if (!allowed.ok) return failed('airlock-closed', allowed.problem.sentence, allowed.problem.next)
      const contents = await contentsOf(held.row, held.state.requested.outputs)
      const { version } = held.state.requested
      if (versionOf(contents) !== version) throw new TypeError('An output is not what was approved.')
      const given = await give(held, held.row, { kind: 'collect', at: now().toISOString(), by: person }, version)
      return given.ok ? ok(packageOf(held, contents, permit, door.node)) : given
    },
    desk: {
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
    },
    forget: outputs.forget,
  }
}

const STEPS: Readonly<Record<AirlockCommand['kind'], ResearchStep>> = {
  request: 'output-requested',
  ask: 'output-decided',
  approve: 'output-decided',
  refuse: 'output-decided',
  answer: 'output-requested',
  withdraw: 'output-requested',
  collect: 'output-collected',
}

function nameOf(row: RequestRow): PermitName {
  return { memberState: row.member_state, id: row.permit as Permit['id'] }
}
