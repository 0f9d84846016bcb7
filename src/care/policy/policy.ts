/**
 * May this professional have this? One pure decision from what was asked, the service's policy (data/policies) and the
 * patient's choice. Who asks has been verified before.
 */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { SERVICES, type ServiceKind } from '#wire/discovery/directory.ts'
import type { Purpose } from '../context/care-context.ts'

/** Who may use a service, and for what. */
export interface ServiceRights {
  /** ISCO codes of eHDSIHealthcareProfessionalRole. */
  readonly roles: readonly string[]
  /** Roles that may ask on behalf of one of `roles` only. */
  readonly clericalRoles?: readonly string[] | undefined
  readonly purposes: readonly Purpose[]
  /** May a relative speak for the patient? Allowed unless said otherwise. */
  readonly nextOfKin?: boolean | undefined
}

/** Versioned data; a country may narrow it for all who ask, or change it for one asking country. */
export interface ServicePolicy extends ServiceRights {
  readonly service: ServiceKind
  readonly version: string
  /** Document classes that the service covers (LOINC, `x-clinical-image`); empty for services without documents. */
  readonly documentClasses: readonly string[]
  /** Country that asks → what is different for it. `{ "roles": [] }` closes the service to a country. */
  readonly countries?: Readonly<Record<string, Partial<ServiceRights>>> | undefined
}

export type PolicyProblemCode = 'policy-invalid'

const Rights = z.object({
  roles: z.array(z.string().regex(/^\d{2,4}$/)),
  clericalRoles: z.array(z.string().regex(/^\d{2,4}$/)).optional(),
  purposes: z.array(z.enum(['TREATMENT', 'EMERGENCY'])),
  nextOfKin: z.boolean().optional(),
})

const Policy = Rights.extend({
  service: z.enum(SERVICES),
  version: z.string().default(''),
  documentClasses: z.array(z.string()).default([]),
  countries: z.record(z.string().regex(/^[A-Z]{2}$/), Rights.partial()).optional(),
})

/** Reads the list of service policies (`data/policies/services.json`). Services that this version does not offer are passed over. */
export function readPolicies(json: unknown, file?: string): Result<readonly ServicePolicy[], PolicyProblemCode> {
  const offered: readonly string[] = SERVICES
  const list = z.array(z.looseObject({ service: z.string() })).safeParse(json)
  const parsed = z.array(Policy).safeParse(list.data?.filter(({ service }) => offered.includes(service)))
  if (parsed.success) return ok(parsed.data)
  return failed('policy-invalid', 'The policies of the services cannot be read.', 'Correct the entry.', {
    ...(file === undefined ? {} : { file }),
    path: (list.error ?? parsed.error).issues[0]?.path.join('.') ?? '',
  })
}

/** The policy of a service as it stands for one asking country; a service without one is open to nobody. */
export function policyFor(
  policies: readonly ServicePolicy[],
  service: ServiceKind,
  country: string | undefined,
): ServicePolicy | undefined {
  const policy = policies.find((one) => one.service === service)
  const own = country === undefined ? undefined : policy?.countries?.[country]
  return policy && own ? { ...policy, ...own } : policy
}

/** Which service gives documents of a class; undefined for classes that no service gives. */
export function serviceOfClass(policies: readonly ServicePolicy[], documentClass: string): ServiceKind | undefined {
  return policies.find(({ documentClasses }) => documentClasses.includes(documentClass))?.service
}

export interface AccessRequest {
  readonly service: ServiceKind
  readonly role: string
  readonly purpose: Purpose
  /** Class of the document, for services with documents. */
  readonly documentClass?: string
  readonly onBehalfOf?: string | undefined
  readonly nextOfKin?: boolean
}

export type Decision =
  | { readonly permit: true }
  | {
      readonly permit: false
      readonly reason: 'no-policy' | 'role' | 'purpose' | 'next-of-kin' | 'document-class' | 'consent'
    }

/**
 * What is not expressly allowed is refused. `consent` is the patient's cross-border choice and is not lifted by an
 * emergency (EHDS Art. 10: an opt-out holds; national exceptions would be policy data).
 */
export function decide(request: AccessRequest, policy: ServicePolicy | undefined, consent: boolean): Decision {
  if (!policy || policy.service !== request.service) return refusedFor('no-policy')
  if (!roleMay(request, policy)) return refusedFor('role')
  if (!policy.purposes.includes(request.purpose)) return refusedFor('purpose')
  const { documentClass } = request
  if (request.nextOfKin && policy.nextOfKin === false) return refusedFor('next-of-kin')
  if (documentClass !== undefined && !policy.documentClasses.includes(documentClass)) {
    return refusedFor('document-class')
  }
  return consent ? { permit: true } : refusedFor('consent')
}

/** Clerical staff asks for somebody who may ask himself, or not at all. */
function roleMay({ role, onBehalfOf }: AccessRequest, { roles, clericalRoles = [] }: ServicePolicy): boolean {
  if (roles.includes(role)) return true
  return clericalRoles.includes(role) && onBehalfOf !== undefined && roles.includes(onBehalfOf)
}

function refusedFor(reason: Exclude<Decision, { permit: true }>['reason']): Decision {
  return { permit: false, reason }
}
