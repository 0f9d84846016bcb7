/** Rows of a file → changes of the working set. Forward only: a stale file takes nothing back. */
import { failed, type Problem, type Result } from '#platform/result/result.ts'
import { parseWork } from './entries.ts'
import { type Author, changing, findEntry, type WorkChange, type WorkRows } from './rows.ts'
import { ACTIONS, addEntry, conflict, moveEntry, rewriteEntry } from './rules.ts'
import { isSameContent, keyOf, type WorkAction, type WorkContent, type WorkEntry, type WorkStatus } from './work.ts'

/** One row of a file, as it is written there. */
export interface WorkRow {
  readonly file?: string
  readonly line: number
  /** Entry and version that the file was exported from. */
  readonly id?: string
  readonly version?: number
  /** To be checked; `undefined` when the row has no term yet. */
  readonly content: unknown
  readonly status?: WorkStatus
  readonly note?: string
}

export interface WorkImport {
  readonly rows: number
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  /** Rows without a term. */
  readonly empty: number
  /** By the state that entries were moved to. */
  readonly moved: Readonly<Partial<Record<WorkStatus, number>>>
  /** The file says reviewed, but who imports it wrote the content: left in review. */
  readonly awaiting: number
  /** Rows that were left out, with their line. */
  readonly problems: readonly Problem[]
}

type Outcome = { -readonly [Key in 'added' | 'changed' | 'unchanged' | 'empty' | 'awaiting']: number } & {
  rows: number
  moved: Partial<Record<WorkStatus, number>>
  problems: Problem[]
}

const BATCH = 500

/** Each row stands for itself: a bad one is told and left out, the others are imported. */
export async function importRows(
  rows: WorkRows,
  given: Iterable<WorkRow>,
  step: { readonly by: string; readonly note: string },
): Promise<WorkImport> {
  const total = noOutcome()
  let batch: WorkRow[] = []
  const flush = async () => {
    const some = batch
    batch = []
    // Counted anew when the database asks for another attempt.
    const outcome = await changing(rows, async (change) => {
      const counted = noOutcome()
      for (const row of some) await importRow(change, row, step, counted)
      return counted
    })
    addUp(total, outcome)
  }
  for (const row of given) {
    batch.push(row)
    if (batch.length === BATCH) await flush()
  }
  if (batch.length > 0) await flush()
  return total
}

function noOutcome(): Outcome {
  return { rows: 0, added: 0, changed: 0, unchanged: 0, empty: 0, awaiting: 0, moved: {}, problems: [] }
}

function addUp(total: Outcome, more: Outcome): void {
  for (const key of ['rows', 'added', 'changed', 'unchanged', 'empty', 'awaiting'] as const) total[key] += more[key]
  for (const [status, count] of Object.entries(more.moved)) {
    const known = status as WorkStatus
    total.moved[known] = (total.moved[known] ?? 0) + count
  }
  total.problems.push(...more.problems)
}

async function importRow(
  change: WorkChange,
  row: WorkRow,
  step: { readonly by: string; readonly note: string },
  counted: Outcome,
): Promise<void> {
  const author = (action: WorkAction): Author => ({ ...step, note: row.note ?? step.note, action })
  const refuse = (problem: Problem) => {
    const place = { ...(row.file !== undefined && { file: row.file }), line: row.line }
    counted.problems.push({ ...problem, place })
  }
  counted.rows += 1
  if (row.content === undefined) {
    counted.empty += 1
    return
  }
  const content = parseWork(row.content)
  if (!content.ok) return refuse(content.problem)
  const known = await knownEntry(change, row, content.value)
  const stored = await store(change, row, known, content.value, author)
  if (!stored.ok) return refuse(stored.problem)
  if (!known) counted.added += 1
  else if (stored.value.version === known.version) counted.unchanged += 1
  else counted.changed += 1
  const seen = !known || row.version === undefined || row.version === known.version
  const moved = await advance(change, stored.value, row, seen, author, counted)
  if (!moved.ok) refuse(moved.problem)
}

async function knownEntry(change: WorkChange, row: WorkRow, content: WorkContent): Promise<WorkEntry | undefined> {
  const named = row.id === undefined ? undefined : await findEntry(change, { id: row.id })
  return named ?? (await findEntry(change, { identity: keyOf(content) }))
}

async function store(
  change: WorkChange,
  row: WorkRow,
  known: WorkEntry | undefined,
  content: WorkContent,
  author: (action: WorkAction) => Author,
): Promise<Result<WorkEntry>> {
  if (!known) return addEntry(change, content, author('add'))
  if (isSameContent(known.content, content)) return { ok: true, value: known }
  if (row.version !== undefined && row.version !== known.version) {
    return conflict(known, { id: known.id, version: row.version })
  }
  return rewriteEntry(change, known, content, author('change'))
}

const RANK: Readonly<Record<WorkStatus, number>> = { draft: 0, rejected: 0, 'in-review': 1, reviewed: 2 }

/** Brings an entry as far as the row says and the rules let. `seen`: the version that the file was made from is the last. */
async function advance(
  change: WorkChange,
  entry: WorkEntry,
  row: WorkRow,
  seen: boolean,
  author: (action: WorkAction) => Author,
  counted: Outcome,
): Promise<Result<WorkEntry>> {
  const wanted = row.status
  if (wanted === undefined || wanted === entry.status) return { ok: true, value: entry }
  if (wanted !== 'rejected' && RANK[wanted] <= RANK[entry.status]) return { ok: true, value: entry }
  // Nobody reviews what he has not seen.
  if (!seen) return conflict(entry, { id: entry.id, version: row.version ?? 0 })
  if (wanted === 'rejected' && author('reject').note === '') {
    return failed('terminology-work-note', 'Whoever rejects an entry says why.', 'Give the reason as a note.')
  }
  let at = entry
  for (const to of wanted === 'in-review' ? [wanted] : (['in-review', wanted] as const)) {
    if (to === 'in-review' && RANK[at.status] >= 1) continue
    const moved = await moveEntry(change, at, to, author(ACTIONS[to]))
    if (!moved.ok && moved.problem.code === 'terminology-work-same-person') {
      counted.awaiting += 1
      return { ok: true, value: at }
    }
    if (!moved.ok) return moved
    at = moved.value
    counted.moved[to] = (counted.moved[to] ?? 0) + 1
  }
  return { ok: true, value: at }
}
