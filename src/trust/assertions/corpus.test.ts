/** Assertions written by others: captured from the reference implementation, and templates that are filled and signed here. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { child } from '#platform/xml/access.ts'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { signEnveloped } from '../signature/sign-enveloped.ts'
import type { AssertionExpectation } from './assertions.ts'
import { envelope, expectation, NOW, parse, SIGNER } from './testing/scene.ts'
import { type AssertionVerdict, verifyAssertions } from './verify-assertions.ts'

function corpus(name: string): string {
  const [file] = corpusFiles(`openncp/saml/${name}`)
  assert.ok(file, name)
  return readFileSync(file, 'utf8')
}

/** The file is a SOAP header, or the header of an envelope. */
async function verdictOn(xml: string, changes: Partial<AssertionExpectation>): Promise<AssertionVerdict> {
  const message = parse(xml)
  const security = child(message, 'Security') ?? child(child(message, 'Header'), 'Security')
  assert.ok(security)
  return verifyAssertions(security, expectation({ message, profile: 'openncp', ...changes }))
}

function codeOf(verdict: AssertionVerdict): string {
  return verdict.ok ? 'verified' : verdict.problem.code
}

/** As it was before it was indented and its role was changed, which the signature proves. */
const captured = () =>
  corpus('dk__soap-header-hcp-trc-signed.xml')
    .replace(/\n {4,}(?=<)/g, '\n')
    .replace('code="2262"', 'code="221"')
    .replace('displayName="Pharmacists"', 'displayName="Medical Doctors"')
    .replace('>Pharmacy<', '>Resident Physician<')

function ownCertificate(xml: string): string {
  const base64 = /<ds:X509Certificate>([\s\S]*?)<\/ds:X509Certificate>/.exec(xml)?.[1]?.replace(/\s+/g, '') ?? ''
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

describe('a header captured from the reference implementation', { skip: withoutCorpus() }, () => {
  const danish = (changes: Partial<AssertionExpectation> = {}): Partial<AssertionExpectation> => ({
    now: new Date('2025-07-26T12:00:00Z'),
    tlsCountry: 'DK',
    trusted: async (country) =>
      country === 'DK' ? { signers: [ownCertificate(captured())], authorities: [], revocationLists: [] } : undefined,
    ...changes,
  })

  it('is verified in its time, in both profiles', async () => {
    for (const profile of ['strict', 'openncp'] as const) {
      const verdict = await verdictOn(captured(), danish({ profile }))
      assert.ok(verdict.ok, verdict.ok ? '' : verdict.problem.sentence)
      const { hcp, trc, country } = verdict.value
      assert.equal(country, 'DK')
      assert.equal(hcp.professional.name, 'John House')
      assert.deepEqual(hcp.professional.role, { code: '221', display: 'Medical Doctors' })
      assert.deepEqual(hcp.professional.organisation, {
        name: 'eHealth OpenNCP EU Portal',
        identifier: 'urn:oid:1.2.3.4|ABCD',
      })
      assert.equal(hcp.homeCommunityId, '1.2.208')
      assert.equal(hcp.professional.permissions.length, 9)
      assert.equal(trc?.patient, 'urn:oid:1.2.208.176.1.2|1011649927')
    }
  })

  it('is refused later, from elsewhere, and when its certificate is on no list', async () => {
    assert.equal(codeOf(await verdictOn(captured(), danish({ now: NOW }))), 'assertion-expired')
    assert.equal(codeOf(await verdictOn(captured(), danish({ tlsCountry: 'PT' }))), 'assertion-country')
    const nobody = async () => ({ signers: [SIGNER.certificate], authorities: [], revocationLists: [] })
    assert.equal(codeOf(await verdictOn(captured(), danish({ trusted: nobody }))), 'signer-unlisted')
  })

  it('is refused as it lies in the corpus, where it was changed after signing', async () => {
    for (const name of ['dk__soap-header-hcp-trc-signed.xml', 'dk__soap-header-bad.xml']) {
      assert.equal(codeOf(await verdictOn(corpus(name), danish())), 'signature-digest', name)
    }
  })
})

/** The assertions in a text without their signatures, signed anew by us; `fields` fills `{{…}}` and the like. */
function signedHere(xml: string, fields: Readonly<Record<string, string>> = {}): readonly string[] {
  const filled = Object.entries(fields).reduce((text, [name, value]) => text.replaceAll(`{{${name}}}`, value), xml)
  return [...filled.matchAll(/<(saml2?):Assertion[\s\S]*?<\/\1:Assertion>/g)].map(([assertion]) => {
    const bare = assertion.replace(/<ds:Signature[\s\S]*?<\/ds:Signature>/, '')
    const id = /\sID="([^"]+)"/.exec(bare)?.[1]
    return signEnveloped(bare, id, SIGNER, { after: 'Issuer' })
  })
}

describe('templates of the Danish test tool, filled and signed here', { skip: withoutCorpus() }, () => {
  const FIELDS = {
    'assertion-id': '_a1',
    'hcp-assertion-id': '_a1',
    'issue-instant': '2026-11-20T10:00:00Z',
    'authn-instant': '2026-11-20T10:00:00Z',
    'not-before': '2026-11-20T10:00:00Z',
    'not-on-or-after': '2026-11-20T12:00:00Z',
  }
  const filled = (fields: Partial<typeof FIELDS> = {}) => [
    ...signedHere(corpus('dk__template-hcp-assertion.xml'), { ...FIELDS, ...fields }),
    ...signedHere(corpus('dk__template-trc-assertion.xml'), { ...FIELDS, ...fields, 'assertion-id': '_a2' }),
  ]

  it('are read in the profile of the reference implementation: no audience, white space, another list of purposes', async () => {
    const verdict = await verdictOn(envelope(...filled()), {})
    assert.ok(verdict.ok, verdict.ok ? '' : verdict.problem.sentence)
    assert.equal(verdict.value.hcp.professional.name, 'Dr. Doolittle')
    assert.equal(verdict.value.hcp.professional.organisation?.name, 'eHealth OpenNCP EU Portal')
    assert.equal(verdict.value.trc?.patient, 'urn:oid:1.2.208.176.1.2|0410009234')
  })

  it('are not read in the strict profile', async () => {
    assert.equal(codeOf(await verdictOn(envelope(...filled()), { profile: 'strict' })), 'assertion-audience')
  })

  it('are read with identifiers that are no NCName, in that profile only', async () => {
    const id = 'urn:uuid:6f1c4dcf-67e2-4278-9c21-c1d0392f079e'
    const message = envelope(...filled({ 'assertion-id': id, 'hcp-assertion-id': id }))
    assert.equal(codeOf(await verdictOn(message, {})), 'verified')
    assert.equal(codeOf(await verdictOn(message, { profile: 'strict' })), 'assertion-identifier')
  })

  it('may not live longer there either', async () => {
    const message = envelope(...filled({ 'not-on-or-after': '2026-11-20T14:00:01Z' }))
    assert.equal(codeOf(await verdictOn(message, {})), 'assertion-life')
  })
})

describe('the header with other prefixes', { skip: withoutCorpus() }, () => {
  const variant = () => corpus('dk__soap-header-namespace-variant.xml')

  it('is refused as it lies there: pretty printing broke its signature', async () => {
    assert.equal(codeOf(await verdictOn(variant(), {})), 'signature-digest')
  })

  it('is read once signed anew: Role and PurposeOfUse by the default namespace of the assertion, times with a zone', async () => {
    const [hcp] = signedHere(variant())
    assert.ok(hcp)
    const now = new Date('2026-03-20T08:00:00Z')
    const verdict = await verdictOn(envelope(hcp), { now, needsTrc: false })
    assert.ok(verdict.ok, verdict.ok ? '' : verdict.problem.sentence)
    assert.equal(verdict.value.hcp.professional.name, 'Helvi Inkinen')
    assert.deepEqual(verdict.value.hcp.professional.role, { code: '2262', display: 'Pharmacists' })
    assert.equal(verdict.value.hcp.notBefore, '2026-03-20T09:54:33.383+02:00')
  })
})

describe('assertions of the epSOS years', { skip: withoutCorpus() }, () => {
  it('are refused, signed with SHA-1 or not signed', async () => {
    const verdict = async (name: string) =>
      codeOf(await verdictOn(envelope(corpus(name).replace(/^<\?xml.*?\?>/, '')), {}))
    assert.equal(await verdict('v7__SignedSamlAssertion.xml'), 'signature-algorithm')
    assert.equal(await verdict('v7__SAMLIdAssertion.xml'), 'signature-missing')
    assert.equal(await verdict('v7__StrippedSAMLidAssertion.xml'), 'signature-missing')
  })
})
