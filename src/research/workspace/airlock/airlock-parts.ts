/** What requests and decisions of the airlock have in common: the stores, the permit's door, and how a command is given. */
import { failed, type Result } from '#platform/result/result.ts'
import type { OutputFinding } from '../../disclosure/airlock.ts'
import { type Authorised, authorise, type DoorProblemCode } from '../../permits/authorise.ts'
import type { Access } from '../../permits/check.ts'
import type { DatasetId, Permit } from '../../permits/permit.ts'
import { verifyPermit } from '../../permits/permit-signature.ts'
import { type ResearchRecord, type ResearchStep, researchEvent } from '../../permits/research-event.ts'
import type { AirlockOptions } from './airlock.ts'
import { filesOf, type OutputContent, type OutputFile } from './content.ts'
import { type AirlockCommand, type AirlockEvent, type AirlockProblemCode, decide } from './decide.ts'
import { type OutputStore, openOutputStore, type PermitName } from './output-store.ts'
import { type HeldRequest, openRequestStore, type RequestRow, type RequestStore } from './request-store.ts'

export interface AirlockParts {
  readonly options: AirlockOptions
  readonly outputs: OutputStore
  readonly requests: RequestStore
  readonly now: () => Date
  permitOf(name: PermitName): Promise<Permit | undefined>
  /** Is the person named, and does the permit hold? In the ledger, with what for. */
  throughDoor(
    row: RequestRow,
    person: string,
    permit: Permit,
    action: string,
  ): Promise<Result<Authorised, DoorProblemCode>>
  contentsOf(row: RequestRow, ids: readonly string[]): Promise<readonly OutputContent[]>
  filesIn(held: HeldRequest): Promise<readonly OutputFile[]>
  /** Decides, and writes what was decided, or that it was refused. */
  give(
    held: HeldRequest | undefined,
    row: RequestRow | undefined,
    command: AirlockCommand,
    version: string,
  ): Promise<Result<AirlockEvent, AirlockProblemCode>>
}

export function openParts(options: AirlockOptions): AirlockParts {
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
    const access: Access = {
      ...{ person, purpose: permit.purposes[0] ?? 'e', at: now(), memberState: door.node.country },
      ...{
        dataset: row.dataset as DatasetId,
        tool: row.tool as Permit['tools'][number],
        output: 'statistics' as const,
      },
      // The data are not opened again.
      ...(scope?.release === undefined ? {} : { releases: [scope.release] }),
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
  ): Promise<Result<AirlockEvent, AirlockProblemCode>> {
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

  return { options, outputs, requests, now, permitOf, throughDoor, contentsOf, filesIn, give }
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

export function nameOf(row: RequestRow): PermitName {
  return { memberState: row.member_state, id: row.permit as Permit['id'] }
}
