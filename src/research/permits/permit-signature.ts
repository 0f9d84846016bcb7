/** The permit as a JWS of the health data access body that decided (EHDS Art. 68, 69), and its verification. */
import type { Result } from '#platform/result/result.ts'
import type { Permit } from './permit.ts'
import { readPermit } from './read-permit.ts'
import {
  type SignedKind,
  type SignedProblemCode,
  type SigningKey,
  signJson,
  type Verified,
  verifyJson,
} from './signed-json.ts'
import type { TrustList } from './trust-list.ts'

export const PERMIT: SignedKind<Permit> = {
  typ: 'tessera-permit+jwt',
  noun: 'permit',
  right: 'permits',
  longest: 1_000_000,
  read: readPermit,
  signedBy: ({ body, memberState, issued }) => ({ party: body.id, country: memberState, issued }),
}

/** @param key of the body that the permit names; who verifies looks for it there */
export function signPermit(permit: Permit, key: SigningKey): Promise<string> {
  return signJson(permit, PERMIT, key)
}

/** Whether it says what its body signed. Whether it is in force today and not revoked are further questions. */
export function verifyPermit(
  text: string,
  trust: TrustList,
  now: Date,
): Promise<Result<Verified<Permit>, SignedProblemCode>> {
  return verifyJson(text, PERMIT, trust, now)
}
