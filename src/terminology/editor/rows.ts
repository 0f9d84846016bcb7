/** Rows of the editor, read and changed inside the transaction of one change. */
import { randomUUID } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { type Dialect, inTransaction } from '#platform/database/database.ts'
import type { EditorTables } from './migrations.ts'
import {
  keyOf,
  type WorkAction,
  type WorkContent,
  type WorkEntry,
  type WorkEvent,
  type WorkState,
  type WorkStatus,
} from './work.ts'

export interface WorkRows {
  readonly kysely: Kysely<EditorTables>
  readonly dialect: Dialect
  readonly node: string
  readonly workingSet: string
  readonly now: () => Date
}

export interface WorkChange {
  readonly rows: WorkRows
  readonly transaction: Transaction<EditorTables>
  readonly at: string
  /** Written together at the end of the change. */
  readonly events: EditorTables['terminology_work_event'][]
  /** Sequence of the last event before this change. */
  readonly last: number
}

/** Alone on this working set until it ends. */
export function changing<T>(rows: WorkRows, work: (change: WorkChange) => Promise<T>): Promise<T> {
  return inTransaction(rows.kysely, async (transaction) => {
    const row = transaction
      .selectFrom('terminology_work_set')
      .selectAll()
      .where('node', '=', rows.node)
      .where('name', '=', rows.workingSet)
    // SQLite: the transaction holds the only write lock already.
    const { events: last } = await (rows.dialect === 'postgres' ? row.forUpdate() : row).executeTakeFirstOrThrow()
    const change: WorkChange = { rows, transaction, at: rows.now().toISOString(), events: [], last: Number(last) }
    const result = await work(change)
    await writeEvents(change)
    return result
  })
}

/** PostgreSQL takes 65,535 values in one statement, SQLite 32,766. */
const TOGETHER = 1000

async function writeEvents({ rows, transaction, events, last }: WorkChange): Promise<void> {
  if (events.length === 0) return
  for (let from = 0; from < events.length; from += TOGETHER) {
    await transaction
      .insertInto('terminology_work_event')
      .values(events.slice(from, from + TOGETHER))
      .execute()
  }
  await transaction
    .updateTable('terminology_work_set')
    .set({ events: last + events.length })
    .where('node', '=', rows.node)
    .where('name', '=', rows.workingSet)
    .execute()
}

export interface Author {
  readonly by: string
  readonly action: WorkAction
  readonly note: string
}

type EntryRow = EditorTables['terminology_work']

export async function insertEntry(change: WorkChange, content: WorkContent, author: Author): Promise<WorkEntry> {
  const entry: WorkEntry = {
    id: randomUUID(),
    version: 1,
    status: 'draft',
    content,
    authors: [author.by],
    changedAt: change.at,
  }
  const { node, workingSet } = change.rows
  const row = { node, working_set: workingSet, id: entry.id, ...columnsOf(entry) }
  await change.transaction.insertInto('terminology_work').values(row).execute()
  noteEvent(change, entry.id, author, undefined, entry)
  return entry
}

export type Successor = Pick<WorkEntry, 'status' | 'content' | 'authors' | 'reviewer'>

/** Puts the next state of an entry in its place and remembers both. */
export async function replaceEntry(
  change: WorkChange,
  before: WorkEntry,
  next: Successor,
  author: Author,
): Promise<WorkEntry> {
  const { reviewer, ...rest } = next
  const after: WorkEntry = {
    id: before.id,
    version: before.version + 1,
    changedAt: change.at,
    ...rest,
    ...(reviewer === undefined ? {} : { reviewer }),
  }
  const { node, workingSet } = change.rows
  await change.transaction
    .updateTable('terminology_work')
    .set(columnsOf(after))
    .where('node', '=', node)
    .where('working_set', '=', workingSet)
    .where('id', '=', before.id)
    .execute()
  noteEvent(change, before.id, author, before, after)
  return after
}

export async function deleteEntry(change: WorkChange, before: WorkEntry, author: Author): Promise<void> {
  const { node, workingSet } = change.rows
  await change.transaction
    .deleteFrom('terminology_work')
    .where('node', '=', node)
    .where('working_set', '=', workingSet)
    .where('id', '=', before.id)
    .execute()
  noteEvent(change, before.id, author, before, undefined)
}

export async function findEntry(
  { rows, transaction }: WorkChange,
  by: { readonly id: string } | { readonly identity: string },
): Promise<WorkEntry | undefined> {
  const query = transaction
    .selectFrom('terminology_work')
    .selectAll()
    .where('node', '=', rows.node)
    .where('working_set', '=', rows.workingSet)
  const row = await ('id' in by
    ? query.where('id', '=', by.id)
    : query.where('identity', '=', by.identity)
  ).executeTakeFirst()
  return row && entryOf(row)
}

function noteEvent(
  { rows, at, events, last }: WorkChange,
  entry: string,
  { by, action, note }: Author,
  before: WorkState | undefined,
  after: WorkState | undefined,
): void {
  const { node, workingSet } = rows
  events.push({
    node,
    working_set: workingSet,
    sequence: last + events.length + 1,
    entry,
    at,
    person: by,
    action,
    state_before: stateText(before),
    state_after: stateText(after),
    note,
  })
}

function stateText(state: WorkState | undefined): string | null {
  return state ? JSON.stringify({ version: state.version, status: state.status, content: state.content }) : null
}

function columnsOf(entry: WorkEntry) {
  const { content } = entry
  return {
    identity: keyOf(content),
    kind: content.kind,
    system: content.kind === 'designation' ? content.system : content.sourceSystem,
    code: content.kind === 'designation' ? content.code : content.sourceCode,
    language: content.kind === 'designation' ? content.language : content.map,
    status: entry.status,
    version: entry.version,
    content: JSON.stringify(content),
    authors: JSON.stringify(entry.authors),
    reviewer: entry.reviewer ?? null,
    changed_at: entry.changedAt,
  }
}

/** The JSON columns were written by this program only. */
export function entryOf(row: EntryRow): WorkEntry {
  return {
    id: row.id,
    version: Number(row.version),
    status: row.status as WorkStatus,
    content: JSON.parse(row.content) as WorkContent,
    authors: JSON.parse(row.authors) as readonly string[],
    ...(row.reviewer === null ? {} : { reviewer: row.reviewer }),
    changedAt: row.changed_at,
  }
}

export function eventOf(row: EditorTables['terminology_work_event']): WorkEvent {
  const state = (key: 'before' | 'after', json: string | null) =>
    json === null ? {} : { [key]: JSON.parse(json) as WorkState }
  return {
    sequence: Number(row.sequence),
    entry: row.entry,
    at: row.at,
    by: row.person,
    action: row.action as WorkAction,
    ...state('before', row.state_before),
    ...state('after', row.state_after),
    note: row.note,
  }
}
