/**
 * Sessions in the database, so that any replica carries them: they end 30 minutes after the last request and 4 hours
 * after sign-in (the limits of Pro Santé Connect), whichever comes first.
 */
import { hash } from 'node:crypto'
import { z } from 'zod'
import type { Database } from '#platform/database/database.ts'
import type { PeopleTables } from './migrations.ts'
import { OFFICES, type Office } from './professional.ts'
import type { PendingSignIn } from './relying-party.ts'
import { newSecret, seal, secretHash, unseal } from './seal.ts'

const professional = z.object({
  identifier: z.string(),
  given: z.string(),
  family: z.string(),
  role: z.object({ code: z.string(), display: z.string() }).optional(),
  office: z.enum(OFFICES).exactOptional(),
  profession: z.string(),
  organisation: z.object({
    identifier: z.string(),
    name: z.string(),
    kind: z.enum(['Hospital', 'Resident Physician', 'Pharmacy', 'Other']),
  }),
  country: z.string(),
  assurance: z.string(),
})

const dataSchema = z.object({
  person: z.object({
    identifier: z.string(),
    given: z.string(),
    family: z.string(),
    assurance: z.string(),
    exercises: z.array(professional.transform((one) => ({ ...one, role: one.role }))),
  }),
  /** Index of the exercise that the person chose. */
  exercise: z.number().optional(),
  idToken: z.string(),
})

/** What a session remembers. */
export type SessionData = z.infer<typeof dataSchema>

const pendingSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() })

export type RememberedSignIn = PendingSignIn & { readonly returnTo: string }

export interface Session {
  /** Goes into the cookie and nowhere else. */
  readonly secret: string
  readonly data: SessionData
  /** Milliseconds since 1970. */
  readonly endsWhenIdle: number
  readonly endsAtLatest: number
}

export interface SessionOptions {
  readonly country: string
  readonly now: () => number
  readonly idleMinutes?: number
  readonly longestMinutes?: number
}

/** An office, and who holds it for whom. */
export interface HeldOffice {
  readonly office: Office
  /** `system|value`. */
  readonly person: string
  /** The value of the organisation's identifier, without its system. */
  readonly organisation: string
}

export interface Sessions {
  /** Keeps state, nonce and PKCE verifier; returns the secret for the browser that started the sign-in. */
  rememberSignIn(pending: RememberedSignIn): Promise<string>
  /** Gives it back once, and only to the browser that started it. */
  takeSignIn(state: string, secret: string): Promise<RememberedSignIn | undefined>
  begin(data: SessionData): Promise<Session>
  /** Undefined when it ended or never was. Looking counts as activity unless `quiet`. */
  find(secret: string, quiet?: 'quiet'): Promise<Session | undefined>
  update(session: Session, data: SessionData): Promise<Session>
  end(secret: string): Promise<void>
  /** Does this person work in this office now: is there a session in which he chose it, and that has not ended? */
  isHeld(office: HeldOffice): Promise<boolean>
  /** Deletes what has ended. */
  sweep(): Promise<void>
}

const MINUTE = 60_000
const SIGN_IN_MINUTES = 15
/** Sign-ins under way at once, for one country. */
const MOST_SIGN_INS = 10_000
const CHECK_EVERY = 100

export function openSessions(database: Database, options: SessionOptions): Sessions {
  const kysely = database.kysely.$extendTables<PeopleTables>()
  const { country, now } = options
  const idle = (options.idleMinutes ?? 30) * MINUTE
  const longest = (options.longestMinutes ?? 240) * MINUTE
  const at = (time: number): string => new Date(time).toISOString()
  let begun = 0

  function session(secret: string, data: SessionData, created: number, seen: number): Session {
    const endsAtLatest = created + longest
    return { secret, data, endsAtLatest, endsWhenIdle: Math.min(seen + idle, endsAtLatest) }
  }

  const rowOf = (secret: string) => [secretHash(secret), country] as const

  async function end(secret: string): Promise<void> {
    const [key, place] = rowOf(secret)
    await kysely.deleteFrom('people_session').where('country', '=', place).where('secret_hash', '=', key).execute()
  }

  /** Anybody can begin to sign in; what nobody finishes must not fill the disk. */
  async function forgetOldSignIns(): Promise<void> {
    const newest = kysely.selectFrom('people_sign_in').where('country', '=', country).orderBy('created', 'desc')
    const oldest = await newest.select('created').offset(MOST_SIGN_INS).limit(1).executeTakeFirst()
    if (!oldest) return
    await kysely
      .deleteFrom('people_sign_in')
      .where('country', '=', country)
      .where('created', '<=', oldest.created)
      .execute()
  }

  return {
    async rememberSignIn(pending) {
      const secret = newSecret()
      begun += 1
      if (begun % CHECK_EVERY === 0) await forgetOldSignIns()
      await kysely
        .insertInto('people_sign_in')
        .values({
          country,
          state_hash: secretHash(pending.state),
          created: at(now()),
          sealed: seal(secret, 'sign-in', pending),
        })
        .execute()
      return secret
    },

    async takeSignIn(state, secret) {
      const row = await kysely
        .deleteFrom('people_sign_in')
        .where('country', '=', country)
        .where('state_hash', '=', secretHash(state))
        .returning(['sealed', 'created'])
        .executeTakeFirst()
      if (!row || Date.parse(row.created) + SIGN_IN_MINUTES * MINUTE < now()) return undefined
      const pending = pendingSchema.safeParse(unseal(secret, 'sign-in', row.sealed))
      return pending.success ? pending.data : undefined
    },

    async begin(data) {
      const secret = newSecret()
      const time = now()
      const row = { country, secret_hash: secretHash(secret), created: at(time), seen: at(time) }
      const office_hash = officeHashOf(data)
      await kysely
        .insertInto('people_session')
        .values({ ...row, sealed: seal(secret, 'session', data), office_hash })
        .execute()
      return session(secret, data, time, time)
    },

    async find(secret, quiet) {
      const [key, place] = rowOf(secret)
      const row = await kysely
        .selectFrom('people_session')
        .select(['created', 'seen', 'sealed'])
        .where('country', '=', place)
        .where('secret_hash', '=', key)
        .executeTakeFirst()
      if (!row) return undefined
      const time = now()
      const [created, seen] = [Date.parse(row.created), Date.parse(row.seen)]
      const data = dataSchema.safeParse(unseal(secret, 'session', row.sealed))
      if (!data.success || time >= Math.min(seen + idle, created + longest)) {
        await end(secret)
        return undefined
      }
      if (quiet) return session(secret, data.data, created, seen)
      // Written at most every ten seconds: a page and its pictures are one sign of life.
      if (time - seen > 10_000) {
        await kysely
          .updateTable('people_session')
          .set({ seen: at(time) })
          .where('country', '=', place)
          .where('secret_hash', '=', key)
          .execute()
      }
      return session(secret, data.data, created, time)
    },

    async update(current, data) {
      const [key, place] = rowOf(current.secret)
      await kysely
        .updateTable('people_session')
        .set({ sealed: seal(current.secret, 'session', data), office_hash: officeHashOf(data) })
        .where('country', '=', place)
        .where('secret_hash', '=', key)
        .execute()
      return { ...current, data }
    },

    end,

    async isHeld(office) {
      const found = await kysely
        .selectFrom('people_session')
        .select('created')
        .where('country', '=', country)
        .where('office_hash', '=', officeHash(office))
        .where('created', '>', at(now() - longest))
        .where('seen', '>', at(now() - idle))
        .limit(1)
        .executeTakeFirst()
      return found !== undefined
    },

    async sweep() {
      const time = now()
      await kysely
        .deleteFrom('people_sign_in')
        .where('created', '<', at(time - SIGN_IN_MINUTES * MINUTE))
        .execute()
      await kysely
        .deleteFrom('people_session')
        .where((where) => where.or([where('created', '<', at(time - longest)), where('seen', '<', at(time - idle))]))
        .execute()
    },
  }
}

/** A hash, so that a session does not say in the clear whose it is; who acts in an office stands by name in the ledger. */
function officeHash({ office, person, organisation }: HeldOffice): string {
  return hash('sha256', JSON.stringify(['tessera office', office, person, organisation]), 'base64url')
}

/** Of the capacity that was chosen: an office that somebody could choose as well is not held. */
function officeHashOf({ person, exercise }: SessionData): string | null {
  const chosen = exercise === undefined ? undefined : person.exercises[exercise]
  if (chosen?.office === undefined) return null
  const { office, identifier, organisation } = chosen
  return officeHash({ office, person: identifier, organisation: withoutSystem(organisation.identifier) })
}

/** `system|value` → the value. */
export function withoutSystem(identifier: string): string {
  return identifier.slice(identifier.indexOf('|') + 1)
}
