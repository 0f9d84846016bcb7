/**
 * The coordinator's door. Nodes come to it (they accept no connection), over mutual TLS with a certificate of the trust
 * list; what a node sends is signed besides. `GET work`: tasks and lists of revoked permits, waiting for news if wished.
 */
import { createHash } from 'node:crypto'
import type { Connection } from '#platform/http/connection.ts'
import type { Handler } from '#platform/http/serve.ts'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { PermitStore } from '../permits/permit-store.ts'
import { REVOCATIONS } from '../permits/revocation-list.ts'
import { verifyJson } from '../permits/signed-json.ts'
import type { Right, TrustedParty, TrustList } from '../permits/trust-list.ts'
import type { CoordinatorStore } from './coordinator-store.ts'
import type { News } from './news.ts'
import { NODE_RESULT } from './node-result.ts'

export interface CoordinatorDoor {
  readonly store: CoordinatorStore
  /** Of all bodies whose nodes take part. */
  readonly permits: PermitStore
  readonly trust: TrustList
  /** Rung when a task is added or a list of revocations taken. */
  readonly news: News
  /** Between two looks at the database for what other processes have added; a second unless told. */
  readonly lookMs?: number
  readonly now?: () => Date
  /** Told of each task that a node has answered. */
  readonly onResult?: (task: string) => void
}

export const PATHS = {
  work: '/federation/work',
  results: '/federation/results',
  revocations: '/federation/revocations',
}

/** A request waits so long at most. */
const LONGEST_WAIT_MS = 25_000
const LOOK_MS = 1000

export function coordinatorHandler(door: CoordinatorDoor): Handler {
  return async (request, connection) => {
    const { pathname, searchParams } = new URL(request.url)
    const route = `${request.method} ${pathname}`
    if (route === `GET ${PATHS.work}`) {
      const node = partyOf(door.trust, connection, 'results')
      return node.ok ? work(door, node.value, searchParams, request.signal) : refusal(node.problem)
    }
    if (route === `POST ${PATHS.results}`) {
      const node = partyOf(door.trust, connection, 'results')
      return node.ok ? takeResult(door, node.value, await request.text()) : refusal(node.problem)
    }
    if (route === `POST ${PATHS.revocations}`) {
      const body = partyOf(door.trust, connection, 'permits')
      return body.ok ? takeRevocations(door, body.value, await request.text()) : refusal(body.problem)
    }
    const sentence = 'There is nothing under this address.'
    return refusal({ code: 'address-unknown', sentence, next: 'Ask for /federation/work.' })
  }
}

function partyOf(
  trust: TrustList,
  { certificate }: Connection,
  right: Right,
): Result<TrustedParty, 'party-unknown' | 'party-without-right'> {
  const party = certificate && trust.holderOf(certificate.fingerprint)
  if (!party) {
    const sentence = 'The certificate of the connection is not on the list of trusted parties.'
    return failed('party-unknown', sentence, 'Have it entered there.')
  }
  if (party.rights.includes(right)) return ok(party)
  return failed('party-without-right', `${party.name} has no part in this.`, 'Use the address that is for it.')
}

async function work(
  door: CoordinatorDoor,
  node: TrustedParty,
  asked: URLSearchParams,
  signal: AbortSignal,
): Promise<Response> {
  const now = door.now ?? (() => new Date())
  const after = wholeNumber(asked.get('after'))
  const end = performance.now() + Math.min(wholeNumber(asked.get('wait')) * 1000, LONGEST_WAIT_MS)
  for (;;) {
    const next = door.news.next(Math.min(door.lookMs ?? LOOK_MS, Math.max(0, end - performance.now())))
    const tasks = await door.store.workFor(node.id, after, now())
    const lists = await door.permits.lists()
    const digest = createHash('sha256').update(lists.join('\n')).digest('base64url')
    const changed = digest !== asked.get('lists')
    if (tasks.length > 0 || changed || performance.now() >= end) {
      return json(200, { tasks, digest, ...(changed ? { lists } : {}) }, now())
    }
    await next
    // Whoever has hung up is told nothing; when the process ends, the database may be closed by now.
    if (signal.aborted) return json(200, { tasks: [], digest }, now())
  }
}

async function takeResult(door: CoordinatorDoor, node: TrustedParty, text: string): Promise<Response> {
  const now = door.now?.() ?? new Date()
  const result = await verifyJson(text, NODE_RESULT, door.trust, now)
  if (!result.ok) return refusal(result.problem, now)
  if (result.value.signer.id !== node.id) {
    const sentence = 'The result was signed by another node than the one that sends it.'
    return refusal({ code: 'result-of-another', sentence, next: 'Each node sends its own.' }, now)
  }
  const taken = await door.store.submit(result.value, text, now)
  if (taken.ok) door.onResult?.(result.value.content.task)
  return taken.ok ? json(200, { taken: taken.value }, now) : refusal(taken.problem, now)
}

async function takeRevocations(door: CoordinatorDoor, body: TrustedParty, text: string): Promise<Response> {
  const now = door.now?.() ?? new Date()
  const list = await verifyJson(text, REVOCATIONS, door.trust, now)
  if (!list.ok) return refusal(list.problem, now)
  if (list.value.signer.id !== body.id) {
    const sentence = 'The list was signed by another body than the one that sends it.'
    return refusal({ code: 'list-of-another', sentence, next: 'Each body sends its own.' }, now)
  }
  const taken = await door.permits.accept(list.value, text, now)
  if (!taken.ok) return refusal(taken.problem, now)
  door.news.tell()
  return json(200, { taken: list.value.content.number }, now)
}

const STATUS: Readonly<Record<string, number>> = {
  'party-unknown': 401,
  'party-without-right': 403,
  'result-of-another': 403,
  'list-of-another': 403,
  'address-unknown': 404,
  'task-unknown': 404,
  'task-over': 409,
  'task-other': 409,
  'result-differs': 409,
  'revocations-older': 409,
  'revocations-forked': 409,
}

function refusal(problem: Problem, now = new Date()): Response {
  const { code, sentence, next } = problem
  return json(STATUS[code] ?? 400, { code, sentence, next }, now)
}

/** `date` is the coordinator's clock: nodes hold theirs against it. */
function json(status: number, body: unknown, now: Date): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', date: now.toUTCString() }
  return new Response(JSON.stringify(body), { status, headers })
}

function wholeNumber(text: string | null): number {
  const value = Number(text ?? 0)
  return Number.isSafeInteger(value) && value >= 0 ? value : 0
}
