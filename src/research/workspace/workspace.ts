/**
 * The sessions of a workspace. Only persons named in the permit come in, with a second factor; each thing they do passes the
 * permit's door again and stands in the ledger under their name; idleness, the end of the permit and its revocation end
 * the session, and with it what runs (EHDS Art. 73(1)(a), (d), (e)).
 */
import { randomUUID } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { newSecret, secretHash } from '#trust/people/seal.ts'
import { authorise, type Door, type DoorProblemCode, recordRefusal } from '../permits/authorise.ts'
import type { Access } from '../permits/check.ts'
import type { DatasetId, DatasetScope, Permit, PurposeCode } from '../permits/permit.ts'
import { verifyPermit } from '../permits/permit-signature.ts'
import { researchEvent } from '../permits/research-event.ts'
import type { RunningWork } from '../permits/running-work.ts'
import { LIMITS } from './limits.ts'
import type { SecondFactorProblemCode, SecondFactors } from './second-factor/second-factor.ts'
import { openSessionStore, type SessionRow, type WorkspaceSession } from './session-store.ts'

export interface WorkspacesOptions {
  readonly database: Database
  readonly door: Door
  readonly work: RunningWork
  readonly factors: SecondFactors
  /** Releases of a dataset that may answer here, the current one first. */
  readonly releasesOf?: (dataset: DatasetId) => Promise<readonly string[]>
  readonly now?: () => Date
}

/** Who is signed in, and the secret of the session, which only the browser keeps. */
export interface SessionHolder {
  readonly session: string
  /** `system|value`, as sign-in gives it. */
  readonly person: string
}

export interface Entry {
  readonly person: string
  readonly permitText: string
  readonly purpose: PurposeCode
  /** Of the second factor. */
  readonly code: string
}

export interface Entered {
  /** For a cookie; nothing at the node knows it. */
  readonly session: string
  readonly permit: Permit
  /** ISO 8601: then it ends whatever is done. */
  readonly until: string
}

/** What somebody wants to do. */
export type Deed = Pick<Access, 'dataset' | 'tool' | 'output'> & {
  /** For the ledger: hash of the query, name of the output. No value of a person. */
  readonly details?: Readonly<Record<string, string>>
}

/** What may be done now. */
export interface Doing {
  readonly permit: Permit
  readonly scope: DatasetScope
  /** Aborted when the permit no longer holds. */
  readonly signal: AbortSignal
  end(outcome: string): Promise<void>
}

export type SessionProblemCode = 'session-unknown' | 'session-ended'

export interface Workspaces {
  enter(entry: Entry): Promise<Result<Entered, DoorProblemCode | SecondFactorProblemCode>>
  /** Without counting as activity: a page may look whether it still holds. */
  look(holder: SessionHolder): Promise<Result<WorkspaceSession, SessionProblemCode>>
  /** Rejects when the ledger does not take the entry: nothing may be done then. */
  begin(holder: SessionHolder, deed: Deed): Promise<Result<Doing, SessionProblemCode | DoorProblemCode>>
  leave(holder: SessionHolder): Promise<void>
  /** Ends every session that no longer may be: called after a list of revoked permits was accepted, and now and then. */
  sweep(): Promise<readonly WorkspaceSession[]>
  /** Newest first, ended ones too. */
  sessionsOf(permit: Pick<Permit, 'memberState' | 'id'>): Promise<readonly WorkspaceSession[]>
}

/** Needs the migrations of ledger and permits, `secondFactorMigrations` and `sessionMigrations`. */
export function openWorkspaces(options: WorkspacesOptions): Workspaces {
  const { database, door, work, factors, releasesOf = async () => [], now = () => new Date() } = options
  const store = openSessionStore(database)

  /** The session as it is now: one whose time is over is ended by the look. */
  async function alive({ session, person }: SessionHolder): Promise<Result<SessionRow, SessionProblemCode>> {
    const row = await store.find(secretHash(session))
    if (!row || row.person !== person) return unknown()
    const reason = row.ended === null ? timeProblem(row, now()) : (row.reason ?? 'ended')
    if (reason === undefined) return ok(row)
    if (row.ended === null) await close(row, reason)
    return ended(reason)
  }

  /** Once: whoever ends it first says so in the ledger. */
  async function close(row: SessionRow, reason: string): Promise<void> {
    if (await store.end(row.hash, now(), reason)) await door.ledger.append(sessionEvent(row, 'workspace-left', reason))
  }

  function sessionEvent(row: SessionRow, step: 'workspace-entered' | 'workspace-left', reason?: string) {
    const details = { session: row.id, ...(reason === undefined ? {} : { reason }) }
    const person = { identifier: row.person }
    return researchEvent({ step, recorded: now(), node: door.node, person, permit: row.permit, details })
  }

  async function doorFor(row: SessionRow, deed: Deed) {
    const { dataset, tool, output, details = {} } = deed
    const access: Access = {
      ...{ person: row.person, purpose: row.purpose, at: now(), memberState: door.node.country },
      ...{ dataset, tool, output, releases: await releasesOf(dataset) },
    }
    const text = await door.permits.permitText(row.member_state, row.permit)
    return authorise(door, text ?? '', access, { session: row.id, ...details })
  }

  return {
    async enter({ person, permitText, purpose, code }) {
      const read = await verifyPermit(permitText, door.trust, now())
      const [scope] = read.ok ? read.value.content.datasets : []
      const [tool = 'typed-query'] = read.ok ? read.value.content.tools : []
      const dataset = scope?.dataset ?? ('' as DatasetId)
      const release = scope?.release
      const access: Access = {
        ...{ person, purpose, at: now(), memberState: door.node.country, dataset, tool, output: 'statistics' },
        // Nothing is opened yet.
        ...(release === undefined ? {} : { releases: [release] }),
      }
      const authorised = await authorise(door, permitText, access, { action: 'enter-workspace' })
      if (!authorised.ok) return authorised
      const permit = authorised.value.permit.content
      const factor = await factors.verify(person, code)
      if (!factor.ok) return recordRefusal(door, permit, access, factor.problem, { action: 'enter-workspace' })
      const session = newSecret()
      const row = newRow(session, permit, { person, purpose }, now())
      await door.ledger.append(sessionEvent(row, 'workspace-entered'), (transaction) => store.add(row, transaction))
      return ok({ session, permit, until: row.until })
    },
    async look(holder) {
      const row = await alive(holder)
      return row.ok ? ok(store.shown(row.value)) : row
    },
    async begin(holder, deed) {
      const row = await alive(holder)
      if (!row.ok) return row
      if (!(await store.touch(row.value.hash, now()))) return ended('ended')
      const authorised = await doorFor(row.value, deed)
      if (!authorised.ok) {
        if (ENDS_SESSION.test(authorised.problem.code)) await close(row.value, authorised.problem.code)
        return authorised
      }
      const { permit, scope } = authorised.value
      const job = await work.begin(permit.content, { dataset: deed.dataset, tool: deed.tool })
      return ok({
        permit: permit.content,
        scope,
        signal: job.signal,
        async end(outcome) {
          await job.end(outcome)
          // Waiting for an answer is no idleness.
          await store.touch(row.value.hash, now())
        },
      })
    },
    async leave(holder) {
      const row = await alive(holder)
      if (row.ok) await close(row.value, 'left')
    },
    async sweep() {
      const open = await store.open()
      const gone: WorkspaceSession[] = []
      for (const row of open) {
        const reason = timeProblem(row, now()) ?? (await permitProblem(door, row, now()))?.code
        if (reason === undefined) continue
        await close(row, reason)
        gone.push(store.shown({ ...row, ended: now().toISOString(), reason }))
      }
      return gone
    },
    sessionsOf: ({ memberState, id }) => store.ofPermit(memberState, id),
  }
}

/** Refusals that are about the permit or the person, not about what was asked. */
const ENDS_SESSION = /^permit-(expired|revoked|suspended|person|other-country)$|^revocations-/

function newRow(
  session: string,
  permit: Permit,
  { person, purpose }: Pick<Entry, 'person' | 'purpose'>,
  now: Date,
): SessionRow {
  const longest = new Date(now.getTime() + LIMITS.session.longestHours * 3_600_000)
  const until = new Date(Math.min(longest.getTime(), Date.parse(permit.until))).toISOString()
  const entered = now.toISOString()
  const same = { id: randomUUID(), hash: secretHash(session), member_state: permit.memberState, permit: permit.id }
  return { ...same, person, purpose, entered, used: entered, until, ended: null, reason: null }
}

function timeProblem({ used, until }: SessionRow, now: Date): 'idle' | 'time-over' | undefined {
  if (now.toISOString() >= until) return 'time-over'
  return now.getTime() - Date.parse(used) > LIMITS.session.idleMinutes * 60_000 ? 'idle' : undefined
}

async function permitProblem(door: Door, row: SessionRow, now: Date): Promise<Problem | undefined> {
  const text = await door.permits.permitText(row.member_state, row.permit)
  const permit = await verifyPermit(text ?? '', door.trust, now)
  if (!permit.ok) return permit.problem
  const standing = await door.permits.standingOf(permit.value.content, now)
  return standing.ok ? undefined : standing.problem
}

function unknown() {
  const sentence = 'This session is not known here.'
  return failed<SessionProblemCode>('session-unknown', sentence, 'Enter the workspace again.')
}

const REASONS: Readonly<Record<string, string>> = {
  idle: 'nothing was done for some minutes',
  'time-over': 'its time was over',
  left: 'it was left',
}

function ended(reason: string) {
  const sentence = `The session has ended: ${REASONS[reason] ?? 'the permit no longer holds'}.`
  return failed<SessionProblemCode>('session-ended', sentence, 'Enter the workspace again.')
}
