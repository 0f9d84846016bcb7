/** The editor: who may change what, in which order; every change remembered. */
import type { Database } from '#platform/database/database.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { parseWork } from './entries.ts'
import { importRows, type WorkImport, type WorkRow } from './importing.ts'
import type { EditorTables } from './migrations.ts'
import {
  type Author,
  changing,
  deleteEntry,
  entryOf,
  eventOf,
  findEntry,
  type WorkChange,
  type WorkRows,
} from './rows.ts'
import { ACTIONS, addEntry, conflict, moveEntry, rewriteEntry, type Seen, unknown } from './rules.ts'
import type { WorkAction, WorkContent, WorkEntry, WorkEvent, WorkStatus } from './work.ts'

export interface EditorOptions {
  /** Whose work, e.g. `PT`. */
  readonly node: string
  /** Several working sets can be open beside each other. Default: `main`. */
  readonly workingSet?: string
  readonly now?: () => Date
}

export interface WorkStep {
  readonly by: string
  readonly note?: string
}

export interface WorkFilter {
  readonly kind?: WorkContent['kind']
  readonly status?: WorkStatus
  readonly system?: string
  readonly code?: string
  readonly language?: string
  /** URL of a map. */
  readonly map?: string
}

export interface WorkCount {
  readonly kind: WorkContent['kind']
  /** Language, or URL of the map. */
  readonly of: string
  readonly status: WorkStatus
  readonly count: number
}

export interface Editor {
  /** In the order of system and code. */
  entries(filter?: WorkFilter): AsyncIterable<WorkEntry>
  counts(): Promise<readonly WorkCount[]>
  /** In the order of the changes; of one entry, or the last ones of all. */
  history(entry?: string, limit?: number): Promise<readonly WorkEvent[]>
  /** @param content checked here (`parseWork`) */
  add(content: unknown, step: WorkStep): Promise<Result<WorkEntry>>
  /** New content is a draft again. */
  change(seen: Seen, content: unknown, step: WorkStep): Promise<Result<WorkEntry>>
  /** `reviewed` and `rejected` by somebody who did not write the content; to reject needs a note. */
  move(seen: Seen, to: WorkStatus, step: WorkStep): Promise<Result<WorkEntry>>
  remove(seen: Seen, step: WorkStep): Promise<Result<void>>
  /** Rows of a file; see importing.ts for what happens to each. */
  importRows(given: Iterable<WorkRow>, step: WorkStep): Promise<Result<WorkImport>>
  get(id: string): Promise<WorkEntry | undefined>
}

/** Needs `editorMigrations`. Rejects with a `ProblemError` when the database fails. */
export async function openEditor(database: Database, options: EditorOptions): Promise<Editor> {
  const { node, workingSet = 'main', now = () => new Date() } = options
  const kysely = database.kysely.$extendTables<EditorTables>()
  await kysely
    .insertInto('terminology_work_set')
    .values({ node, name: workingSet, events: 0 })
    .onConflict((conflict) => conflict.columns(['node', 'name']).doNothing())
    .execute()
  const rows: WorkRows = { kysely, dialect: database.dialect, node, workingSet, now }
  const changingSeen = <T>(seen: Seen, work: (change: WorkChange, entry: WorkEntry) => Promise<Result<T>>) =>
    changing(rows, async (change): Promise<Result<T>> => {
      const entry = await findEntry(change, { id: seen.id })
      if (!entry) return unknown(seen.id)
      return entry.version === seen.version ? work(change, entry) : conflict(entry, seen)
    })
  return {
    entries: (filter = {}) => entriesOf(rows, filter),
    counts: () => countsOf(rows),
    history: (entry, limit) => historyOf(rows, entry, limit),
    get: (id) => changing(rows, (change) => findEntry(change, { id })),
    importRows: (given, step) => checked(step, 'add', async (author) => ok(await importRows(rows, given, author))),
    add: (content, step) =>
      checked(step, 'add', (author) =>
        withContent(content, (sound) => changing(rows, (change) => addEntry(change, sound, author))),
      ),
    change: (seen, content, step) =>
      checked(step, 'change', (author) =>
        withContent(content, (sound) =>
          changingSeen(seen, (change, entry) => rewriteEntry(change, entry, sound, author)),
        ),
      ),
    move: (seen, to, step) =>
      checked(step, ACTIONS[to], (author) =>
        changingSeen(seen, (change, entry) => moveEntry(change, entry, to, author)),
      ),
    remove: (seen, step) =>
      checked(step, 'remove', (author) =>
        changingSeen(seen, async (change, entry) => ok(await deleteEntry(change, entry, author))),
      ),
  }
}

async function checked<T>(
  step: WorkStep,
  action: WorkAction,
  work: (author: Author) => Promise<Result<T>>,
): Promise<Result<T>> {
  const by = step.by.trim()
  const note = step.note?.trim() ?? ''
  const storable = (text: string) => text.isWellFormed() && !text.includes('\0')
  if (by === '' || by.length > 200 || !storable(by)) {
    return failed('terminology-work-person', 'It is not said who makes this change.', 'Give a name (--by NAME).')
  }
  if (action === 'reject' && note === '') {
    return failed('terminology-work-note', 'Whoever rejects an entry says why.', 'Give the reason as a note.')
  }
  if (note.length > 4000 || !storable(note)) {
    return failed('terminology-work-note', 'The note is too long or cannot be stored.', 'Shorten it.')
  }
  return work({ by, action, note })
}

async function withContent<T>(value: unknown, work: (content: WorkContent) => Promise<Result<T>>): Promise<Result<T>> {
  const content = parseWork(value)
  return content.ok ? work(content.value) : content
}

const PAGE = 500

/** Read page by page: a working set may be larger than memory should hold. */
async function* entriesOf(rows: WorkRows, filter: WorkFilter): AsyncGenerator<WorkEntry> {
  let last: EditorTables['terminology_work'] | undefined
  for (;;) {
    let query = rows.kysely
      .selectFrom('terminology_work')
      .selectAll()
      .where('node', '=', rows.node)
      .where('working_set', '=', rows.workingSet)
      .orderBy('system')
      .orderBy('code')
      .orderBy('id')
      .limit(PAGE)
    for (const column of ['kind', 'status', 'system', 'code', 'language'] as const) {
      const wanted = filter[column]
      if (wanted !== undefined) query = query.where(column, '=', wanted)
    }
    if (filter.map !== undefined) query = query.where('kind', '=', 'mapping').where('language', '=', filter.map)
    const after = last
    if (after) {
      query = query.where((row) =>
        row(row.refTuple('system', 'code', 'id'), '>', row.tuple(after.system, after.code, after.id)),
      )
    }
    const page = await query.execute()
    for (const row of page) yield entryOf(row)
    last = page.at(-1)
    if (page.length < PAGE) return
  }
}

async function countsOf(rows: WorkRows): Promise<readonly WorkCount[]> {
  const found = await rows.kysely
    .selectFrom('terminology_work')
    .select(({ fn }) => ['kind', 'language', 'status', fn.countAll().as('count')])
    .where('node', '=', rows.node)
    .where('working_set', '=', rows.workingSet)
    .groupBy(['kind', 'language', 'status'])
    .orderBy('kind')
    .orderBy('language')
    .orderBy('status')
    .execute()
  return found.map(({ kind, language, status, count }) => ({
    kind: kind as WorkContent['kind'],
    of: language,
    status: status as WorkStatus,
    count: Number(count),
  }))
}

async function historyOf(rows: WorkRows, entry: string | undefined, limit = 1000): Promise<readonly WorkEvent[]> {
  let query = rows.kysely
    .selectFrom('terminology_work_event')
    .selectAll()
    .where('node', '=', rows.node)
    .where('working_set', '=', rows.workingSet)
  if (entry !== undefined) query = query.where('entry', '=', entry)
  const found = await query.orderBy('sequence', 'desc').limit(limit).execute()
  return found.reverse().map(eventOf)
}
