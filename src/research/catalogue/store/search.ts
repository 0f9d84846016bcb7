/** Finding descriptions: words without accents, facets with their counts, and pages that stay right while things change. */
import type { ExpressionBuilder, Kysely } from 'kysely'
import { FACETS, type Facet, plainWords, storable } from './facets.ts'
import type { CatalogueTables } from './migrations.ts'
import { type RecordState, type StoredRecord, stored } from './stored.ts'

export interface RecordQuery {
  /** All words must occur, as beginnings of words. */
  readonly text?: string
  /** Within a facet any value, across facets all. */
  readonly facets?: Partial<Record<Facet, readonly string[]>>
  /** Default `published`. */
  readonly states?: readonly RecordState[]
  /** Default: all sources. */
  readonly source?: string
  /** `next` of the page before. */
  readonly after?: string
  /** Default 50, at most 500. */
  readonly limit?: number
}

export interface FoundRecords {
  readonly total: number
  readonly records: readonly StoredRecord[]
  /** How many of what was found have each value. */
  readonly facets: ReadonlyMap<Facet, readonly { readonly value: string; readonly count: number }[]>
  /** For `after`, when there is more. */
  readonly next: string | undefined
}

const MOST = 500

export async function findRecords(kysely: Kysely<CatalogueTables>, query: RecordQuery): Promise<FoundRecords> {
  const matching = matches(kysely, query)
  const limit = Math.min(query.limit ?? 50, MOST)
  const page = matching.selectAll('catalogue_record').orderBy('catalogue_record.iri').orderBy('catalogue_record.source')
  const from = query.after === undefined ? page : page.where(behind(storable(query.after)))
  const rows = await from.limit(limit + 1).execute()
  const { total } = await matching
    .select(({ fn }) => fn.countAll<string | number>().as('total'))
    .executeTakeFirstOrThrow()
  const counted = await matching
    .innerJoin('catalogue_facet', (join) =>
      join
        .onRef('catalogue_facet.source', '=', 'catalogue_record.source')
        .onRef('catalogue_facet.iri', '=', 'catalogue_record.iri'),
    )
    .select(['catalogue_facet.facet', 'catalogue_facet.value', ({ fn }) => fn.countAll<string | number>().as('count')])
    .groupBy(['catalogue_facet.facet', 'catalogue_facet.value'])
    .execute()
  const valuesOf = (facet: Facet) =>
    counted
      .filter((one) => one.facet === facet)
      .map(({ value, count }) => ({ value, count: Number(count) }))
      .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1))
  const facets = new Map(FACETS.map((facet) => [facet, valuesOf(facet)]))
  const shown = rows.slice(0, limit)
  return {
    total: Number(total),
    records: shown.map(stored),
    facets,
    next: rows.length > limit ? cursorOf(shown.at(-1)) : undefined,
  }
}

function matches(kysely: Kysely<CatalogueTables>, { text, facets = {}, states = ['published'], source }: RecordQuery) {
  let query = kysely.selectFrom('catalogue_record').where('catalogue_record.state', 'in', [...states])
  if (source !== undefined) query = query.where('catalogue_record.source', '=', source)
  for (const word of plainWords(text ?? '').split(' ')) {
    // Only letters and digits are left, none of which means anything to LIKE.
    if (word !== '') query = query.where('catalogue_record.search_text', 'like', `% ${word}%`)
  }
  for (const [facet, values] of Object.entries(facets)) {
    if (values === undefined || values.length === 0) continue
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('catalogue_facet')
          .select('catalogue_facet.iri')
          .whereRef('catalogue_facet.source', '=', 'catalogue_record.source')
          .whereRef('catalogue_facet.iri', '=', 'catalogue_record.iri')
          .where('catalogue_facet.facet', '=', facet)
          .where('catalogue_facet.value', 'in', values.map(storable)),
      ),
    )
  }
  return query
}

/** An IRI has no spaces. */
function cursorOf(row: { readonly iri: string; readonly source: string } | undefined): string | undefined {
  return row && `${row.iri} ${row.source}`
}

function behind(cursor: string) {
  const [iri = '', source = ''] = cursor.split(' ')
  return ({ eb, and, or }: ExpressionBuilder<CatalogueTables, 'catalogue_record'>) =>
    or([
      eb('catalogue_record.iri', '>', iri),
      and([eb('catalogue_record.iri', '=', iri), eb('catalogue_record.source', '>', source)]),
    ])
}
