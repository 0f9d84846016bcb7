/**
 * Permits travel from the body that signed them to the body where the application was submitted: that one coordinates the
 * questions of the applicant (EHDS Art. 68(5), 75). `GET /research/permits?country=…&id=…`, over mutual TLS.
 */
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { Handler } from '#platform/http/serve.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { BodyAddress } from '#research/applications/exchange/send.ts'
import type { CaseStore } from '#research/applications/store/case-store.ts'
import type { Permit } from '#research/permits/permit.ts'
import { PERMIT, verifyPermit } from '#research/permits/permit-signature.ts'
import type { PermitStore } from '#research/permits/permit-store.ts'
import type { SignedProblemCode } from '#research/permits/signed-json.ts'
import type { TrustList } from '#research/permits/trust-list.ts'

export const PERMITS_PATH = '/research/permits'

export interface PermitShelf {
  readonly permits: PermitStore
  readonly cases: Pick<CaseStore, 'load'>
  readonly trust: TrustList
  readonly country: string
}

/** Gives a permit to the body of the country where its application was submitted, and to nobody else: it names persons. */
export function permitHandler({ permits, cases, trust, country }: PermitShelf): Handler {
  return async (request, { certificate }) => {
    const party = certificate && trust.holderOf(certificate.fingerprint)
    if (!party?.rights.includes('tasks')) return new Response(undefined, { status: 403 })
    const text = await permits.permitText(country, new URL(request.url).searchParams.get('id') ?? '')
    const home = text === undefined ? undefined : await homeOf(text, cases)
    if (text === undefined || home !== party.country) return new Response(undefined, { status: 404 })
    return new Response(text, { headers: { 'content-type': 'application/jose', 'cache-control': 'no-store' } })
  }
}

async function homeOf(text: string, cases: Pick<CaseStore, 'load'>): Promise<string | undefined> {
  // Signed by this very body when it was kept.
  const read = PERMIT.read(JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()))
  return read.ok ? (await cases.load(read.value.caseId))?.homeCountry : undefined
}

export interface PermitFetch {
  readonly permits: PermitStore
  readonly trust: TrustList
  readonly fetch: PeerFetch['fetch']
  readonly addressOf: (country: string) => BodyAddress | undefined
  readonly now: () => Date
}

export type PermitFetchProblemCode = SignedProblemCode | 'permit-not-there' | 'permit-differs'

/** The signed text of a permit: from here, else from the body that gave it; then it is kept here. */
export async function permitTextOf(
  parts: PermitFetch,
  { memberState, id }: Pick<Permit, 'memberState' | 'id'>,
): Promise<Result<string, PermitFetchProblemCode>> {
  const known = await parts.permits.permitText(memberState, id)
  if (known !== undefined) return ok(known)
  const address = parts.addressOf(memberState)
  const answered =
    address &&
    (await parts.fetch({
      url: `${address.url}${PERMITS_PATH}?${new URLSearchParams({ id })}`,
      pinnedFingerprints: address.certificates,
      maxBytes: PERMIT.longest,
    }))
  if (!answered?.ok || answered.value.status !== 200) {
    const sentence = `The permit of ${memberState} is not here, and its body does not give it at present.`
    return failed('permit-not-there', sentence, 'Try again when the body of that Member State answers.')
  }
  const text = new TextDecoder().decode(answered.value.body)
  const verified = await verifyPermit(text, parts.trust, parts.now())
  if (!verified.ok) return verified
  if (verified.value.content.id !== id || verified.value.content.memberState !== memberState) {
    return failed('permit-differs', `${memberState} gave another permit than the one asked for.`, 'Ask its body.')
  }
  const kept = await parts.permits.keep(verified.value, text, parts.now())
  return kept.ok ? ok(text) : kept
}
