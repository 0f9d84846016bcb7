/** A description as the store gives it, and what can be wrong with a wish to change it. */
import { hash } from 'node:crypto'
import type { Selectable } from 'kysely'
import { Parser } from 'n3'
import { statedAccess } from '../gate/gate.ts'
import type { AccessRights, Release } from '../gate/shapes.ts'
import { canonicalText } from '../rdf/canonical.ts'
import { Store } from '../rdf/graph.ts'
import type { DatasetRecord } from '../record/dataset-record.ts'
import { readRecord } from '../record/read-record.ts'
import { searchText, titleOf } from './facets.ts'
import type { CatalogueTables } from './migrations.ts'

export type RecordState = 'draft' | 'published' | 'withdrawn'

export interface StoredRecord {
  /** Whose catalogue: `own`, or the country it was harvested from. */
  readonly source: string
  readonly iri: string
  readonly state: RecordState
  readonly version: number
  readonly conformsToRelease: Release | undefined
  readonly access: AccessRights
  readonly title: string
  readonly changed: string
  readonly changedBy: string
  /** EHDS Art. 60(3); ISO day. */
  readonly reviewDue: string
  readonly reason: string | undefined
  readonly hash: string
  /** What is being worked on while another version is published. */
  readonly draft: Store | undefined
  /** The triples; parsed when asked for. */
  graph(): Store
  record(): DatasetRecord
}

type Row = Selectable<CatalogueTables['catalogue_record']>

export function stored(row: Row): StoredRecord {
  const graph = () => triplesOf(row.description)
  return {
    source: row.source,
    iri: row.iri,
    state: row.state as RecordState,
    version: row.version,
    conformsToRelease: (row.release ?? undefined) as Release | undefined,
    access: row.access as AccessRights,
    title: row.title,
    changed: row.changed,
    changedBy: row.changed_by,
    reviewDue: row.review_due,
    reason: row.reason ?? undefined,
    hash: row.hash,
    get draft() {
      return row.draft === null ? undefined : triplesOf(row.draft)
    },
    graph,
    record: () => readRecord(graph(), row.iri),
  }
}

function triplesOf(text: string): Store {
  return new Store(new Parser({ format: 'N-Triples', blankNodePrefix: '' }).parse(text))
}

/** What of a row follows from the description alone. */
export function describedColumns(graph: Store, iri: string) {
  const description = canonicalText(graph)
  const record = readRecord(graph, iri)
  return {
    record,
    columns: {
      access: statedAccess(graph, iri),
      title: titleOf(record.title) || iri,
      search_text: searchText(record),
      description,
      hash: hash('sha256', description),
    },
  }
}

/** The same day a year later; 29 February becomes 28. */
export function yearAfter(moment: Date): string {
  const year = moment.getUTCFullYear() + 1
  const month = moment.getUTCMonth()
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month, Math.min(moment.getUTCDate(), last))).toISOString().slice(0, 10)
}
