/**
 * The second factor of persons who enter a workspace: a one-time password of their own authenticator. Its secret is shown
 * once and kept encrypted; a code is taken once; after some wrong ones none is taken for a while.
 */
import { randomBytes } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { seal, unseal } from '#trust/people/seal.ts'
import type { Door } from '../../permits/authorise.ts'
import { researchEvent } from '../../permits/research-event.ts'
import { LIMITS } from '../limits.ts'
import { acceptedStep, base32 } from './totp.ts'

type FactorTables = {
  workspace_second_factor: {
    person: string
    /** `begun`: shown, and no code of it was seen yet. */
    state: 'begun' | 'enrolled'
    secret: string
    /** Time step of the last code that was taken. */
    last_step: number
    failures: number
    locked_until: string | null
    since: string
  }
}

export const secondFactorMigrations: readonly Migration[] = [
  {
    name: 'workspace-002-second-factors',
    up: async (transaction) => {
      await sql`create table workspace_second_factor (
        person text primary key,
        state text not null,
        secret text not null,
        last_step bigint not null,
        failures bigint not null,
        locked_until text,
        since text not null
      )`.execute(transaction)
    },
  },
]

export type SecondFactorProblemCode =
  | 'second-factor-enrolled'
  | 'second-factor-missing'
  | 'second-factor-wrong'
  | 'second-factor-locked'

export interface SecondFactors {
  state(person: string): Promise<'none' | 'begun' | 'enrolled'>
  /** Makes a secret and shows it this one time. Until a code of it was confirmed it may be made anew. */
  begin(person: string): Promise<Result<{ readonly secret: string; readonly uri: string }, SecondFactorProblemCode>>
  /** The first code: from now on the secret counts. */
  confirm(person: string, code: string): Promise<Result<void, SecondFactorProblemCode>>
  verify(person: string, code: string): Promise<Result<void, SecondFactorProblemCode>>
  /** The authenticator was lost: the person enrols again. Whoever calls it writes who decided so in the ledger. */
  reset(person: string): Promise<void>
}

export interface SecondFactorOptions {
  /** Of the node; at least 32 random bytes, written as text. */
  readonly secret: string
  /** How authenticators call it. */
  readonly issuer: string
  /** Where it is written down that somebody has enrolled. */
  readonly door: Pick<Door, 'ledger' | 'node'>
  readonly now?: () => Date
}

const PURPOSE = 'workspace second factor'
/** RFC 4226, 4: 160 bits are recommended. */
const SECRET_BYTES = 20

/** Needs `secondFactorMigrations`. */
export function openSecondFactors(database: Database, options: SecondFactorOptions): SecondFactors {
  const { secret: nodeSecret, issuer, door, now = () => new Date() } = options
  if (nodeSecret.length < 32) throw new TypeError('The secret of the second factors has at least 32 characters.')
  const kysely = database.kysely.$extendTables<FactorTables>()

  const check = (person: string, code: string, state: 'begun' | 'enrolled') =>
    inTransaction(kysely, async (transaction) => {
      const held = await lock(transaction, person)
      if (held?.state !== state) return held?.state === 'enrolled' ? enrolled() : missing()
      const decided = decide(held, secretOf(person, held.secret), code, now())
      await transaction
        .updateTable('workspace_second_factor')
        .set(decided.change)
        .where('person', '=', person)
        .execute()
      return decided.result
    })

  const secretOf = (person: string, sealed: string): Uint8Array => {
    const opened = unseal(nodeSecret, `${PURPOSE} ${person}`, sealed)
    if (typeof opened !== 'string') throw new TypeError('A second factor was sealed with another secret.')
    return Buffer.from(opened, 'base64url')
  }

  return {
    async state(person) {
      const row = kysely.selectFrom('workspace_second_factor').select('state').where('person', '=', person)
      return (await row.executeTakeFirst())?.state ?? 'none'
    },
    async begin(person) {
      const secret = randomBytes(SECRET_BYTES)
      const sealed = seal(nodeSecret, `${PURPOSE} ${person}`, secret.toString('base64url'))
      const since = now().toISOString()
      const row = { state: 'begun', secret: sealed, last_step: 0, failures: 0, locked_until: null, since } as const
      const written = await kysely
        .insertInto('workspace_second_factor')
        .values({ person, ...row })
        .onConflict((conflict) =>
          conflict.column('person').doUpdateSet(row).where('workspace_second_factor.state', '=', 'begun'),
        )
        .returning('person')
        .executeTakeFirst()
      return written ? ok({ secret: base32(secret), uri: uriOf(issuer, person, secret) }) : enrolled()
    },
    async confirm(person, code) {
      const checked = await check(person, code, 'begun')
      if (!checked.ok) return checked
      const record = { step: 'second-factor-enrolled', recorded: now(), person: { identifier: person } } as const
      await door.ledger.append(researchEvent({ ...record, node: door.node }))
      const row = kysely.updateTable('workspace_second_factor').set({ state: 'enrolled' })
      await row.where('person', '=', person).execute()
      return checked
    },
    verify: (person, code) => check(person, code, 'enrolled'),
    async reset(person) {
      await kysely.deleteFrom('workspace_second_factor').where('person', '=', person).execute()
    },
  }
}

type Held = FactorTables['workspace_second_factor']

/** A row is locked by writing it, on both databases: attempts at once are counted one by one. */
async function lock(transaction: Transaction<FactorTables>, person: string): Promise<Held | undefined> {
  return transaction
    .updateTable('workspace_second_factor')
    .set(({ ref }) => ({ failures: ref('failures') }))
    .where('person', '=', person)
    .returningAll()
    .executeTakeFirst()
}

interface Decided {
  readonly result: Result<void, SecondFactorProblemCode>
  readonly change: Partial<Held>
}

function decide(held: Held, secret: Uint8Array, code: string, now: Date): Decided {
  const { attempts, lockedMinutes } = LIMITS.secondFactor
  if (held.locked_until !== null && held.locked_until > now.toISOString()) {
    // Told whatever the code is: a locked door must not say whether the key would fit.
    return { result: locked(held.locked_until), change: { failures: held.failures } }
  }
  const step = acceptedStep(secret, code.replaceAll(' ', ''), now, Number(held.last_step))
  if (step !== undefined) return { result: ok(undefined), change: { last_step: step, failures: 0, locked_until: null } }
  const failures = Number(held.failures) + 1
  if (failures < attempts) return { result: wrong(), change: { failures, locked_until: null } }
  const until = new Date(now.getTime() + lockedMinutes * 60_000).toISOString()
  return { result: locked(until), change: { failures: 0, locked_until: until } }
}

function uriOf(issuer: string, person: string, secret: Uint8Array): string {
  const account = person.slice(person.indexOf('|') + 1)
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`
}

function enrolled() {
  const sentence = 'This person has a second factor already.'
  return failed<SecondFactorProblemCode>('second-factor-enrolled', sentence, 'Use it, or have the body reset it.')
}

function missing() {
  const sentence = 'This person has no second factor yet.'
  return failed<SecondFactorProblemCode>('second-factor-missing', sentence, 'Enrol one first.')
}

function wrong() {
  const sentence = 'The code is wrong, or it was used before.'
  return failed<SecondFactorProblemCode>('second-factor-wrong', sentence, 'Wait for the next code and enter it.')
}

function locked(until: string) {
  const sentence = `Too many wrong codes: none is taken until ${until}.`
  return failed<SecondFactorProblemCode>('second-factor-locked', sentence, 'Wait until then, then try again.')
}
