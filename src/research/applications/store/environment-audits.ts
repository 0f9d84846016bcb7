/** The register of audits of secure processing environments (EHDS Art. 73(3)): records are added and never changed. */
import { hash, randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Database } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { canonicalJson } from '#trust/ledger/canonical-json.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import { type ResearchNode, type ResearchRecord, researchEvent } from '../../permits/research-event.ts'
import type { Actor } from '../case/events.ts'
import type { ReportPeriod } from '../register/activity-report.ts'
import { AUDIT_RECORDERS, type AuditKind, type EnvironmentAudit, type NewAudit } from '../register/environment-audit.ts'

type AuditTables = {
  research_environment_audit: {
    /** Country of the body. */
    body: string
    number: number
    /** Who wrote it, among those who tried at the same moment. */
    id: string
    recorded_at: string
    recorded_by: string
    audited: string
    environment: string
    auditor: string
    kind: AuditKind
    findings: string
    measures: string | null
    measures_until: string | null
    replaces: number | null
  }
}
type AuditRow = AuditTables['research_environment_audit']

export const environmentAuditMigrations: readonly Migration[] = [
  {
    name: 'environment-audits-001-register',
    up: async (transaction) => {
      await sql`create table research_environment_audit (
        body text not null, number bigint not null check (number > 0), id text not null,
        recorded_at text not null, recorded_by text not null, audited text not null, environment text not null,
        auditor text not null, kind text not null check (kind in ('own', 'third-party')), findings text not null,
        measures text, measures_until text, replaces bigint,
        primary key (body, number), unique (body, replaces)
      )`.execute(transaction)
      await sql`create index research_environment_audit_day on research_environment_audit (body, audited)`.execute(
        transaction,
      )
    },
  },
]

export type AuditProblemCode = 'role-not-allowed' | 'audit-unknown' | 'audit-changed'

export interface EnvironmentAudits {
  /** @param by a coordinator or an auditor of this body; anybody else is refused, and that stands in the ledger */
  record(audit: NewAudit, by: Actor): Promise<Result<void, AuditProblemCode>>
  find(number: number): Promise<EnvironmentAudit | undefined>
  /** Newest record first. @param before only records with a smaller number */
  list(page: { readonly limit: number; readonly before?: number }): Promise<readonly EnvironmentAudit[]>
  /** Those that demand measures, oldest first; of those that were corrected, only the correction. */
  demanding(): Promise<readonly EnvironmentAudit[]>
  /** Audits whose last day lies in the period; of those that were corrected, only the correction. */
  countIn(period: ReportPeriod): Promise<number>
}

export interface EnvironmentAuditOptions {
  readonly ledger: Ledger
  /** The body, as the ledger and the events of cases name it. */
  readonly body: ResearchNode
  readonly now?: () => Date
}

/** Needs `environmentAuditMigrations` and those of the ledger. */
export function openEnvironmentAudits(
  database: Database,
  { ledger, body, now = () => new Date() }: EnvironmentAuditOptions,
): EnvironmentAudits {
  const kysely = database.kysely.$extendTables<AuditTables>()
  const own = () => kysely.selectFrom('research_environment_audit').where('body', '=', body.country)

  const replaced = () => own().select('replaces').where('replaces', 'is not', null)

  async function withCorrections(rows: readonly AuditRow[]): Promise<readonly EnvironmentAudit[]> {
    if (rows.length === 0) return []
    const corrections = await own().select(['number', 'replaces']).where('replaces', 'is not', null).execute()
    const replacedBy = new Map(corrections.map(({ number, replaces }) => [Number(replaces), Number(number)]))
    const replaces = new Map([...replacedBy].map(([before, number]) => [number, before]))
    return rows.map((row) => {
      const number = Number(row.number)
      return auditOf(row, { first: firstOf(number, replaces), replacedBy: replacedBy.get(number) })
    })
  }

  async function find(number: number): Promise<EnvironmentAudit | undefined> {
    return (await withCorrections(await own().selectAll().where('number', '=', number).execute()))[0]
  }

  return {
    find,
    async list({ limit, before }) {
      const rows = own().selectAll().orderBy('number', 'desc').limit(limit)
      return withCorrections(await (before === undefined ? rows : rows.where('number', '<', before)).execute())
    },
    async demanding() {
      const rows = own().selectAll().where('measures', 'is not', null).where('number', 'not in', replaced())
      return withCorrections(await rows.orderBy('number').execute())
    },
    async countIn({ from, to }) {
      const counted = own()
        .select(({ fn }) => fn.countAll<number | string>().as('count'))
        .where('audited', '>=', from)
        .where('audited', '<=', to)
        .where('number', 'not in', replaced())
      return Number((await counted.executeTakeFirstOrThrow()).count)
    },
    async record(audit, by) {
      const [id, recorded] = [randomUUID(), now()]
      const record = recordOf(audit, by, { id, recorded, node: body })
      const wrong = await problemWith(audit, by)
      if (wrong) {
        await ledger.append(researchEvent({ ...record, refused: wrong.problem }))
        return wrong
      }
      await ledger.append(researchEvent(record), async (transaction) => {
        const tables: Kysely<AuditTables> = transaction.$extendTables<AuditTables>()
        await tables
          .insertInto('research_environment_audit')
          .values({
            ...rowOf(audit, by.person),
            body: body.country,
            id,
            recorded_at: recorded.toISOString(),
            number: next(body),
          })
          // Of two with the same number, or that correct the same record, one is written.
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      })
      if (await own().select('id').where('id', '=', id).executeTakeFirst()) return ok(undefined)
      const late = changed()
      await ledger.append(researchEvent({ ...record, refused: late.problem }))
      return late
    },
  }

  async function problemWith({ replaces }: NewAudit, by: Actor) {
    if (!AUDIT_RECORDERS.includes(by.role) || by.organisation !== body.id) {
      const next = 'Ask a coordinator or an auditor of this body.'
      return failed<AuditProblemCode>('role-not-allowed', `The role ${by.role} does not record audits.`, next)
    }
    if (replaces === undefined) return undefined
    const before = await find(replaces)
    if (!before)
      return failed<AuditProblemCode>('audit-unknown', 'There is no such audit.', 'Look at the list of audits.')
    return before.replacedBy === undefined ? undefined : changed()
  }
}

function changed() {
  const sentence = 'Somebody else has recorded an audit, or corrected this one, at the same moment.'
  return failed<AuditProblemCode>('audit-changed', sentence, 'Look at the list of audits, then send it again.')
}

function next({ country }: ResearchNode) {
  return sql<number>`(select coalesce(max(number), 0) + 1 from research_environment_audit where body = ${country})`
}

function rowOf({ measures, replaces, ...audit }: NewAudit, person: string) {
  return {
    ...audit,
    recorded_by: person,
    measures: measures?.words ?? null,
    measures_until: measures?.until ?? null,
    replaces: replaces ?? null,
  }
}

/** @param replaces number of a record → of the one that it corrects, always a smaller one */
function firstOf(number: number, replaces: ReadonlyMap<number, number>): number {
  let first = number
  for (let before = replaces.get(first); before !== undefined; before = replaces.get(first)) first = before
  return first
}

interface Corrections {
  readonly first: number
  readonly replacedBy: number | undefined
}

function auditOf(row: AuditRow, { first, replacedBy }: Corrections): EnvironmentAudit {
  const { audited, environment, auditor, kind, findings, measures, measures_until, replaces } = row
  return {
    ...{ audited, environment, auditor, kind, findings, number: Number(row.number), first },
    ...{ recordedAt: row.recorded_at, recordedBy: row.recorded_by },
    ...(measures === null || measures_until === null ? {} : { measures: { words: measures, until: measures_until } }),
    ...(replaces === null ? {} : { replaces: Number(replaces) }),
    ...(replacedBy === undefined ? {} : { replacedBy }),
  }
}

/** Of what was written the ledger has the hash: a record that somebody changed in the database is found. */
function recordOf(
  audit: NewAudit,
  by: Actor,
  { id, ...written }: { readonly id: string } & Pick<ResearchRecord, 'recorded' | 'node'>,
): ResearchRecord {
  const { audited, environment, auditor, kind, replaces } = audit
  return {
    ...written,
    step: 'environment-audited',
    person: { identifier: by.person },
    details: {
      ...{ audit: id, audited, environment, auditor, kind, role: by.role },
      hash: hash('sha256', canonicalJson(audit)),
      ...(replaces === undefined ? {} : { replaces: String(replaces) }),
    },
  }
}
