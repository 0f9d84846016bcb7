/** Numbers of permits: the Member State and chance, so that no two bodies and no two replicas give the same one. */
import { randomUUID } from 'node:crypto'
import type { PermitId } from '#research/permits/permit.ts'

/** For example `FR-3f9a21bc-77c1`. */
export function permitNumber(memberState: string): PermitId {
  return `${memberState}-${randomUUID().slice(0, 13)}` as PermitId
}
