/** Permits and revocations in the database of a node or of a body. What is kept was verified before. */
import type { Transaction } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { PermitTables } from './migrations.ts'
import type { Permit } from './permit.ts'
import { REVOCATIONS, type RevocationList, type RevocationProblemCode, standing } from './revocation-list.ts'
import type { Verified } from './signed-json.ts'

export interface PermitStore {
  /** Once or again; another permit under the same id is refused. */
  keep(permit: Verified<Permit>, text: string, now: Date): Promise<Result<void, 'permit-differs'>>
  /** The JWS as it came. */
  permitText(memberState: string, id: string): Promise<string | undefined>
  /**
   * Takes the next list of a body. Refused when a newer one is here already, or another one of the same number: of two
   * that a body signs at once, the second is made again.
   */
  accept(
    list: Verified<RevocationList>,
    text: string,
    now: Date,
  ): Promise<Result<void, 'revocations-older' | 'revocations-forked'>>
  /** The newest list of a body as it came, and what it says. */
  latest(
    memberState: string,
    body: string,
  ): Promise<{ readonly text: string; readonly list: RevocationList } | undefined>
  /** The newest list of every body, as they came. */
  lists(): Promise<readonly string[]>
  /** Whether the permit holds by what is known here at this moment. */
  standingOf(permit: Permit, now: Date): Promise<Result<void, RevocationProblemCode>>
}

/** Needs `permitMigrations`. */
export function openPermitStore(database: Database): PermitStore {
  const kysely = database.kysely.$extendTables<PermitTables>()

  const latestRow = (memberState: string, body: string) =>
    kysely
      .selectFrom('research_revocation_list')
      .selectAll()
      .where('member_state', '=', memberState)
      .where('body', '=', body)
      .executeTakeFirst()

  return {
    async keep({ content, hash }, text, now) {
      const row = { member_state: content.memberState, id: content.id, hash, jws: text, received: now.toISOString() }
      await kysely
        .insertInto('research_permit')
        .values(row)
        .onConflict((conflict) => conflict.columns(['member_state', 'id']).doNothing())
        .execute()
      const kept = await kysely
        .selectFrom('research_permit')
        .select('hash')
        .where('member_state', '=', content.memberState)
        .where('id', '=', content.id)
        .executeTakeFirst()
      if (kept?.hash === hash) return ok(undefined)
      const sentence = 'Another permit with this number is known here.'
      return failed('permit-differs', sentence, 'Issue it under a number of its own.')
    },
    async permitText(memberState, id) {
      const row = await kysely
        .selectFrom('research_permit')
        .select('jws')
        .where('member_state', '=', memberState)
        .where('id', '=', id)
        .executeTakeFirst()
      return row?.jws
    },
    accept: ({ content, hash }, text, now) =>
      inTransaction(kysely, (transaction) => takeList(transaction, database.dialect, content, { hash, text, now })),
    async latest(memberState, body) {
      const row = await latestRow(memberState, body)
      return row && { text: row.jws, list: listOf(row.jws) }
    },
    async lists() {
      const rows = kysely.selectFrom('research_revocation_list').select('jws').orderBy('member_state').orderBy('body')
      return (await rows.execute()).map(({ jws }) => jws)
    },
    async standingOf(permit, now) {
      const [row, final] = await Promise.all([
        latestRow(permit.memberState, permit.body.id),
        kysely
          .selectFrom('research_revoked_permit')
          .select('permit')
          .where('member_state', '=', permit.memberState)
          .where('permit', '=', permit.id)
          .execute(),
      ])
      return standing(permit, row && listOf(row.jws), new Set(final.map((one) => one.permit)), now)
    },
  }
}

async function takeList(
  transaction: Transaction<PermitTables>,
  dialect: Database['dialect'],
  list: RevocationList,
  { hash, text, now }: { readonly hash: string; readonly text: string; readonly now: Date },
): Promise<Result<void, 'revocations-older' | 'revocations-forked'>> {
  const { memberState, body, number } = list
  const known = transaction
    .selectFrom('research_revocation_list')
    .select(['number', 'hash'])
    .where('member_state', '=', memberState)
    .where('body', '=', body)
  const held = await (dialect === 'postgres' ? known.forUpdate() : known).executeTakeFirst()
  if (held && number === held.number) {
    if (hash === held.hash) return ok(undefined)
    const sentence = `The body has signed two lists of revoked permits with the number ${number}.`
    return failed('revocations-forked', sentence, 'Sign the next number.')
  }
  if (held && number < held.number) {
    const sentence = `A newer list of revoked permits is known here (${held.number} after ${number}).`
    return failed('revocations-older', sentence, 'Fetch the present list.')
  }
  const row = { number, hash, jws: text, received: now.toISOString() }
  const written = held
    ? transaction
        .updateTable('research_revocation_list')
        .set(row)
        .where('member_state', '=', memberState)
        .where('body', '=', body)
    : transaction.insertInto('research_revocation_list').values({ member_state: memberState, body, ...row })
  await written.execute()
  const revoked = list.permits.filter(({ state }) => state === 'revoked')
  for (const { permit, since } of revoked) {
    await transaction
      .insertInto('research_revoked_permit')
      .values({ member_state: memberState, permit, since, list: number })
      .onConflict((conflict) => conflict.columns(['member_state', 'permit']).doNothing())
      .execute()
  }
  return ok(undefined)
}

/** From our own database: it was verified when it came. */
function listOf(text: string): RevocationList {
  const read = REVOCATIONS.read(JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()))
  if (!read.ok) throw new TypeError('The database holds something that is no list of revoked permits.')
  return read.value
}
