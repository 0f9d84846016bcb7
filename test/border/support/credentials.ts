/** Who asks: real signed assertions and tokens of a country, and every way to make them a little wrong. */
import type { HcpStatement, SealSigner, TrcStatement } from '#trust/assertions/assertions.ts'
import { issueHcpAssertion, issueTrcAssertion } from '#trust/assertions/issue-assertions.ts'
import { hcpStatement, trcStatement } from '#trust/assertions/statements.ts'
import type { AccessGrant, AccessScope } from '#trust/tokens/access-grant.ts'
import { issueAccessToken } from '#trust/tokens/issue.ts'
import type { Asker } from './border.ts'

export interface Who {
  readonly name: string
  /** ISCO. */
  readonly role: string
  readonly identifier: string
  readonly organisation: { readonly identifier: string; readonly name: string }
}

export const CLAIRE: Who = {
  name: 'Claire Martin',
  role: '221',
  identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001011',
  organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000101', name: 'Centre de santé du Lac' },
}

export const LUC: Who = {
  name: 'Luc Bernard',
  role: '2262',
  identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001029',
  organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000202', name: 'Pharmacie du Lac' },
}

export interface Vouching {
  readonly patient: string
  readonly who?: Who
  readonly now?: Date
  /** Changes what is said, after the rules of issuing had their say. */
  readonly hcp?: Partial<HcpStatement>
  readonly trc?: Partial<TrcStatement>
  readonly seal?: SealSigner
}

export interface Assertions {
  readonly hcp: string
  readonly trc: string
  readonly statement: HcpStatement
}

/** Both assertions, signed by the asker's seal. */
export function assertionsOf(asker: Asker, vouching: Vouching): Assertions {
  const { patient, who = CLAIRE, now = new Date(), seal = asker.seal } = vouching
  const made = hcpStatement(
    {
      country: asker.country,
      homeCommunityId: asker.homeCommunityId,
      subject: { nameId: who.name },
      professional: {
        name: who.name,
        role: who.role,
        organisation: who.organisation,
        facilityType: who.role === '2262' ? 'Pharmacy' : 'Hospital',
        pointOfCare: 'Annecy',
        identifier: who.identifier,
      },
      purpose: 'TREATMENT',
      authnContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI',
    },
    now,
  )
  if (!made.ok) throw new Error(made.problem.code)
  const statement = { ...made.value, ...vouching.hcp }
  const treatment = trcStatement({ country: asker.country, hcp: statement, patient, purpose: 'TREATMENT' }, now)
  if (!treatment.ok) throw new Error(treatment.problem.code)
  return {
    hcp: issueHcpAssertion(statement, seal),
    trc: issueTrcAssertion({ ...treatment.value, ...vouching.trc }, seal),
    statement,
  }
}

export interface Granting {
  readonly patient: string
  readonly audience: string
  readonly scope: AccessScope
  readonly who?: Who
  readonly now?: Date
  readonly grant?: Partial<AccessGrant>
}

/** An access token for the FHIR wire, bound to the asker's certificate. */
export function tokenOf(asker: Asker, granting: Granting): Promise<string> {
  const { patient, audience, scope, who = CLAIRE, now = new Date() } = granting
  const { kid, privateKey } = asker.keys.token
  const grant: AccessGrant = {
    issuer: asker.country,
    homeCommunityId: asker.homeCommunityId,
    audience,
    professional: {
      identifier: who.identifier,
      name: who.name,
      role: { code: who.role, display: who.role },
      organisation: who.organisation,
    },
    purpose: 'TREATMENT',
    emergencyReasonGiven: false,
    patient,
    scopes: [scope],
    relationship: { declaredAt: now.toISOString() },
    notice: { version: '1', languages: ['pt'], recordedAt: now.toISOString() },
    ...granting.grant,
  }
  return issueAccessToken(grant, { kid, privateKey, certificateFingerprint: asker.keys.tls.fingerprint }, now)
}
