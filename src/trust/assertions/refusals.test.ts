/** Every field that is missing, wrong, repeated or out of time is a refusal with its own code. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signEnveloped } from '../signature/sign-enveloped.ts'
import { testAuthority, testSigner } from '../signature/testing/signers.ts'
import type { AssertionExpectation, AssertionProfile } from './assertions.ts'
import { issueHcpAssertion, issueTrcAssertion } from './issue-assertions.ts'
import { ATTRIBUTES, URI_NAME_FORMAT } from './names.ts'
import { wireCodeOf } from './problems.ts'
import { AUTHORITY, codeOf, envelope, hcp, kin, NOW, SIGNER, signedScene, trc, verdictOn } from './testing/scene.ts'

const SCENE = signedScene()

/** An assertion of the scene, changed and signed anew. */
function changed(signed: string, change: (text: string) => string): string {
  const bare = signed.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')
  const text = change(bare)
  assert.notEqual(text, bare)
  const id = / ID="([^"]+)"/.exec(text)?.[1]
  return signEnveloped(text, id, SIGNER, { after: 'Issuer', prefixes: ['xs'] })
}

const swap = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to)
/** Without the attribute of this name. */
const without = (name: string) =>
  swap(new RegExp(`<saml2:Attribute [^>]*Name="[^"]*${name}"[\\s\\S]*?</saml2:Attribute>`), '')
const doubled = (name: string) =>
  swap(new RegExp(`<saml2:Attribute [^>]*Name="[^"]*${name}"[\\s\\S]*?</saml2:Attribute>`), '$&$&')

const BEHALF = (code: string): string =>
  `<saml2:Attribute Name="${ATTRIBUTES.onBehalfOf}" NameFormat="${URI_NAME_FORMAT}"><saml2:AttributeValue>${code}</saml2:AttributeValue></saml2:Attribute>`

type Case = readonly [what: string, change: (text: string) => string, strict: string, openncp: string]

async function run(cases: readonly Case[], part: 'hcp' | 'trc' | 'kin'): Promise<void> {
  for (const [what, change, strict, openncp] of cases) {
    const scene = { ...SCENE, [part]: changed(SCENE[part], change) }
    for (const [profile, expected] of [
      ['strict', strict],
      ['openncp', openncp],
    ] as const) {
      const message = envelope(scene.kin, scene.hcp, scene.trc)
      assert.equal(
        await codeOf(message, { profile: profile satisfies AssertionProfile }),
        expected,
        `${what} (${profile})`,
      )
    }
  }
}

describe('an HCP assertion is refused for', () => {
  it('what it says of the professional', () =>
    run(
      [
        ['no name', without('subject:subject-id'), 'assertion-subject', 'assertion-subject'],
        ['two names', doubled('subject:subject-id'), 'assertion-attribute', 'assertion-attribute'],
        ['no role', without('subject:role'), 'assertion-role', 'assertion-role'],
        ['an unknown role', swap('code="221"', 'code="999"'), 'assertion-role', 'assertion-role'],
        ['another name than the role has', swap('"Medical Doctors"', '"Pharmacists"'), 'assertion-role', 'assertion-role'],
        ['a role of another list', swap(/codeSystem="2.16.840[^"]*"/, 'codeSystem="1.2"'), 'assertion-role', 'assertion-role'],
        ['a role without name', swap(' displayName="Medical Doctors"', ''), 'assertion-role', 'verified'],
        ['a role in lower case', swap('"Medical Doctors"', '"medical doctors"'), 'verified', 'verified'],
        ['a role in no namespace', swap('<Role xmlns="urn:hl7-org:v3"', '<Role'), 'assertion-role', 'assertion-role'],
        ['no institution', without('healthcare-facility-type'), 'assertion-facility-type', 'assertion-facility-type'],
        ['an unknown institution', swap('>Hospital<', '>Spa<'), 'assertion-facility-type', 'assertion-facility-type'],
        ['an institution in capitals', swap('>Hospital<', '>HOSPITAL<'), 'assertion-facility-type', 'verified'],
        ['the former name of that attribute', swap('urn:ehdsi:names:subject:healthcare', 'urn:epsos:names:wp3.4:subject:healthcare'), 'assertion-facility-type', 'verified'],
        ['no point of care', without('environment:locality'), 'assertion-locality', 'assertion-locality'],
        ['a bare role on whose behalf', swap('<saml2:AttributeStatement>', `$&${BEHALF('221')}`), 'assertion-role', 'verified'],
        ['an unknown one', swap('<saml2:AttributeStatement>', `$&${BEHALF('999')}`), 'assertion-role', 'assertion-role'],
        ['no purpose', without('purposeofuse'), 'assertion-purpose', 'assertion-purpose'],
        ['an unknown purpose', swap('code="TREATMENT"', 'code="MARKETING"'), 'assertion-purpose', 'assertion-purpose'],
        ['a purpose of another list', swap('3bc18518-d305-46c2-a8d6-94bd59856e9e', 'x'), 'assertion-purpose', 'verified'],
        ['a purpose in words', swap(/<PurposeOfUse[^>]*>/, 'TREATMENT'), 'assertion-purpose', 'verified'],
        ['no permission', without('hl7:permission'), 'assertion-permissions', 'assertion-permissions'],
        ['bare permissions', (text) => text.replaceAll(/>urn:oasis[^<]*permission:/g, '>'), 'assertion-permissions', 'verified'],
        ['no organisation', without('organization'), 'verified', 'verified'],
        ['no provider identifier', without('subject:npi'), 'verified', 'verified'],
        ['no format of names', swap('attrname-format:uri', 'attrname-format:basic'), 'assertion-attribute', 'assertion-attribute'],
      ],
      'hcp',
    )) // biome-ignore format: a table

  it('its frame', () =>
    run(
      [
        ['one factor', swap('classes:SmartcardPKI', 'classes:PasswordProtectedTransport'), 'assertion-authentication-weak', 'assertion-authentication-weak'],
        ['a previous session', swap('classes:SmartcardPKI', 'classes:PreviousSession'), 'assertion-authentication-weak', 'assertion-authentication-weak'],
        ['no way of signing in', swap(/<saml2:AuthnContextClassRef>.*<\/saml2:AuthnContextClassRef>/, ''), 'assertion-authentication-weak', 'assertion-authentication-weak'],
        ['no issuer', swap('>urn:idp:PT:countryB<', '><'), 'assertion-issuer', 'assertion-issuer'],
        ['bearer', swap('cm:sender-vouches', 'cm:bearer'), 'assertion-confirmation', 'assertion-confirmation'],
        ['no confirmation', swap(/<saml2:SubjectConfirmation[^>]*>/, ''), 'assertion-confirmation', 'assertion-confirmation'],
        ['no subject', swap(/<saml2:NameID.*<\/saml2:NameID>/, ''), 'assertion-subject', 'assertion-subject'],
        ['another audience', swap('audience:x-border', 'audience:portal'), 'assertion-audience', 'assertion-audience'],
        ['no audience', swap(/<saml2:AudienceRestriction>.*<\/saml2:AudienceRestriction>/, ''), 'assertion-audience', 'verified'],
        ['an unknown condition', swap('<saml2:AudienceRestriction>', '<saml2:OneTimeUse/>$&'), 'assertion-shape', 'assertion-shape'],
        ['two conditions elements', swap(/<saml2:Conditions.*<\/saml2:Conditions>/, '$&$&'), 'assertion-shape', 'assertion-shape'],
        ['no attributes', swap(/<saml2:AttributeStatement>.*<\/saml2:AttributeStatement>/, ''), 'assertion-shape', 'assertion-shape'],
        ['SAML 1.1', swap('Version="2.0"', 'Version="1.1"'), 'assertion-shape', 'assertion-shape'],
        ['an unknown kind', swap('assertions:hcp', 'assertions:xyz'), 'assertion-kind', 'assertion-kind'],
        ['too long a life', swap(/NotOnOrAfter="[^"]*"/, 'NotOnOrAfter="2026-11-20T14:00:01Z"'), 'assertion-life', 'assertion-life'],
        ['no end', swap(/ NotOnOrAfter="[^"]*"/, ''), 'assertion-life', 'assertion-life'],
        ['a time without zone', swap(/NotBefore="[^"]*"/, 'NotBefore="2026-11-20T10:00:00"'), 'assertion-life', 'assertion-life'],
        ['an end before its beginning', swap(/NotOnOrAfter="[^"]*"/, 'NotOnOrAfter="2026-11-20T09:00:00Z"'), 'assertion-life', 'assertion-life'],
        ['made later than now', swap(/IssueInstant="[^"]*"/, 'IssueInstant="2026-11-20T10:02:00Z"'), 'assertion-not-yet-valid', 'assertion-not-yet-valid'],
        ['times with a zone', swap(/NotBefore="[^"]*"/, 'NotBefore="2026-11-20T12:00:00.000+02:00"'), 'verified', 'verified'],
      ],
      'hcp',
    )) // biome-ignore format: a table
})

describe('a TRC assertion is refused for', () => {
  it('what it says of the patient and of the professional', () =>
    run(
      [
        ['no patient', without('subject:subject-id'), 'assertion-patient', 'assertion-patient'],
        ['a patient in another form', swap(/\^\^\^&amp;[^<]*/, ''), 'assertion-patient', 'assertion-patient'],
        ['two patients', doubled('subject:subject-id'), 'assertion-attribute', 'assertion-attribute'],
        ['no purpose', without('purposeofuse'), 'assertion-purpose', 'assertion-purpose'],
        ['another HCP assertion', swap(/<saml2:AssertionIDRef>_/, '<saml2:AssertionIDRef>_0'), 'assertion-belongs-to-another', 'assertion-belongs-to-another'],
        ['no HCP assertion', swap(/<saml2:Advice>.*<\/saml2:Advice>/, ''), 'assertion-belongs-to-another', 'assertion-belongs-to-another'],
        ['two HCP assertions', swap(/<saml2:AssertionIDRef>.*<\/saml2:AssertionIDRef>/, '$&$&'), 'assertion-belongs-to-another', 'assertion-belongs-to-another'],
        ['another professional', swap('>ana.silva<', '>rui.costa<'), 'assertion-belongs-to-another', 'assertion-belongs-to-another'],
        ['another session', swap('classes:PreviousSession', 'classes:Password'), 'assertion-authentication-weak', 'assertion-authentication-weak'],
        ['too long a life', swap(/NotOnOrAfter="[^"]*"/, 'NotOnOrAfter="2026-11-20T12:00:01Z"'), 'assertion-life', 'assertion-life'],
        ['being called an HCP assertion', swap('assertions:trc', 'assertions:hcp'), 'assertion-several', 'assertion-several'],
      ],
      'trc',
    )) // biome-ignore format: a table
})

describe('a next-of-kin assertion is refused for', () => {
  it('what it says, which the reference implementation does not check', () =>
    run(
      [
        ['no family name', without('nextofkin:familyname'), 'assertion-next-of-kin', 'assertion-next-of-kin'],
        ['a date that is none', swap('1970-02-28', '1970-02-30'), 'assertion-next-of-kin', 'assertion-next-of-kin'],
        ['the day first', swap('1970-02-28', '28-02-1970'), 'verified', 'verified'],
        ['another HCP assertion', swap(/<saml2:AssertionIDRef>_/, '<saml2:AssertionIDRef>_0'), 'assertion-belongs-to-another', 'assertion-belongs-to-another'],
        ['its end', swap(/NotBefore="[^"]*" NotOnOrAfter="[^"]*"/, 'NotBefore="2026-11-20T07:00:00Z" NotOnOrAfter="2026-11-20T09:00:00Z"'), 'assertion-expired', 'assertion-expired'],
      ],
      'kin',
    )) // biome-ignore format: a table
})

describe('times', () => {
  const at = (time: string, changes: Partial<AssertionExpectation> = {}) =>
    codeOf(envelope(SCENE.hcp, SCENE.trc), { now: new Date(time), ...changes })

  it('have a tolerance of a minute and no more, in both profiles', async () => {
    for (const profile of ['strict', 'openncp'] as const) {
      assert.equal(await at('2026-11-20T09:58:59Z', { profile }), 'assertion-not-yet-valid')
      assert.equal(await at('2026-11-20T09:59:00Z', { profile }), 'verified')
      assert.equal(await at('2026-11-20T12:00:59Z', { profile }), 'verified')
      assert.equal(await at('2026-11-20T12:01:00Z', { profile }), 'assertion-expired')
      assert.equal(await at('2026-11-20T14:01:00Z', { profile, needsTrc: false }), 'assertion-expired')
    }
  })

  it('are checked again although the signature is remembered', async () => {
    assert.equal(await at('2026-11-20T11:00:00Z'), 'verified')
    assert.equal(await at('2026-11-20T15:00:00Z'), 'assertion-expired')
  })
})

describe('countries', () => {
  const spanish = testSigner(AUTHORITY, { country: 'ES' })
  const everywhere: Partial<AssertionExpectation> = {
    trusted: async () => ({ signers: [], authorities: [AUTHORITY.certificate], revocationLists: [] }),
  }

  it('of the signer and of the connection must be one', async () => {
    const message = envelope(SCENE.hcp, SCENE.trc)
    assert.equal(await codeOf(message, { tlsCountry: 'ES' }), 'assertion-country')
    assert.equal(await codeOf(message, { tlsCountry: undefined }), 'assertion-country')
  })

  it('of both signers must be one', async () => {
    const about = hcp()
    const message = envelope(issueHcpAssertion(about, SIGNER), issueTrcAssertion(trc(about), spanish))
    assert.equal(await codeOf(message, everywhere), 'assertion-country')
    assert.equal(await codeOf(message), 'signer-unlisted')
  })

  it('that do not take part are not believed, nor signers without a country', async () => {
    assert.equal(await codeOf(envelope(issueHcpAssertion(hcp(), spanish))), 'signer-unlisted')
    const nowhere = testSigner(AUTHORITY, { country: 'pt' })
    assert.equal(await codeOf(envelope(issueHcpAssertion(hcp(), nowhere)), everywhere), 'assertion-country')
  })
})

describe('a refusal', () => {
  it('tells who tried, as far as that is certain', async () => {
    const late = await verdictOn(envelope(SCENE.hcp), { now: new Date('2026-11-21T00:00:00Z'), needsTrc: false })
    assert.ok(!late.ok)
    assert.equal(late.authenticated?.hcp?.subject.nameId, 'ana.silva')
    assert.equal(late.authenticated?.country, 'PT')
    const brokenTrc = await verdictOn(envelope(SCENE.hcp, SCENE.trc.replace('TREATMENT', 'EMERGENCY')))
    assert.ok(!brokenTrc.ok)
    assert.equal(brokenTrc.problem.code, 'signature-digest')
    assert.equal(brokenTrc.authenticated?.hcp?.subject.nameId, 'ana.silva')
    const noRole = await verdictOn(envelope(changed(SCENE.hcp, without('subject:role'))), { needsTrc: false })
    assert.ok(!noRole.ok)
    assert.deepEqual(Object.keys(noRole.authenticated ?? {}), ['country', 'signer'])
    const stranger = testSigner(testAuthority('Stranger'))
    const unknown = await verdictOn(envelope(issueHcpAssertion(hcp({}, NOW), stranger)), { needsTrc: false })
    assert.ok(!unknown.ok)
    assert.equal(unknown.authenticated, undefined)
  })

  it('says nothing about persons', async () => {
    const about = kin(hcp())
    assert.ok(about.nextOfKin.family)
    const refused = await verdictOn(envelope(SCENE.kin, SCENE.hcp, SCENE.trc), { tlsCountry: 'ES' })
    assert.ok(!refused.ok)
    assert.doesNotMatch(JSON.stringify(refused.problem), /Silva|298123456|Müller/)
  })

  it('has a code of eHDSI', () => {
    assert.equal(wireCodeOf('assertion-expired'), '1001')
    assert.equal(wireCodeOf('assertion-belongs-to-another'), '1002')
    assert.equal(wireCodeOf('assertion-authentication-weak'), '4702')
    assert.equal(wireCodeOf('assertion-permissions'), '4703')
    assert.equal(wireCodeOf('assertion-hcp-missing'), 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED')
    assert.equal(wireCodeOf('signature-digest'), 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED')
    assert.equal(wireCodeOf('signer-revoked'), 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED')
  })
})
