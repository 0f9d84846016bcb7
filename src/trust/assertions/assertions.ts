/**
 * The SAML 2.0 assertions of MyHealth@EU: who the professional is (HCP), that he treats this patient (TRC), and on whose
 * word a patient was identified (next of kin). Types only: `issue-*.ts` writes and signs them, `verify-assertions.ts` reads
 * them from a WS-Security header. Source: IHE XUA (ITI TF rev. 19) as profiled by eHDSI SAML Profile.
 */
import type { XmlElement } from '#platform/xml/tree.ts'

/** eHDSI XSPA PurposeOfUse. */
export type AssertionPurpose = 'TREATMENT' | 'EMERGENCY'

export const FACILITY_TYPES = ['Hospital', 'Resident Physician', 'Pharmacy', 'Other'] as const
export type FacilityType = (typeof FACILITY_TYPES)[number]

interface Lifetime {
  /** NCName, `_` + UUID. */
  readonly assertionId: string
  /** ISO 8601 instants. */
  readonly notBefore: string
  readonly notOnOrAfter: string
}

export interface HcpStatement extends Lifetime {
  /** Value of Issuer, e.g. `urn:idp:FR:countryB`. */
  readonly issuer: string
  readonly subject: { readonly nameId: string; readonly format: string; readonly alias?: string }
  readonly professional: {
    readonly name: string
    /** ISCO code of eHDSIHealthcareProfessionalRole and its display name. */
    readonly role: { readonly code: string; readonly display: string }
    /** Role on whose behalf clerical staff asks. */
    readonly onBehalfOf?: { readonly code: string; readonly display: string }
    readonly organisation?: { readonly name: string; readonly identifier?: string }
    readonly facilityType: FacilityType
    /** `environment:locality`. */
    readonly pointOfCare: string
    /** National provider identifier, `system|value` or as given. */
    readonly identifier?: string
    /** HL7 permission codes without the URN, e.g. `PRD-006`. */
    readonly permissions: readonly string[]
  }
  readonly purpose: AssertionPurpose
  readonly authnContext: string
  /** Bare OID. */
  readonly homeCommunityId?: string
}

export interface TrcStatement extends Lifetime {
  readonly issuer: string
  /** Advice/AssertionIDRef: the HCP assertion it belongs to. */
  readonly hcpAssertionId: string
  readonly nameId: string
  /** `system|value`, e.g. `urn:oid:2.16.17.710.820.1000.990.1.1|298123456`; on the wire HL7 CX `ext^^^&root&ISO`. */
  readonly patient: string
  readonly purpose: AssertionPurpose
  readonly dispensationPin?: string
  readonly prescriptionId?: string
}

export interface NextOfKinStatement extends Lifetime {
  readonly issuer: string
  readonly hcpAssertionId: string
  readonly nextOfKin: {
    readonly identifiers: readonly string[]
    readonly family: string
    readonly given: string
    readonly gender?: string
    readonly birthDate?: string
    readonly street?: string
    readonly city?: string
    readonly postalCode?: string
    readonly country?: string
  }
}

/** Assertions whose signatures, chain, times and fields were all checked; only signed content was read. */
export interface VerifiedAssertions {
  readonly hcp: HcpStatement
  readonly trc?: TrcStatement
  readonly nextOfKin?: NextOfKinStatement
  /** ISO 3166-1 alpha-2: `C=` of the certificate that signed the HCP assertion. */
  readonly country: string
  /** Hex SHA-256 of that certificate. */
  readonly signer: string
}

/** What signs assertions (and SMP metadata, audit messages, evidences): the seal of a national contact point, RSA. */
export interface SealSigner {
  readonly privateKey: import('node:crypto').KeyObject
  /** PEM; its subject carries `C=`. */
  readonly certificate: string
}

export interface AssertionExpectation {
  readonly now: Date
  /** The certificates (PEM) that this country may sign with: the reviewed trust list. Undefined: not a participant. */
  trusted(country: string): Promise<AssertionTrust | undefined>
  /** `C=` of the TLS client certificate; must be the country of the signer. Undefined (it had none) is refused. */
  readonly tlsCountry: string | undefined
  /** XCPD needs the HCP assertion only, XCA and XDR the TRC too. */
  readonly needsTrc: boolean
  /** Stricter or laxer reading of shapes that OpenNCP sends; never of signatures, times or trust. */
  readonly profile: AssertionProfile
  /** The whole envelope, in which identifiers of signed parts must be unique; without it, the header alone. */
  readonly message?: XmlElement
}

export type AssertionProfile = 'openncp' | 'strict'

export interface AssertionTrust {
  /** PEM: either the signing certificates themselves or authorities that issued them. */
  readonly signers: readonly string[]
  readonly authorities: readonly string[]
  /** DER of the revocation lists of those authorities, when there are any. */
  readonly revocationLists: readonly Uint8Array[]
}

/** The `wsse:Security` header as read from the envelope. */
export type SecurityHeader = XmlElement
