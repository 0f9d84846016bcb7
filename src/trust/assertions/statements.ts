/** Statements from plain facts, for country B: what an assertion will say, with its identifier and its life. */
import { randomUUID } from 'node:crypto'
import { ok, type Result } from '#platform/result/result.ts'
import type { AssertionPurpose, FacilityType, HcpStatement, NextOfKinStatement, TrcStatement } from './assertions.ts'
import { patientToCx } from './identifiers.ts'
import { type AssertionKind, LONGEST_LIFE, UNSPECIFIED_NAME } from './names.ts'
import { isStrongAuthentication } from './permissions.ts'
import { type AssertionProblemCode, refused } from './problems.ts'
import { assertedRole } from './roles.ts'

export interface HcpFacts {
  /** ISO 3166-1 alpha-2 of the country that vouches. */
  readonly country: string
  /** Bare OID. */
  readonly homeCommunityId?: string
  readonly subject: { readonly nameId: string; readonly format?: string; readonly alias?: string }
  readonly professional: {
    readonly name: string
    /** ISCO code; the finer codes of the value set are said as eHDSI knows them. */
    readonly role: string
    readonly onBehalfOf?: string
    readonly organisation?: { readonly name: string; readonly identifier?: string }
    readonly facilityType: FacilityType
    readonly pointOfCare: string
    readonly identifier?: string
    /** Default: those of the role (data/roles/assertion-roles.json). */
    readonly permissions?: readonly string[]
  }
  readonly purpose: AssertionPurpose
  /** AuthnContextClassRef of how he signed in. */
  readonly authnContext: string
  /** Not later than this (the end of his session); at most four hours in any case. */
  readonly until?: Date
}

/** What the HCP assertion will say. Refused: roles that eHDSI does not know, sign-in with one factor, empty names. */
export function hcpStatement(facts: HcpFacts, now: Date): Result<HcpStatement, AssertionProblemCode> {
  const { professional, country } = facts
  const role = assertedRole(professional.role)
  if (role === undefined) return refused('assertion-role', 'The European exchange knows no such professional role.')
  const behalf = professional.onBehalfOf === undefined ? undefined : assertedRole(professional.onBehalfOf)
  if (professional.onBehalfOf !== undefined && behalf === undefined) {
    return refused('assertion-role', 'The European exchange does not know the role on whose behalf is asked.')
  }
  if (!isStrongAuthentication(facts.authnContext)) {
    return refused('assertion-authentication-weak', 'The European exchange demands a sign-in with two factors.')
  }
  if (professional.name.trim() === '' || facts.subject.nameId.trim() === '') {
    return refused('assertion-subject', 'The professional has no name or no identifier.')
  }
  if (professional.pointOfCare.trim() === '') return refused('assertion-locality', 'The point of care has no name.')
  const { name, organisation, facilityType, pointOfCare, identifier } = professional
  return ok({
    ...lifetime('hcp', now, facts.until),
    issuer: `urn:idp:${country}:countryB`,
    subject: {
      nameId: facts.subject.nameId,
      format: facts.subject.format ?? UNSPECIFIED_NAME,
      ...(facts.subject.alias !== undefined && { alias: facts.subject.alias }),
    },
    professional: {
      name,
      role: { code: role.code, display: role.display },
      ...(behalf && { onBehalfOf: { code: behalf.code, display: behalf.display } }),
      ...(organisation && { organisation }),
      facilityType,
      pointOfCare,
      ...(identifier !== undefined && { identifier }),
      permissions: professional.permissions ?? (behalf ?? role).permissions,
    },
    purpose: facts.purpose,
    authnContext: facts.authnContext,
    ...(facts.homeCommunityId !== undefined && { homeCommunityId: facts.homeCommunityId }),
  })
}

export interface TrcFacts {
  readonly country: string
  /** The HCP assertion it belongs to. */
  readonly hcp: HcpStatement
  /** `system|value`. */
  readonly patient: string
  readonly purpose: AssertionPurpose
  readonly dispensationPin?: string
  readonly prescriptionId?: string
}

/** What the TRC assertion will say. Refused: a patient identifier whose system is no OID. */
export function trcStatement(facts: TrcFacts, now: Date): Result<TrcStatement, AssertionProblemCode> {
  if (patientToCx(facts.patient) === undefined) {
    return refused('assertion-patient', 'The identifier of the patient cannot be written on the IHE wire.')
  }
  const { country, hcp, patient, purpose, dispensationPin, prescriptionId } = facts
  return ok({
    ...lifetime('trc', now),
    issuer: `urn:initgw:${country}:countryB`,
    hcpAssertionId: hcp.assertionId,
    nameId: hcp.subject.nameId,
    patient,
    purpose,
    ...(dispensationPin !== undefined && { dispensationPin }),
    ...(prescriptionId !== undefined && { prescriptionId }),
  })
}

export interface NextOfKinFacts {
  readonly country: string
  readonly hcp: HcpStatement
  readonly nextOfKin: NextOfKinStatement['nextOfKin']
}

export function nextOfKinStatement({ country, hcp, nextOfKin }: NextOfKinFacts, now: Date): NextOfKinStatement {
  return {
    ...lifetime('nextOfKin', now),
    issuer: `urn:initgw:${country}:countryB`,
    hcpAssertionId: hcp.assertionId,
    nextOfKin,
  }
}

/** NCName identifiers: the reference implementation rewrites others, and breaks their signature. */
function lifetime(kind: AssertionKind, now: Date, until?: Date) {
  const longest = now.getTime() + LONGEST_LIFE[kind]
  return {
    assertionId: `_${randomUUID()}`,
    notBefore: now.toISOString(),
    notOnOrAfter: new Date(Math.min(longest, until?.getTime() ?? longest)).toISOString(),
  }
}
