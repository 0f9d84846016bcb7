/**
 * May this professional have this? One pure decision from what was asked, the service's policy (data/policies) and the
 * patient's choice. Who asks has been verified before.
 */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { Purpose } from '../context/care-context.ts'

/** Who may use a service, and for what. Versioned data; a country may narrow it. */
export interface ServicePolicy {
  readonly service: ServiceKind
  readonly version: string
  /** ISCO codes of eHDSIHealthcareProfessionalRole. */
  readonly roles: readonly string[]
  readonly purposes: readonly Purpose[]
  /** LOINC classes that the service covers; empty for services without documents. */
  readonly documentClasses: readonly string[]
}

export type PolicyProblemCode = 'policy-invalid'

const Policy = z.object({
  service: z.enum(['patient-identification', 'patient-summary']),
  version: z.string().default(''),
  roles: z.array(z.string().regex(/^\d{2,4}$/)),
  purposes: z.array(z.enum(['TREATMENT', 'EMERGENCY'])),
  documentClasses: z.array(z.string()).default([]),
})

/** Reads the list of service policies (`data/policies/services.json`). Services that this version does not offer are passed over. */
export function readPolicies(json: unknown, file?: string): Result<readonly ServicePolicy[], PolicyProblemCode> {
  const offered: readonly string[] = Policy.shape.service.options
  const list = z.array(z.looseObject({ service: z.string() })).safeParse(json)
  const parsed = z.array(Policy).safeParse(list.data?.filter(({ service }) => offered.includes(service)))
  if (parsed.success) return ok(parsed.data)
  return failed('policy-invalid', 'The policies of the services cannot be read.', 'Correct the entry.', {
    ...(file === undefined ? {} : { file }),
    path: (list.error ?? parsed.error).issues[0]?.path.join('.') ?? '',
  })
}

export interface AccessRequest {
  readonly service: ServiceKind
  readonly role: string
  readonly purpose: Purpose
  /** LOINC class of the document, for services with documents. */
  readonly documentClass?: string
}

export type Decision =
  | { readonly permit: true }
  | { readonly permit: false; readonly reason: 'no-policy' | 'role' | 'purpose' | 'document-class' | 'consent' }

/**
 * What is not expressly allowed is refused. `consent` is the patient's cross-border choice and is not lifted by an
 * emergency (EHDS Art. 10: an opt-out holds; national exceptions would be policy data).
 */
export function decide(request: AccessRequest, policy: ServicePolicy | undefined, consent: boolean): Decision {
  if (!policy || policy.service !== request.service) return { permit: false, reason: 'no-policy' }
  if (!policy.roles.includes(request.role)) return { permit: false, reason: 'role' }
  if (!policy.purposes.includes(request.purpose)) return { permit: false, reason: 'purpose' }
  const { documentClass } = request
  if (documentClass !== undefined && !policy.documentClasses.includes(documentClass)) {
    return { permit: false, reason: 'document-class' }
  }
  return consent ? { permit: true } : { permit: false, reason: 'consent' }
}
