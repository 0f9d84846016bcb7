/**
 * What an access token says, in our words, and how that is written as IUA claims (IHE ITI-71, JWT option) with the
 * claims that MyHealth@EU needs beside them. The security chapter of the NCPeH API was not public when this was
 * written: mutual TLS with these claims is an assumption, kept in this file.
 */
import { z } from 'zod'

export type AccessPurpose = 'TREATMENT' | 'EMERGENCY'

/** What the bearer may do, one for each interaction of the NCPeH API. */
export const ACCESS_SCOPES = [
  'user/Patient.search',
  'user/DocumentReference.search',
  'user/Bundle.read',
  'user/Binary.read',
  'user/Bundle.create',
] as const
export type AccessScope = (typeof ACCESS_SCOPES)[number]

export interface AccessGrant {
  /** Country of the professional, ISO 3166-1 alpha-2: the token's issuer. */
  readonly issuer: string
  /** OID of the issuing national contact point (home community), bare. */
  readonly homeCommunityId: string
  /** OID of the national contact point that is asked, bare. */
  readonly audience: string
  readonly professional: {
    /** `system|value`. */
    readonly identifier: string
    readonly name: string
    /** ISCO code of eHDSIHealthcareProfessionalRole. */
    readonly role: { readonly code: string; readonly display: string }
    readonly organisation: { readonly identifier: string; readonly name: string }
    /** `Hospital`, `Pharmacy`, …, as the assertions of MyHealth@EU name them. */
    readonly facilityType?: string
    readonly pointOfCare?: string
    readonly onBehalfOf?: string
  }
  readonly purpose: AccessPurpose
  /** The professional wrote a reason; its words stay in his country. */
  readonly emergencyReasonGiven: boolean
  /** `system|value` of the one patient that this token is about. */
  readonly patient: string
  readonly scopes: readonly AccessScope[]
  /** Absent while the patient is only being identified. */
  readonly relationship?: { readonly declaredAt: string }
  readonly notice?: { readonly version: string; readonly languages: readonly string[]; readonly recordedAt: string }
  /** Who speaks for the patient. */
  readonly nextOfKin?: { readonly family: string; readonly given: string; readonly identifiers: readonly string[] }
  /** What countries may ask for before they show a prescription. */
  readonly dispensationPin?: string
  readonly prescriptionId?: string
}

/** ISCO, as eHDSI uses it for the roles of professionals. */
export const ROLE_SYSTEM = 'urn:oid:2.16.840.1.113883.2.9.6.2.7'
/** eHDSI XSPA PurposeOfUse. */
export const PURPOSE_SYSTEM = 'urn:uuid:3bc18518-d305-46c2-a8d6-94bd59856e9e'

const Coding = z.object({
  system: z.string().max(200),
  code: z.string().min(1).max(64),
  display: z.string().max(200).optional(),
})
const Instant = z.iso.datetime({ offset: true })
const Words = z.string().min(1).max(300)

/** The claims of a token as they stand in the JWT. Unknown claims are let through and never read. */
export const AccessClaims = z.object({
  iss: z.string().length(2),
  sub: Words,
  aud: Words,
  iat: z.number().int(),
  nbf: z.number().int().optional(),
  exp: z.number().int(),
  jti: z.string().min(16).max(128),
  scope: z.string().min(1).max(500),
  // RFC 8705 §3.1
  cnf: z.object({ 'x5t#S256': z.string().min(43).max(44) }),
  extensions: z.object({
    // IHE IUA 3.71.4.2.2.1
    ihe_iua: z.object({
      subject_name: Words,
      subject_organization: Words,
      subject_organization_id: Words,
      subject_role: z.array(Coding).min(1).max(8),
      purpose_of_use: z.array(Coding).min(1).max(4),
      home_community_id: Words,
      national_provider_identifier: Words,
      person_id: Words.optional(),
    }),
    ihe_bppc: z.object({ patient_id: Words }),
    tessera_care: z
      .object({
        treatment_relationship: z.object({ declared_at: Instant }).optional(),
        notice: z
          .object({ version: Words, languages: z.array(z.string().max(35)).max(8), recorded_at: Instant })
          .optional(),
        emergency_reason_given: z.boolean(),
        facility_type: Words.optional(),
        point_of_care: Words.optional(),
        on_behalf_of: Words.optional(),
        next_of_kin: z.object({ family: Words, given: Words, identifiers: z.array(Words).max(8) }).optional(),
        dispensation_pin: Words.optional(),
        prescription_id: Words.optional(),
      })
      .optional(),
  }),
})
export type AccessClaims = z.infer<typeof AccessClaims>

export interface TokenFrame {
  readonly tokenId: string
  /** Seconds since 1970. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** base64url SHA-256 of the DER of the client certificate that may present the token. */
  readonly certificateThumbprint: string
}

export function claimsOf(grant: AccessGrant, frame: TokenFrame): AccessClaims {
  const { professional } = grant
  return {
    iss: grant.issuer,
    sub: professional.identifier,
    aud: `urn:oid:${grant.audience}`,
    iat: frame.issuedAt,
    nbf: frame.issuedAt,
    exp: frame.expiresAt,
    jti: frame.tokenId,
    scope: grant.scopes.join(' '),
    cnf: { 'x5t#S256': frame.certificateThumbprint },
    extensions: {
      ihe_iua: {
        subject_name: professional.name,
        subject_organization: professional.organisation.name,
        subject_organization_id: professional.organisation.identifier,
        subject_role: [{ system: ROLE_SYSTEM, ...professional.role }],
        purpose_of_use: [{ system: PURPOSE_SYSTEM, code: grant.purpose }],
        home_community_id: `urn:oid:${grant.homeCommunityId}`,
        national_provider_identifier: professional.identifier,
        person_id: grant.patient,
      },
      ihe_bppc: { patient_id: grant.patient },
      tessera_care: careClaims(grant),
    },
  }
}

function careClaims(grant: AccessGrant): AccessClaims['extensions']['tessera_care'] {
  const { relationship, notice, nextOfKin, dispensationPin, prescriptionId } = grant
  const { facilityType, pointOfCare, onBehalfOf } = grant.professional
  return {
    ...(relationship ? { treatment_relationship: { declared_at: relationship.declaredAt } } : {}),
    ...(notice
      ? { notice: { version: notice.version, languages: [...notice.languages], recorded_at: notice.recordedAt } }
      : {}),
    emergency_reason_given: grant.emergencyReasonGiven,
    ...(facilityType === undefined ? {} : { facility_type: facilityType }),
    ...(pointOfCare === undefined ? {} : { point_of_care: pointOfCare }),
    ...(onBehalfOf === undefined ? {} : { on_behalf_of: onBehalfOf }),
    ...(nextOfKin ? { next_of_kin: { ...nextOfKin, identifiers: [...nextOfKin.identifiers] } } : {}),
    ...(dispensationPin === undefined ? {} : { dispensation_pin: dispensationPin }),
    ...(prescriptionId === undefined ? {} : { prescription_id: prescriptionId }),
  }
}

/** The grant in the claims; undefined when role, purpose or scope are not of the systems that eHDSI uses, or disagree. */
export function grantOf(claims: AccessClaims): AccessGrant | undefined {
  const { ihe_iua: iua, ihe_bppc: bppc, tessera_care: care } = claims.extensions
  const role = only(iua.subject_role.filter((coding) => coding.system === ROLE_SYSTEM))
  const purpose = only(iua.purpose_of_use.filter((coding) => coding.system === PURPOSE_SYSTEM))?.code
  if (!role || (purpose !== 'TREATMENT' && purpose !== 'EMERGENCY')) return undefined
  // Two claims that name different people leave open whom the token is about.
  if (iua.person_id !== undefined && iua.person_id !== bppc.patient_id) return undefined
  if (iua.national_provider_identifier !== claims.sub) return undefined
  const asked = claims.scope.split(' ')
  return {
    issuer: claims.iss,
    homeCommunityId: withoutOidPrefix(iua.home_community_id),
    audience: withoutOidPrefix(claims.aud),
    professional: {
      identifier: claims.sub,
      name: iua.subject_name,
      role: { code: role.code, display: role.display ?? role.code },
      organisation: { identifier: iua.subject_organization_id, name: iua.subject_organization },
      ...(care?.facility_type === undefined ? {} : { facilityType: care.facility_type }),
      ...(care?.point_of_care === undefined ? {} : { pointOfCare: care.point_of_care }),
      ...(care?.on_behalf_of === undefined ? {} : { onBehalfOf: care.on_behalf_of }),
    },
    purpose,
    emergencyReasonGiven: care?.emergency_reason_given ?? false,
    patient: bppc.patient_id,
    scopes: ACCESS_SCOPES.filter((scope) => asked.includes(scope)),
    ...careFacts(care),
  }
}

function careFacts(care: AccessClaims['extensions']['tessera_care']): Partial<AccessGrant> {
  const { treatment_relationship: relationship, notice, next_of_kin: nextOfKin } = care ?? {}
  return {
    ...(relationship ? { relationship: { declaredAt: relationship.declared_at } } : {}),
    ...(notice
      ? { notice: { version: notice.version, languages: notice.languages, recordedAt: notice.recorded_at } }
      : {}),
    ...(nextOfKin ? { nextOfKin } : {}),
    ...(care?.dispensation_pin === undefined ? {} : { dispensationPin: care.dispensation_pin }),
    ...(care?.prescription_id === undefined ? {} : { prescriptionId: care.prescription_id }),
  }
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined
}

function withoutOidPrefix(identifier: string): string {
  return identifier.startsWith('urn:oid:') ? identifier.slice('urn:oid:'.length) : identifier
}
