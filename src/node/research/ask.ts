/** A question to the nodes of several countries, asked by the body where the application was submitted, and what came of it. */
import { randomUUID } from 'node:crypto'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Analysis } from '#research/analysis/analysis.ts'
import type { AskedState, CoordinatorStore } from '#research/federation/coordinator-store.ts'
import { answerOf, type Merged, merge, NOTHING, type TotalTable, totals } from '#research/federation/merge.ts'
import type { News } from '#research/federation/news.ts'
import { isRegression, regressionRun } from '#research/federation/regression/run.ts'
import { type ToldRegression, toldCounts, toldRegression, toldStates } from '#research/federation/regression/told.ts'
import { type Masked, type SecureTotalTable, totalsOfMasked } from '#research/federation/secure-totals.ts'
import { signTask, TASK, type Task } from '#research/federation/task.ts'
import type { Permit, PurposeCode } from '#research/permits/permit.ts'
import { PERMIT } from '#research/permits/permit-signature.ts'
import type { SigningKey } from '#research/permits/signed-json.ts'
import { verifyJson } from '#research/permits/signed-json.ts'
import { type PermitFetch, permitTextOf } from './permit-exchange.ts'

export interface Question {
  readonly analysis: Analysis
  /** `system|value` of the data user, whom this body vouches for. */
  readonly person: string
  readonly purpose: PurposeCode
  /** One of each Member State that is asked. */
  readonly permits: readonly Pick<Permit, 'memberState' | 'id'>[]
  readonly sums?: Task['sums']
}

export interface AskParts extends PermitFetch {
  readonly body: { readonly id: string; readonly country: string }
  readonly key: SigningKey
  readonly coordinator: CoordinatorStore
  readonly news: News
}

/** How long nodes may take: a node that is down for the night still answers. */
const LIFE_MS = 24 * 3_600_000

/** @returns the task's id. Each node verifies everything again; what is refused here would be refused there. */
export async function askNodes(parts: AskParts, question: Question): Promise<Result<string>> {
  const { body, now, trust } = parts
  if (question.sums === 'secure' && isRegression(question)) return onlyOpenSums()
  const permits: { readonly memberState: string; readonly permit: string }[] = []
  const nodes: Task['nodes'][number][] = []
  for (const wanted of question.permits) {
    const text = await permitTextOf(parts, wanted)
    if (!text.ok) return text
    const [scope] = permitIn(text.value).datasets
    const node = trust.parties().find((one) => one.country === wanted.memberState && one.rights.includes('results'))
    if (!node || !scope) {
      const sentence = `No node of ${wanted.memberState} stands on the lists of the Union.`
      return failed('node-unknown', sentence, 'Ask the body of that Member State.')
    }
    permits.push({ memberState: wanted.memberState, permit: text.value })
    nodes.push({ node: node.id, memberState: wanted.memberState, dataset: scope.dataset })
  }
  const issued = now()
  const task: Task = {
    format: 1,
    id: randomUUID(),
    coordinator: { id: body.id, country: body.country },
    issued: issued.toISOString(),
    notAfter: new Date(issued.getTime() + LIFE_MS).toISOString(),
    nonce: randomUUID(),
    person: question.person,
    purpose: question.purpose,
    ...{ nodes, permits },
    analysis: question.analysis,
    sums: question.sums ?? 'open',
  }
  return sendTask(parts, task)
}

/** Signs and lists it. @returns its id */
export async function sendTask(
  { key, trust, now, coordinator, news }: Pick<AskParts, 'key' | 'trust' | 'now' | 'coordinator' | 'news'>,
  task: Task,
): Promise<Result<string>> {
  const text = await signTask(task, key)
  const verified = await verifyJson(text, TASK, trust, now())
  if (!verified.ok) return verified
  const added = await coordinator.add(verified.value, text)
  if (!added.ok) return added
  news.tell()
  return ok(task.id)
}

function permitIn(text: string): Permit {
  // It was verified when it was fetched or signed.
  const read = PERMIT.read(JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()))
  if (!read.ok) throw new TypeError('What is kept as a permit is none.')
  return read.value
}

/** Masks are of whole numbers; products of ages and days to fifteen digits do not fit into them. */
function onlyOpenSums() {
  const sentence = 'Secure sums carry counts of persons; the sums of a regression cannot be added that way.'
  return failed('secure-sum-unsupported', sentence, 'Ask with open sums: this body then reads the sums of each node.')
}

export interface FederatedAnswer {
  /** Each node that was asked, by name. */
  readonly nodes: readonly AskedState[]
  /** Of the nodes that have answered. */
  readonly tables: readonly TotalTable[]
  /** With secure sums, once all have answered. */
  readonly secure?: readonly SecureTotalTable[]
  /** Of regressions. */
  readonly model?: ToldRegression
}

/** Undefined: no such task. */
export async function answerTo(
  coordinator: CoordinatorStore,
  task: string,
  now: Date,
): Promise<Result<FederatedAnswer> | undefined> {
  const nodes = await coordinator.progress(task, now)
  if (!nodes) return undefined
  const asked = await coordinator.task(task)
  if (asked && isRegression(asked)) return regressionAnswer(coordinator, asked, nodes, now)
  let merged: Merged = NOTHING
  const masked = new Map<string, Masked>()
  for (const { node, outcome } of nodes) {
    if (outcome?.kind === 'masked') masked.set(node, outcome)
    if (outcome?.kind !== 'answered') continue
    const together = merge(merged, answerOf(node, outcome.tables))
    if (!together.ok) return together
    merged = together.value
  }
  const tables = totals(merged)
  if (!tables.ok) return tables
  if (masked.size < nodes.length) return ok({ nodes, tables: tables.value })
  const secure = totalsOfMasked(
    masked,
    nodes.map(({ node }) => node),
  )
  return secure.ok ? ok({ nodes, tables: [], secure: secure.value }) : secure
}

async function regressionAnswer(
  coordinator: CoordinatorStore,
  asked: Task,
  states: readonly AskedState[],
  now: Date,
): Promise<Result<FederatedAnswer>> {
  const run = await regressionRun(coordinator, asked, now)
  const nodes = toldStates(states, run)
  const tables = totals(toldCounts(nodes))
  return tables.ok ? ok({ nodes, tables: tables.value, model: toldRegression(run) }) : tables
}
