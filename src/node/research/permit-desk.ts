/** Where the body signs: permits that were granted, and the numbered lists of those that no longer hold (EHDS Art. 63, 68). */
import type { PermitDesk } from '#research/applications/exchange/errand-runner.ts'
import type { PermitStanding } from '#research/applications/store/errands.ts'
import type { Permit } from '#research/permits/permit.ts'
import { signPermit, verifyPermit } from '#research/permits/permit-signature.ts'
import type { PermitStore } from '#research/permits/permit-store.ts'
import { nextRevocationList, REVOCATIONS } from '#research/permits/revocation-list.ts'
import type { RunningWork } from '#research/permits/running-work.ts'
import { type SigningKey, signJson, verifyJson } from '#research/permits/signed-json.ts'
import type { TrustList } from '#research/permits/trust-list.ts'

export interface SigningDesk extends PermitDesk {
  /** Signs the list anew when the last one is so old that nodes would soon rely on it no more. */
  renewList(): Promise<void>
}

export interface DeskParts {
  readonly body: { readonly id: string; readonly country: string }
  readonly key: SigningKey
  readonly trust: TrustList
  readonly permits: PermitStore
  readonly work: Pick<RunningWork, 'check'>
  /** Told when there is a new list. */
  readonly onList: () => void
  readonly now: () => Date
}

/** Half of what a list is good for: time to have it mended. */
const RENEW_AFTER_MS = 12 * 3_600_000
const ATTEMPTS = 5

const STANDING = { 'in-force': 'standing', suspended: 'suspended', revoked: 'revoked' } as const

export function permitDesk({ body, key, trust, permits, work, onList, now }: DeskParts): SigningDesk {
  const latest = () => permits.latest(body.country, body.id)

  /** Two replicas that sign at once: the second one counts again. */
  async function signNext(change?: { readonly permit: string; readonly standing: PermitStanding }): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const before = (await latest())?.list
      const wished = change && { permit: change.permit, state: STANDING[change.standing] }
      const next = nextRevocationList(before, { memberState: body.country, id: body.id }, wished, now())
      const text = await signJson(next, REVOCATIONS, key)
      const verified = await verifyJson(text, REVOCATIONS, trust, now())
      if (!verified.ok) throw new Error(`The body's own list is not believed: ${verified.problem.code}.`)
      const taken = await permits.accept(verified.value, text, now())
      if (taken.ok) break
      if (attempt === ATTEMPTS) throw new Error(`The list cannot be kept: ${taken.problem.code}.`)
    }
    await work.check()
    onList()
  }

  return {
    async issue(permit) {
      // An errand may be repeated: the permit that is kept is the one that counts.
      if ((await permits.permitText(permit.memberState, permit.id)) !== undefined) return
      await keep(permit)
    },
    setStanding: (permit, standing) => signNext({ permit, standing }),
    async renewList() {
      const list = (await latest())?.list
      if (list && now().getTime() - Date.parse(list.issued) < RENEW_AFTER_MS) return
      await signNext()
    },
  }

  async function keep(permit: Permit): Promise<void> {
    const text = await signPermit(permit, key)
    const verified = await verifyPermit(text, trust, now())
    if (!verified.ok) throw new Error(`The body's own permit is not believed: ${verified.problem.code}.`)
    const kept = await permits.keep(verified.value, text, now())
    if (!kept.ok) throw new Error(`The permit cannot be kept: ${kept.problem.code}.`)
  }
}
