/**
 * What a person does in a workspace, from the permit's door to the kept output: a typed question, SQL, or R on data frames made
 * by SQL. Nothing of it leaves here; the airlock is the way out.
 */
import { hash, randomUUID } from 'node:crypto'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { readAnalysis } from '../analysis/read-analysis.ts'
import type { DatasetId, Permit } from '../permits/permit.ts'
import type { DatasetDoor } from '../permits/prepare.ts'
import { permitViews } from '../permits/views.ts'
import type { TableDescription } from '../query/tables.ts'
import type { Airlock } from './airlock/airlock.ts'
import { contentOfAnswer, type OutputContent } from './airlock/content.ts'
import { LIMITS } from './limits.ts'
import { type RFrame, runR } from './r/run-r.ts'
import { type RunSqlOptions, runSql } from './sql/run-sql.ts'
import { type AnalysisMeans, runPermittedAnalysis } from './typed-query/run-permitted-analysis.ts'
import type { Doing, SessionHolder, Workspaces } from './workspace.ts'

export interface WorkspaceWork {
  readonly tool: Permit['tools'][number]
  readonly dataset: DatasetId
  /** SQL, an R script, or an analysis as JSON. */
  readonly text: string
}

/** What a node has for one dataset that is open for workspaces. */
export interface WorkspaceDataset {
  /** Of the release. */
  readonly file: string
  readonly tables: readonly TableDescription[]
  readonly door: DatasetDoor
  readonly means: AnalysisMeans
}

export interface WorkOptions {
  readonly workspaces: Workspaces
  readonly airlock: Airlock
  /** Undefined: the release is not open here. */
  readonly datasetOf: (dataset: DatasetId, release: string | undefined) => WorkspaceDataset | undefined
}

export interface WorkOutput extends Omit<OutputContent, 'released'> {
  /** Of the kept output, for a request to let it out. */
  readonly id: string
}

/** Rejects when ledger or database fail: nothing was shown then. */
export async function runWork(
  { workspaces, airlock, datasetOf }: WorkOptions,
  holder: SessionHolder,
  work: WorkspaceWork,
): Promise<Result<WorkOutput>> {
  const output = work.tool === 'typed-query' ? 'statistics' : 'micro-data'
  const details = { 'query-hash': hash('sha256', work.text) }
  const begun = await workspaces.begin(holder, { dataset: work.dataset, tool: work.tool, output, details })
  if (!begun.ok) return begun
  const doing = begun.value
  let outcome = 'interrupted'
  try {
    const dataset = datasetOf(work.dataset, doing.scope.release)
    const content = dataset ? await contentOf(work, doing, dataset) : NOT_OPEN
    outcome = content.ok ? 'answered' : content.problem.code
    if (!content.ok) return content
    const { signal, permit } = doing
    if (signal.aborted) return STOPPED
    const title = work.text.trim().split('\n')[0] ?? ''
    const { dataset: from, tool } = work
    const kept = await airlock.keep({
      ...{ permit, person: holder.person, dataset: from, tool, title },
      content: content.value,
    })
    if (!kept.ok) return kept
    const { released: _released, ...shown } = content.value
    return ok({ id: kept.value.id, ...shown })
  } finally {
    await doing.end(outcome)
  }
}

function contentOf(work: WorkspaceWork, doing: Doing, dataset: WorkspaceDataset): Promise<Result<OutputContent>> {
  switch (work.tool) {
    case 'typed-query':
      return answerOf(work.text, doing, dataset)
    case 'sql':
      return tableOf(work.text, doing, dataset)
    case 'r':
      return scriptOf(work.text, doing, dataset)
  }
}

async function answerOf(text: string, doing: Doing, { means }: WorkspaceDataset): Promise<Result<OutputContent>> {
  const analysis = readAnalysis(jsonOf(text))
  if (!analysis.ok) return analysis
  const { permit, scope, signal } = doing
  const asked = { analysis: analysis.value, permit, scope, signal, releaseKey: randomUUID() }
  const answer = await runPermittedAnalysis(asked, means)
  return answer.ok ? ok(contentOfAnswer(answer.value)) : answer
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function tableOf(text: string, doing: Doing, dataset: WorkspaceDataset): Promise<Result<OutputContent>> {
  const options = await sqlOptions(doing, dataset)
  if (!options.ok) return options
  const answer = await runSql(text, options.value)
  if (!answer.ok) return answer
  const { columns, rows, complete } = answer.value
  return ok({ tables: [{ name: 'result', columns: columns.map(({ name }) => name), rows, complete }] })
}

/** Tables of the permit whose names stand in the script are its data frames. */
async function scriptOf(text: string, doing: Doing, dataset: WorkspaceDataset): Promise<Result<OutputContent>> {
  const options = await sqlOptions(doing, dataset)
  if (!options.ok) return options
  const words = new Set(text.match(/[a-z_]+/g))
  const frames: RFrame[] = []
  for (const name of [...options.value.views.columns.keys()].filter((table) => words.has(table))) {
    const rows = { rows: LIMITS.r.frameRows }
    const frame = await runSql(`SELECT * FROM ${name}`, { ...options.value, limits: rows })
    if (!frame.ok) return frame
    if (!frame.value.complete) return tooManyRows(name)
    frames.push({ name, ...frame.value })
  }
  const result = await runR(text, { frames, signal: doing.signal })
  return result.ok ? ok({ tables: result.value.tables, text: result.value.text }) : result
}

/** Under the pseudonyms of the permit (EHDS Art. 66(3)), without those who had opted out. */
async function sqlOptions(
  { permit, scope, signal }: Doing,
  { file, tables, door }: WorkspaceDataset,
): Promise<Result<RunSqlOptions>> {
  const optedOut = permit.optOutException === undefined ? await door.optedOut(permit.optOutAsOf) : 'exception'
  const pseudonyms = await door.pseudonyms(permit)
  const views = permitViews({ permit, scope, facts: door.facts, optedOut, pseudonyms, output: 'micro-data' })
  return views.ok ? ok({ file, tables, facts: door.facts, views: views.value, signal }) : views
}

const NOT_OPEN = failed(
  'dataset-not-open',
  'The dataset is not open for workspaces at this node.',
  'Ask its holder to open it.',
)

const STOPPED = failed('query-stopped', 'The work was stopped.', 'Look whether the permit still holds.')

function tooManyRows(name: string): Result<never> {
  const sentence = `The table ${name} has more than ${LIMITS.r.frameRows} rows: no data frame takes them here.`
  return failed('frame-too-large', sentence, 'Make it smaller with SQL, or have the permit narrowed.')
}
