/** What became of the measures of audits (EHDS Art. 73(3)): records are added and never changed, as those of audits are. */
import { hash, randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Database } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { canonicalJson } from '#trust/ledger/canonical-json.ts'
import { type ResearchRecord, researchEvent } from '../../permits/research-event.ts'
import type { Actor } from '../case/events.ts'
import {
  counts,
  type FollowedAudit,
  type FollowUp,
  type FollowUpOutcome,
  type NewFollowUp,
} from '../register/audit-follow-up.ts'
import { AUDIT_RECORDERS, type EnvironmentAudit } from '../register/environment-audit.ts'
import type { EnvironmentAuditOptions, EnvironmentAudits } from './environment-audits.ts'

type FollowUpTables = {
  research_audit_follow_up: {
    /** Country of the body. */
    body: string
    /** First record of the audit: what was said of an audit is found again after it was corrected. */
    first_audit: number
    number: number
    /** Who wrote it, among those who tried at the same moment. */
    id: string
    audit: number
    /** Hash of the measures that it speaks of. */
    measures: string
    recorded_at: string
    recorded_by: string
    outcome: FollowUpOutcome
    day: string
    words: string
    replaces: number | null
  }
}
type FollowUpRow = FollowUpTables['research_audit_follow_up']

export const auditFollowUpMigrations: readonly Migration[] = [
  {
    name: 'audit-follow-ups-001-register',
    up: async (transaction) => {
      await sql`create table research_audit_follow_up (
        body text not null, first_audit bigint not null, number bigint not null check (number > 0), id text not null,
        audit bigint not null, measures text not null, recorded_at text not null, recorded_by text not null,
        outcome text not null check (outcome in ('carried-out', 'extended')), day text not null, words text not null,
        replaces bigint,
        primary key (body, first_audit, number), unique (body, first_audit, replaces)
      )`.execute(transaction)
    },
  },
]

export type FollowUpProblemCode =
  | 'role-not-allowed'
  | 'audit-unknown'
  | 'measures-none'
  | 'measures-carried-out'
  | 'follow-up-unknown'
  | 'follow-up-changed'

export interface FollowUpEntry {
  /** Number of the audit's record. */
  readonly audit: number
  readonly followUp: NewFollowUp
  /** How many records of this audit the person has seen: of two who saw the same, one is written. */
  readonly seen: number
}

export interface AuditFollowUps {
  /** @param by a coordinator or an auditor of this body; anybody else is refused, and that stands in the ledger */
  record(entry: FollowUpEntry, by: Actor): Promise<Result<void, FollowUpProblemCode>>
  /** The same audits, with what was recorded of them. */
  of(audits: readonly EnvironmentAudit[]): Promise<readonly FollowedAudit[]>
  /** Every audit that demands measures; of those that were corrected, only the correction. */
  demanding(): Promise<readonly FollowedAudit[]>
}

export interface AuditFollowUpOptions extends EnvironmentAuditOptions {
  /** Of the same body. */
  readonly audits: Pick<EnvironmentAudits, 'find' | 'demanding'>
}

/** Needs `auditFollowUpMigrations` and those of the ledger. */
export function openAuditFollowUps(
  database: Database,
  { ledger, body, audits, now = () => new Date() }: AuditFollowUpOptions,
): AuditFollowUps {
  const kysely = database.kysely.$extendTables<FollowUpTables>()
  const own = () => kysely.selectFrom('research_audit_follow_up').where('body', '=', body.country)

  async function of(wanted: readonly EnvironmentAudit[]): Promise<readonly FollowedAudit[]> {
    if (wanted.length === 0) return []
    const firsts = [...new Set(wanted.map(({ first }) => first))]
    const found = await own().selectAll().where('first_audit', 'in', firsts).orderBy('number').execute()
    const rows = Map.groupBy(found, (row) => Number(row.first_audit))
    return wanted.map((audit) => ({ audit, followUps: followUpsOf(audit, rows.get(audit.first) ?? []) }))
  }

  /** The audit, when the record can be taken. */
  async function check({ audit: number, followUp: { replaces }, seen }: FollowUpEntry, by: Actor) {
    if (!AUDIT_RECORDERS.includes(by.role) || by.organisation !== body.id) return refusal('role-not-allowed')
    const audit = await audits.find(number)
    if (!audit) return refusal('audit-unknown')
    if (!audit.measures) return refusal('measures-none')
    const followUps = (await of([audit])).flatMap((one) => one.followUps)
    if (replaces !== undefined && !followUps.some((one) => one.number === replaces)) return refusal('follow-up-unknown')
    const counting = followUps.filter(counts)
    const isOpen = replaces === undefined || counting.some((one) => one.number === replaces)
    if (audit.replacedBy !== undefined || followUps.length !== seen || !isOpen) return refusal('follow-up-changed')
    const done = counting.find(({ outcome }) => outcome === 'carried-out')
    return done && done.number !== replaces ? refusal('measures-carried-out') : ok(audit)
  }

  return {
    of,
    demanding: async () => of(await audits.demanding()),
    async record(entry, by) {
      const [id, recorded] = [randomUUID(), now()]
      const record: ResearchRecord = { ...recordOf(entry, by, id), recorded, node: body }
      const checked = await check(entry, by)
      if (!checked.ok) {
        await ledger.append(researchEvent({ ...record, refused: checked.problem }))
        return checked
      }
      await ledger.append(researchEvent(record), async (transaction) => {
        const tables: Kysely<FollowUpTables> = transaction.$extendTables<FollowUpTables>()
        await tables
          .insertInto('research_audit_follow_up')
          .values({
            ...rowOf(entry, checked.value),
            ...{ id, body: body.country, recorded_at: recorded.toISOString(), recorded_by: by.person },
          })
          // Of two with the same number, or that correct the same record, one is written.
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      })
      if (await own().select('id').where('id', '=', id).executeTakeFirst()) return ok(undefined)
      const late = refusal('follow-up-changed')
      await ledger.append(researchEvent({ ...record, refused: late.problem }))
      return late
    },
  }
}

const REFUSALS: Readonly<Record<FollowUpProblemCode, readonly [sentence: string, next: string]>> = {
  'role-not-allowed': ['This role does not record audits.', 'Ask a coordinator or an auditor of this body.'],
  'audit-unknown': ['There is no such audit.', 'Look at the list of audits.'],
  'measures-none': ['This audit demands no measures.', 'Correct the audit when it should.'],
  'measures-carried-out': ['The measures stand as carried out.', 'Correct that record when it is wrong.'],
  'follow-up-unknown': ['There is no such record of the measures.', 'Look at the records of this audit.'],
  'follow-up-changed': [
    'Something else about these measures, or a correction of their audit, was recorded meanwhile.',
    'Read it, then send yours again.',
  ],
}

function refusal(code: FollowUpProblemCode) {
  const [sentence, next] = REFUSALS[code]
  return failed<FollowUpProblemCode>(code, sentence, next)
}

function measuresHash({ measures }: EnvironmentAudit): string {
  return hash('sha256', measures?.words ?? '')
}

function rowOf({ followUp, seen }: FollowUpEntry, audit: EnvironmentAudit) {
  const { outcome, day, words, replaces } = followUp
  return {
    ...{ first_audit: audit.first, audit: audit.number, number: seen + 1, outcome, day, words },
    ...{ measures: measuresHash(audit), replaces: replaces ?? null },
  }
}

function followUpsOf(audit: EnvironmentAudit, rows: readonly FollowUpRow[]): readonly FollowUp[] {
  const measures = measuresHash(audit)
  const replacedBy = new Map(
    rows.flatMap(({ number, replaces }) => (replaces === null ? [] : [[Number(replaces), Number(number)] as const])),
  )
  return rows.map((row): FollowUp => {
    const number = Number(row.number)
    const later = replacedBy.get(number)
    return {
      ...{ number, audit: Number(row.audit), outcome: row.outcome, day: row.day, words: row.words },
      ...{ recordedAt: row.recorded_at, recordedBy: row.recorded_by },
      ...(row.replaces === null ? {} : { replaces: Number(row.replaces) }),
      ...(later === undefined ? {} : { replacedBy: later }),
      ...(row.measures === measures ? {} : { outdated: true as const }),
    }
  })
}

/** Of what was written the ledger has the hash: a record that somebody changed in the database is found. */
function recordOf({ audit, followUp }: FollowUpEntry, by: Actor, id: string) {
  const { outcome, day, replaces } = followUp
  return {
    step: 'audit-followed-up',
    person: { identifier: by.person },
    details: {
      ...{ 'follow-up': id, audit: String(audit), outcome, day, role: by.role },
      hash: hash('sha256', canonicalJson({ audit, ...followUp })),
      ...(replaces === undefined ? {} : { replaces: String(replaces) }),
    },
  } as const
}
