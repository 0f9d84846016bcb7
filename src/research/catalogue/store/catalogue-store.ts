/**
 * The catalogue in the database: descriptions with their states and versions. Nothing that violates its release is
 * published; every change is a version with who and when.
 */
import type { Transaction } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import { isUniqueViolation } from '#platform/database/problems.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { judge, statedAccess } from '../gate/gate.ts'
import type { DescriptionProblem } from '../gate/problem.ts'
import { withCurrentAddresses } from '../gate/vocabularies.ts'
import { canonicalText } from '../rdf/canonical.ts'
import type { Store } from '../rdf/graph.ts'
import { facetsOf, storable } from './facets.ts'
import type { CatalogueTables } from './migrations.ts'
import { type FoundRecords, findRecords, type RecordQuery } from './search.ts'
import { describedColumns, type RecordState, type StoredRecord, stored, yearAfter } from './stored.ts'

export const OWN = 'own'

export type CatalogueProblemCode =
  | 'catalogue-record-unknown'
  | 'catalogue-record-changed'
  | 'catalogue-record-not-conformant'
  | 'catalogue-record-not-published'

export interface Change {
  readonly iri: string
  /** Who: `system|value`, as sign-in gives it, or the name of the harvester. */
  readonly by: string
  /** The version that the change was made on; another one in the meantime is refused. Absent: whatever it is. */
  readonly onVersion?: number
  /** Default `own`. */
  readonly source?: string
}

export interface Published {
  readonly record: StoredRecord
  /** Warnings, or all that stands against publication. */
  readonly problems: readonly DescriptionProblem[]
}

export interface CatalogueStore {
  /** Saves a draft, conformant or not. What is published stays so until the draft is published in its place. */
  saveDraft(change: Change & { readonly graph: Store }): Promise<Result<StoredRecord, CatalogueProblemCode>>
  /**
   * Publishes what is stored (or `graph`) when it conforms; otherwise nothing changes and the problems come back.
   * `reason` stays with the version: why a label was revoked (Art. 78(4)).
   */
  publish(
    change: Change & { readonly graph?: Store; readonly reason?: string },
  ): Promise<Result<Published, CatalogueProblemCode> & { readonly problems: readonly DescriptionProblem[] }>
  withdraw(change: Change & { readonly reason: string }): Promise<Result<StoredRecord, CatalogueProblemCode>>
  /** EHDS Art. 60(3): the holder has looked at the published description and it is right; the year begins again. */
  confirmReview(change: Change): Promise<Result<StoredRecord, CatalogueProblemCode>>
  /** Published descriptions whose review is due by this day (ISO). */
  dueForReview(day: string, source?: string): Promise<readonly StoredRecord[]>
  find(iri: string, source?: string): Promise<StoredRecord | undefined>
  versions(iri: string, source?: string): Promise<readonly RecordVersion[]>
  search(query: RecordQuery): Promise<FoundRecords>
}

export interface RecordVersion {
  readonly version: number
  readonly state: RecordState
  readonly release: string | undefined
  readonly changed: string
  readonly changedBy: string
  readonly reason: string | undefined
  /** Canonical N-Triples. */
  readonly description: string
}

/** Needs `catalogueMigrations`. */
export function openCatalogue(database: Database, options: { readonly now?: () => Date } = {}): CatalogueStore {
  const kysely = database.kysely.$extendTables<CatalogueTables>()
  const now = options.now ?? (() => new Date())
  const change = async (
    wish: Change,
    work: (current: StoredRecord | undefined) => Result<Next, CatalogueProblemCode>,
  ): Promise<Result<StoredRecord, CatalogueProblemCode>> => {
    try {
      return await inTransaction(kysely, async (transaction) => {
        const current = await locked(transaction, database.dialect, wish)
        if (wish.onVersion !== undefined && current?.version !== wish.onVersion) return changedMeanwhile()
        const next = work(current)
        return next.ok ? ok(await put(transaction, wish, current, next.value, now())) : next
      })
    } catch (error) {
      // Two began the same description: there was no row yet to wait for.
      if (isUniqueViolation(error)) return changedMeanwhile()
      throw error
    }
  }
  const find = async (iri: string, source = OWN) => {
    const query = kysely
      .selectFrom('catalogue_record')
      .selectAll()
      .where('source', '=', storable(source))
      .where('iri', '=', storable(iri))
    const row = await query.executeTakeFirst()
    return row && stored(row)
  }

  return {
    find,
    search: (query) => findRecords(kysely, query),
    saveDraft: (wish) => change(wish, () => ok({ state: 'draft', graph: currentGraph(wish.graph), release: null })),
    async publish(wish) {
      const held = await find(wish.iri, wish.source)
      const graph = wish.graph ? currentGraph(wish.graph) : (held?.draft ?? held?.graph())
      if (graph === undefined) return { ...unknown(), problems: [] }
      const verdict = await judge(graph, wish.iri, { release: 'r8', access: statedAccess(graph, wish.iri) })
      if (!verdict.conforms) return { ...notConformant(verdict.problems), problems: verdict.problems }
      // What was judged is what is published: a draft saved since then is another version.
      const onVersion = wish.onVersion ?? (wish.graph ? undefined : held?.version)
      const guarded = onVersion === undefined ? wish : { ...wish, onVersion }
      const because = wish.reason === undefined ? {} : { reason: wish.reason }
      const done = await change(guarded, () => ok({ state: 'published', graph, release: 'r8', ...because }))
      const { problems } = verdict
      return done.ok ? { ...ok({ record: done.value, problems }), problems } : { ...done, problems }
    },
    withdraw: (wish) =>
      change(wish, (current) =>
        current ? ok({ ...same(current), state: 'withdrawn', reason: wish.reason }) : unknown(),
      ),
    confirmReview: (wish) =>
      change(wish, (current) => {
        if (!current) return unknown()
        if (current.state !== 'published') return notPublished()
        return ok(same(current))
      }),
    async dueForReview(day, source = OWN) {
      const query = kysely.selectFrom('catalogue_record').selectAll().where('source', '=', source)
      const rows = await query
        .where('state', '=', 'published')
        .where('review_due', '<=', day)
        .orderBy('review_due')
        .execute()
      return rows.map(stored)
    },
    async versions(iri, source = OWN) {
      const query = kysely
        .selectFrom('catalogue_version')
        .selectAll()
        .where('source', '=', source)
        .where('iri', '=', iri)
      const rows = await query.orderBy('version', 'desc').execute()
      return rows.map((row) => ({
        version: row.version,
        state: row.state as RecordState,
        release: row.release ?? undefined,
        changed: row.changed,
        changedBy: row.changed_by,
        reason: row.reason ?? undefined,
        description: row.description,
      }))
    },
  }
}

interface Next {
  readonly state: RecordState
  readonly graph: Store
  readonly release: string | null
  /** Kept beside what is published. */
  readonly draft?: Store | undefined
  readonly reason?: string
}

function same(current: StoredRecord): Next {
  return { state: current.state, graph: current.graph(), release: releaseOf(current), draft: current.draft }
}

function currentGraph(graph: Store): Store {
  return withCurrentAddresses(graph).graph
}

function releaseOf({ conformsToRelease }: StoredRecord): string | null {
  return conformsToRelease ?? null
}

async function locked(transaction: Transaction<CatalogueTables>, dialect: string, { iri, source = OWN }: Change) {
  const query = transaction
    .selectFrom('catalogue_record')
    .selectAll()
    .where('source', '=', source)
    .where('iri', '=', iri)
  const row = await (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
  return row && stored(row)
}

async function put(
  transaction: Transaction<CatalogueTables>,
  { iri, source = OWN, by }: Change,
  current: StoredRecord | undefined,
  next: Next,
  moment: Date,
): Promise<StoredRecord> {
  const working = next.state === 'draft' && current?.state === 'published'
  const { record, columns } = describedColumns(working ? current.graph() : next.graph, iri)
  const row = {
    source,
    iri,
    ...columns,
    state: working ? current.state : next.state,
    draft: working ? canonicalText(next.graph) : next.draft ? canonicalText(next.draft) : null,
    version: (current?.version ?? 0) + 1,
    release: working ? releaseOf(current) : next.release,
    changed: moment.toISOString(),
    changed_by: by,
    review_due: working ? current.reviewDue : yearAfter(moment),
    reason: next.reason === undefined ? null : storable(next.reason),
  }
  const key = (table: 'catalogue_record' | 'catalogue_facet') =>
    transaction.deleteFrom(table).where('source', '=', source).where('iri', '=', iri).execute()
  await key('catalogue_record')
  await transaction.insertInto('catalogue_record').values(row).execute()
  await transaction
    .insertInto('catalogue_version')
    .values({
      source,
      iri,
      version: row.version,
      state: next.state,
      release: next.release,
      description: working ? canonicalText(next.graph) : row.description,
      changed: row.changed,
      changed_by: by,
      reason: row.reason,
    })
    .execute()
  await key('catalogue_facet')
  const facets = facetsOf(record).map(([facet, value]) => ({ source, iri, facet, value }))
  if (facets.length > 0) await transaction.insertInto('catalogue_facet').values(facets).execute()
  return stored(row)
}

function unknown(): Result<never, 'catalogue-record-unknown'> {
  return failed('catalogue-record-unknown', 'There is no description with this address.', 'Save it as a draft first.')
}

function changedMeanwhile(): Result<never, 'catalogue-record-changed'> {
  return failed(
    'catalogue-record-changed',
    'Somebody has changed this description in the meantime.',
    'Open it again and make the change on what it says now.',
  )
}

function notPublished(): Result<never, 'catalogue-record-not-published'> {
  return failed('catalogue-record-not-published', 'This description is not published.', 'Publish it first.')
}

function notConformant(problems: readonly DescriptionProblem[]): Result<never, 'catalogue-record-not-conformant'> {
  const count = problems.filter(({ severity }) => severity === 'violation').length
  return failed(
    'catalogue-record-not-conformant',
    `${count === 1 ? 'One thing stands' : `${count} things stand`} against publication.`,
    'Correct what the list says and publish again.',
  )
}
