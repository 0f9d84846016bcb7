/** A small Europe for tests of assertions: an authority, a signer of Portugal, a professional, a patient, a header. */
import assert from 'node:assert/strict'
import { child } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { testAuthority, testSigner } from '../../signature/testing/signers.ts'
import type { AssertionExpectation, HcpStatement, NextOfKinStatement, SealSigner, TrcStatement } from '../assertions.ts'
import { issueHcpAssertion, issueNextOfKinAssertion, issueTrcAssertion } from '../issue-assertions.ts'
import { type HcpFacts, hcpStatement, nextOfKinStatement, trcStatement } from '../statements.ts'
import { type AssertionVerdict, verifyAssertions } from '../verify-assertions.ts'

export const NOW = new Date('2026-11-20T10:00:00Z')
export const AUTHORITY = testAuthority()
export const SIGNER: SealSigner = testSigner(AUTHORITY)
export const PATIENT = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'

export const FACTS: HcpFacts = {
  country: 'PT',
  homeCommunityId: '2.16.17.710.820.1000.990.1',
  subject: { nameId: 'ana.silva', alias: 'a-1' },
  professional: {
    name: 'Ana "Zé" Silva & Filhos <cirurgia>',
    role: '2212',
    organisation: { name: 'Hospital de São João', identifier: 'urn:oid:1.2.3.4|ABCD' },
    facilityType: 'Hospital',
    pointOfCare: 'Urgência, Porto',
    identifier: 'urn:oid:1.2.3|77',
  },
  purpose: 'TREATMENT',
  authnContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI',
}

export const KIN: NextOfKinStatement['nextOfKin'] = {
  identifiers: ['urn:oid:2.16.17.710.820.1000.990.1.1|111', 'passport X'],
  family: 'Müller',
  given: 'Jo',
  gender: 'F',
  birthDate: '1970-02-28',
  city: 'Lisboa',
}

export function hcp(changes: Partial<HcpFacts> = {}, now = NOW): HcpStatement {
  const statement = hcpStatement({ ...FACTS, ...changes }, now)
  assert.ok(statement.ok)
  return statement.value
}

export function trc(of: HcpStatement, changes: { readonly dispensationPin?: string } = {}, now = NOW): TrcStatement {
  const statement = trcStatement({ country: 'PT', hcp: of, patient: PATIENT, purpose: 'TREATMENT', ...changes }, now)
  assert.ok(statement.ok)
  return statement.value
}

export function kin(of: HcpStatement): NextOfKinStatement {
  return nextOfKinStatement({ country: 'PT', hcp: of, nextOfKin: KIN }, NOW)
}

/** The three signed assertions of one scene, in the order in which the reference implementation sends them. */
export function signedScene(signer = SIGNER): { readonly hcp: string; readonly trc: string; readonly kin: string } {
  const statement = hcp()
  return {
    hcp: issueHcpAssertion(statement, signer),
    trc: issueTrcAssertion(trc(statement), signer),
    kin: issueNextOfKinAssertion(kin(statement), signer),
  }
}

const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

/** The text of a SOAP envelope with these in its security header. */
export function envelope(...parts: readonly string[]): string {
  return (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>' +
    `<wsse:Security xmlns:wsse="${SECURITY}">${parts.join('')}</wsse:Security></s:Header><s:Body/></s:Envelope>`
  )
}

export function parse(xml: string): XmlElement {
  const parsed = parseXml(Buffer.from(xml))
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problem.sentence)
  return parsed.value.root
}

export function expectation(changes: Partial<AssertionExpectation> = {}): AssertionExpectation {
  return {
    now: NOW,
    trusted: async (country) =>
      country === 'PT' ? { signers: [], authorities: [AUTHORITY.certificate], revocationLists: [] } : undefined,
    tlsCountry: 'PT',
    needsTrc: true,
    profile: 'strict',
    ...changes,
  }
}

/** Verifies the header of an envelope. */
export function verdictOn(xml: string, changes: Partial<AssertionExpectation> = {}): Promise<AssertionVerdict> {
  const message = parse(xml)
  const security = child(child(message, 'Header'), 'Security')
  assert.ok(security)
  return verifyAssertions(security, expectation({ message, ...changes }))
}

export async function codeOf(xml: string, changes: Partial<AssertionExpectation> = {}): Promise<string> {
  const verdict = await verdictOn(xml, changes)
  return verdict.ok ? 'verified' : verdict.problem.code
}
