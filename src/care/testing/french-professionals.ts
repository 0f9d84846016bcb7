/** Professionals of France and how they are vouched for, on either wire: for tests of country A. */

import { issueHcpAssertion, issueNextOfKinAssertion, issueTrcAssertion } from '#trust/assertions/issue-assertions.ts'
import type { HcpFacts } from '#trust/assertions/statements.ts'
import { hcpStatement, nextOfKinStatement, trcStatement } from '#trust/assertions/statements.ts'
import type { AccessGrant, AccessScope } from '#trust/tokens/access-grant.ts'
import { issueAccessToken } from '#trust/tokens/issue.ts'
import type { OutgoingAssertions } from '#wire/ihe/exchange.ts'
import { type AskingCountry, HOME } from './answering-country.ts'
import { valueFrom } from './europe.ts'

export interface Professional {
  readonly identifier: string
  readonly name: string
  /** ISCO. */
  readonly role: string
  readonly organisation: { readonly identifier: string; readonly name: string }
  readonly facilityType: 'Hospital' | 'Pharmacy'
}

export const CLAIRE: Professional = {
  identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001011',
  name: 'Claire Martin',
  role: '221',
  organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000101', name: 'Centre de santé du Lac' },
  facilityType: 'Hospital',
}

export const LUC: Professional = {
  identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001029',
  name: 'Luc Bernard',
  role: '2262',
  organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000202', name: 'Pharmacie du Lac' },
  facilityType: 'Pharmacy',
}

export interface Vouching {
  readonly now: Date
  readonly patient: string
  readonly purpose?: 'TREATMENT' | 'EMERGENCY'
  readonly onBehalfOf?: string
  readonly nextOfKin?: { readonly family: string; readonly given: string; readonly identifiers: readonly string[] }
  readonly dispensationPin?: string
  readonly permissions?: readonly string[]
  readonly withoutTrc?: boolean
  /** As a bridge writes it: the country whose professional it is. */
  readonly vouchedFor?: string
}

/** Signed SAML assertions of his country. */
export function assertionsOf(country: AskingCountry, who: Professional, vouching: Vouching): OutgoingAssertions {
  const { now, patient, purpose = 'TREATMENT', onBehalfOf, nextOfKin, dispensationPin, permissions } = vouching
  const facts: HcpFacts = {
    country: country.code,
    homeCommunityId: HOME[country.code],
    subject: { nameId: who.name },
    professional: {
      name: who.name,
      role: who.role,
      organisation: who.organisation,
      facilityType: who.facilityType,
      pointOfCare: 'Annecy',
      identifier: who.identifier,
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      ...(permissions === undefined ? {} : { permissions }),
    },
    purpose,
    authnContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI',
  }
  const own = valueFrom(hcpStatement(facts, now))
  const hcp = vouching.vouchedFor === undefined ? own : { ...own, issuer: `urn:idp:${vouching.vouchedFor}:countryB` }
  const pin = dispensationPin === undefined ? {} : { dispensationPin }
  const trc = valueFrom(trcStatement({ country: country.code, hcp, patient, purpose, ...pin }, now))
  return {
    hcp: issueHcpAssertion(hcp, country.seal),
    ...(vouching.withoutTrc ? {} : { trc: issueTrcAssertion(trc, country.seal) }),
    ...(nextOfKin
      ? {
          nextOfKin: issueNextOfKinAssertion(
            nextOfKinStatement({ country: country.code, hcp, nextOfKin }, now),
            country.seal,
          ),
        }
      : {}),
  }
}

/** An access token of his country, bound to its certificate. */
export function tokenOf(
  country: AskingCountry,
  who: Professional,
  { now, patient, purpose = 'TREATMENT', onBehalfOf, nextOfKin, dispensationPin }: Vouching,
  scope: AccessScope,
): Promise<string> {
  const grant: AccessGrant = {
    issuer: country.code,
    homeCommunityId: HOME[country.code],
    audience: HOME.PT,
    professional: {
      identifier: who.identifier,
      name: who.name,
      role: { code: who.role, display: who.role },
      organisation: who.organisation,
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    },
    purpose,
    emergencyReasonGiven: purpose === 'EMERGENCY',
    patient,
    scopes: [scope],
    relationship: { declaredAt: now.toISOString() },
    notice: { version: '1', languages: ['pt'], recordedAt: now.toISOString() },
    ...(nextOfKin ? { nextOfKin } : {}),
    ...(dispensationPin === undefined ? {} : { dispensationPin }),
  }
  const { kid, privateKey } = country.keys.token
  return issueAccessToken(grant, { kid, privateKey, certificateFingerprint: country.keys.tls.fingerprint }, now)
}
