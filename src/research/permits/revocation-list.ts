/**
 * Which permits of a body no longer hold (EHDS Art. 63(3)): signed, numbered, and good for a short time only, so that
 * keeping a newer one from a node does not keep a permit alive.
 */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Permit } from './permit.ts'
import { CLOCK_SKEW_MS, type SignedKind } from './signed-json.ts'

export interface RevocationList {
  readonly format: 1
  readonly memberState: string
  readonly body: string
  /** Counts up; a node never goes back. */
  readonly number: number
  /** ISO 8601. */
  readonly issued: string
  readonly goodUntil: string
  readonly permits: readonly RevokedPermit[]
}

export interface RevokedPermit {
  readonly permit: string
  readonly since: string
  /** `revoked` is final; `suspended` lasts as long as the lists say so. */
  readonly state: 'revoked' | 'suspended'
}

export type RevocationProblemCode =
  | 'revocations-unknown'
  | 'revocations-stale'
  | 'revocations-older'
  | 'permit-revoked'
  | 'permit-suspended'

const Time = z.iso.datetime()
const ListSchema = z.strictObject({
  format: z.literal(1),
  memberState: z.string().regex(/^[A-Z]{2}$/),
  body: z.string().min(1).max(200),
  number: z.int().positive(),
  issued: Time,
  goodUntil: Time,
  permits: z
    .array(z.strictObject({ permit: z.string().min(1).max(500), since: Time, state: z.enum(['revoked', 'suspended']) }))
    .max(100_000),
})

export const REVOCATIONS: SignedKind<RevocationList> = {
  typ: 'tessera-revocations+jwt',
  noun: 'list of revoked permits',
  right: 'permits',
  longest: 20_000_000,
  read(content) {
    const read = ListSchema.safeParse(content)
    if (read.success) return ok(read.data)
    const path = read.error.issues[0]?.path.join('.') ?? ''
    const sentence = 'The list of revoked permits is not of the agreed form.'
    return failed('revocations-malformed', sentence, 'Have it issued again.', { path })
  },
  signedBy: ({ body, memberState, issued }) => ({ party: body, country: memberState, issued }),
}

/** However long a body says its list is good, a node wants a newer one after this. */
export const LONGEST_LIFE_MS = 24 * 3_600_000

/**
 * Whether the permit still holds by the body's latest list.
 * @param final permits that an earlier list revoked: they stay revoked whatever the latest says
 */
export function standing(
  permit: Permit,
  latest: RevocationList | undefined,
  final: ReadonlySet<string>,
  now: Date,
): Result<void, RevocationProblemCode> {
  const listed = latest?.permits.find((one) => one.permit === permit.id)
  if (final.has(permit.id) || listed?.state === 'revoked') {
    return failed('permit-revoked', 'The permit has been revoked.', `Ask ${permit.body.name} why.`)
  }
  if (listed) return failed('permit-suspended', 'The permit is suspended.', `Ask ${permit.body.name} why.`)
  if (!latest) {
    const sentence = `This node has no list of revoked permits of ${permit.body.name} yet.`
    return failed('revocations-unknown', sentence, 'Fetch the list; nothing runs until then.')
  }
  const age = now.getTime() - Date.parse(latest.issued)
  if (age > LONGEST_LIFE_MS + CLOCK_SKEW_MS || now.getTime() > Date.parse(latest.goodUntil) + CLOCK_SKEW_MS) {
    const sentence = `The list of revoked permits of ${permit.body.name} is too old to rely on.`
    return failed('revocations-stale', sentence, 'Fetch the present list; nothing runs until then.')
  }
  return ok(undefined)
}

/** The list that follows `latest`: the body's next word, with one permit changed. `standing` again takes a suspension back. */
export function nextRevocationList(
  latest: RevocationList | undefined,
  body: { readonly memberState: string; readonly id: string },
  change: { readonly permit: string; readonly state: RevokedPermit['state'] | 'standing' } | undefined,
  now: Date,
  lifeMs = LONGEST_LIFE_MS,
): RevocationList {
  const before = latest?.permits ?? []
  const held = before.find(({ permit }) => permit === change?.permit)
  const since = now.toISOString()
  // What is revoked stays revoked.
  const changed = change && held?.state !== 'revoked' ? change : undefined
  const others = changed ? before.filter(({ permit }) => permit !== changed.permit) : before
  const { permit = '', state = 'standing' } = changed ?? {}
  return {
    format: 1,
    memberState: body.memberState,
    body: body.id,
    number: (latest?.number ?? 0) + 1,
    issued: since,
    goodUntil: new Date(now.getTime() + lifeMs).toISOString(),
    permits: state === 'standing' ? others : [...others, { permit, since, state }],
  }
}
