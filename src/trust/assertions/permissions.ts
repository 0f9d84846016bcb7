/** What a transaction demands of the HCP assertion (data/policies/assertion-profile.json). */
import { z } from 'zod'
import profile from '../../../data/policies/assertion-profile.json' with { type: 'json' }

const { requiredPermissions, strongAuthentication } = z
  .object({ requiredPermissions: z.record(z.string(), z.array(z.string())), strongAuthentication: z.array(z.string()) })
  .parse(profile)

/**
 * Do these permissions (`PRD-006`, …) suffice? False also for what is not in the table.
 * @param asked `identify` (XCPD), or the class code of the documents: LOINC, `x-clinical-image`, `DISCARD-60593-1`
 */
export function hasPermissions(asked: string, permissions: readonly string[]): boolean {
  const required = Object.hasOwn(requiredPermissions, asked) ? requiredPermissions[asked] : undefined
  return required?.every((permission) => permissions.includes(permission)) ?? false
}

/** Is this AuthnContextClassRef a sign-in with two factors, as eHDSI demands of professionals? */
export function isStrongAuthentication(context: string): boolean {
  return strongAuthentication.includes(context)
}
