/** Key figures in the database, and what a period looks like in them. */
import type { Transaction } from 'kysely'
import type { Database, NoTables } from '#platform/database/database.ts'
import type { KeyFigure } from './key-figure.ts'
import type { KeyFigureTables } from './migrations.ts'

/** `from` included, `to` not; ISO 8601 dates or instants. */
export interface Period {
  readonly from?: string
  readonly to?: string
}

export interface KeyFigureStore {
  /** In the caller's transaction. What is there already stays as it is. */
  add(transaction: Transaction<NoTables>, figures: readonly KeyFigure[]): Promise<void>
  /** Oldest first, page by page, so that a year does not stand in memory. */
  pages(period: Period): AsyncIterable<readonly KeyFigure[]>
}

const PAGE = 1000
type Row = KeyFigureTables['key_figure']

/** Needs `keyFigureMigrations`. @param node whose figures, e.g. `PT` */
export function openKeyFigureStore(database: Database, node: string): KeyFigureStore {
  const kysely = database.kysely.$extendTables<KeyFigureTables>()
  const pageAfter = ({ from, to }: Period, last: KeyFigure | undefined) => {
    let query = kysely.selectFrom('key_figure').selectAll().where('node', '=', node)
    if (from !== undefined) query = query.where('started', '>=', from)
    if (to !== undefined) query = query.where('started', '<', to)
    if (last !== undefined) {
      query = query.where(({ eb, and, or }) =>
        or([eb('started', '>', last.started), and([eb('started', '=', last.started), eb('id', '>', last.id)])]),
      )
    }
    return query.orderBy('started').orderBy('id').limit(PAGE).execute()
  }
  return {
    async add(transaction, figures) {
      if (figures.length === 0) return
      await transaction
        .$extendTables<KeyFigureTables>()
        .insertInto('key_figure')
        .values(figures.map(rowOf))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
    },
    async *pages(period) {
      for (let last: KeyFigure | undefined; ; ) {
        const page = (await pageAfter(period, last)).map(figureOf)
        if (page.length === 0) return
        yield page
        last = page.at(-1)
      }
    },
  }
}

function rowOf(figure: KeyFigure): Row {
  return {
    id: figure.id,
    node: figure.node,
    started: figure.started,
    duration_ms: figure.durationMs,
    side: figure.side,
    asking: figure.asking,
    answering: figure.answering,
    step: figure.step,
    service: figure.service,
    wire: figure.wire,
    transaction_code: figure.transaction,
    document_class: figure.documentClass ?? null,
    role: storable(figure.role),
    point_of_care: storable(figure.pointOfCare),
    outcome: figure.outcome,
    code: figure.code ?? null,
    message_id: storable(figure.messageId),
    asking_community: storable(figure.askingCommunity),
    answering_community: storable(figure.answeringCommunity),
  }
}

function figureOf(row: Row): KeyFigure {
  return {
    id: row.id,
    node: row.node,
    started: row.started,
    durationMs: row.duration_ms,
    side: row.side as KeyFigure['side'],
    asking: row.asking,
    answering: row.answering,
    step: row.step as KeyFigure['step'],
    service: row.service,
    wire: row.wire as KeyFigure['wire'],
    transaction: row.transaction_code,
    documentClass: row.document_class ?? undefined,
    role: row.role ?? undefined,
    pointOfCare: row.point_of_care ?? undefined,
    outcome: row.outcome,
    code: row.code ?? undefined,
    messageId: row.message_id ?? undefined,
    askingCommunity: row.asking_community ?? undefined,
    answeringCommunity: row.answering_community ?? undefined,
  }
}

/** PostgreSQL stores no NUL. */
function storable(text: string | undefined): string | null {
  return text?.toWellFormed().replaceAll('\0', '\ufffd') ?? null
}
