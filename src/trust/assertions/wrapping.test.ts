/**
 * Signature wrapping (Somorovsky et al., "On Breaking SAML", USENIX Security 2012) and other ways to have a genuine
 * signature vouch for what was never signed. Each must be refused; none may let the forged name through.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signEnveloped } from '../signature/sign-enveloped.ts'
import { testAuthority, testSigner } from '../signature/testing/signers.ts'
import { envelope, signedScene, verdictOn } from './testing/scene.ts'

const scene = signedScene()
const GENUINE = scene.hcp
const SIGNATURE = /<ds:Signature[\s\S]*<\/ds:Signature>/.exec(GENUINE)?.[0] ?? ''
const BARE = GENUINE.replace(SIGNATURE, '')
const ID = / ID="([^"]+)"/.exec(GENUINE)?.[1] ?? ''
const NAME = 'Ana "Zé" Silva &amp; Filhos &lt;cirurgia&gt;'

/** What the attacker wants to be read: another name, under this identifier, unsigned. */
const forged = (id = '_evil'): string => BARE.replace(NAME, 'Dr. Evil').replace(ID, id)
/** The genuine signature in the forged assertion. */
const forgedWith = (signature: string, id?: string): string =>
  forged(id).replace('</saml2:Issuer>', `</saml2:Issuer>${signature}`)
const inside = (outer: string, inner: string): string =>
  outer.replace('</saml2:Assertion>', `${inner}</saml2:Assertion>`)
const object = (content: string): string =>
  SIGNATURE.replace('</ds:Signature>', `<ds:Object>${content}</ds:Object></ds:Signature>`)
const changed = (from: string | RegExp, to: string): string => {
  const result = GENUINE.replace(from, to)
  assert.notEqual(result, GENUINE)
  return result
}
const stranger = testSigner(testAuthority('Stranger'))
const selfMade = (id = '_evil'): string =>
  signEnveloped(forged(id), id, stranger, { after: 'Issuer', prefixes: ['xs'] })
const SECOND_REFERENCE = (/<ds:Reference[\s\S]*<\/ds:Reference>/.exec(GENUINE)?.[0] ?? '').replace(`#${ID}`, '#_evil')
const CERTIFICATE = /<ds:X509Certificate>[\s\S]*<\/ds:X509Certificate>/.exec(GENUINE)?.[0] ?? ''
const OWN_CERTIFICATE = /<ds:X509Certificate>[\s\S]*<\/ds:X509Certificate>/.exec(selfMade())?.[0] ?? ''
const ENVELOPED = '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>'
const BODY = '<s:Body/>'
const inBody = (header: string, body: string): string => envelope(header).replace(BODY, `<s:Body>${body}</s:Body>`)
const transform = (algorithm: string, content: string) =>
  changed(ENVELOPED, `${ENVELOPED}<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`)

const REFUSED: Readonly<Record<string, readonly [message: string, code: string]>> = {
  'the signed assertion stands beside the forged one, which has its signature': [envelope(forgedWith(SIGNATURE), BARE), 'signature-reference'],
  'the forged one comes second': [envelope(BARE, forgedWith(SIGNATURE)), 'signature-missing'],
  'the forged assertion holds the signed one': [envelope(inside(forgedWith(SIGNATURE), BARE)), 'signature-reference'],
  'the signed one stands inside the signature': [envelope(forgedWith(object(BARE))), 'signature-malformed'],
  'the same with the same identifier': [envelope(forgedWith(object(BARE), ID)), 'signature-malformed'],
  'the forged assertion holds the whole signed one': [envelope(inside(forged(), GENUINE)), 'signature-missing'],
  'the whole signed one stands in the advice of the forged one': [envelope(forged().replace('<saml2:AuthnStatement', `<saml2:Advice>${GENUINE}</saml2:Advice><saml2:AuthnStatement`)), 'signature-missing'],
  'the signed one was moved to the body': [inBody(forgedWith(SIGNATURE), BARE), 'signature-reference'],
  'the same with the same identifier in both': [inBody(forgedWith(SIGNATURE, ID), BARE), 'signature-reference'],
  'the whole signed one was moved to the body': [inBody(forged(), GENUINE), 'signature-missing'],
  'the signed one stands deeper in the header than where assertions stand': [envelope(`<x>${GENUINE}</x>`), 'assertion-hcp-missing'],
  'the signature stands beside the assertion': [envelope(BARE, SIGNATURE), 'signature-missing'],
  'an unsigned assertion comes with the signed one': [envelope(GENUINE, forged()), 'signature-missing'],
  'the forged one is signed with a key of the attacker': [envelope(selfMade()), 'signer-unlisted'],
  'the same beside the signed one': [envelope(GENUINE, selfMade()), 'signer-unlisted'],
  'two signatures, the genuine one first': [envelope(selfMade().replace('<ds:Signature ', `${SIGNATURE}<ds:Signature `)), 'signature-malformed'],
  'two signatures, the genuine one last': [envelope(selfMade().replace('</ds:Signature>', `</ds:Signature>${SIGNATURE}`)), 'signature-malformed'],
  'the genuine certificate on the signature of the attacker': [envelope(selfMade().replace(OWN_CERTIFICATE, CERTIFICATE)), 'signature-value'],
  'both certificates': [envelope(changed(CERTIFICATE, CERTIFICATE + OWN_CERTIFICATE)), 'signature-certificate'],
  'both certificates, in two groups': [envelope(changed('</ds:X509Data>', `</ds:X509Data><ds:X509Data>${OWN_CERTIFICATE}</ds:X509Data>`)), 'signature-certificate'],
  'a certificate of megabytes': [envelope(changed('</ds:X509Certificate>', `${'A'.repeat(1_000_000)}$&`)), 'signature-certificate'],
  'no certificate': [envelope(changed(CERTIFICATE, '')), 'signature-certificate'],
  'two references': [envelope(changed('</ds:Reference>', `</ds:Reference>${SECOND_REFERENCE}`)), 'signature-malformed'],
  'no reference': [envelope(changed(/<ds:Reference[\s\S]*<\/ds:Reference>/, '')), 'signature-malformed'],
  'a reference without address': [envelope(changed(` URI="#${ID}"`, '')), 'signature-reference'],
  'a reference to the whole message': [envelope(changed(`URI="#${ID}"`, 'URI=""')), 'signature-reference'],
  'a reference by XPointer': [envelope(changed(`URI="#${ID}"`, `URI="#xpointer(id('${ID}'))"`)), 'signature-reference'],
  'a reference to another place': [envelope(changed(`URI="#${ID}"`, 'URI="https://evil.example/a.xml"')), 'signature-reference'],
  'an XPath transform': [envelope(transform('http://www.w3.org/TR/1999/REC-xpath-19991116', '<ds:XPath>false()</ds:XPath>')), 'signature-transform'],
  'an XSLT transform': [envelope(transform('http://www.w3.org/TR/1999/REC-xslt-19991116', '<xsl xmlns="urn:x"/>')), 'signature-transform'],
  'a base64 transform': [envelope(transform('http://www.w3.org/2000/09/xmldsig#base64', '')), 'signature-transform'],
  'no enveloped transform': [envelope(changed(ENVELOPED, '')), 'signature-transform'],
  'an HMAC': [envelope(changed(/http:[^"]*rsa-sha256/, 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256')), 'signature-algorithm'],
  'SHA-1': [envelope(changed(/http:[^"]*rsa-sha256/, 'http://www.w3.org/2000/09/xmldsig#rsa-sha1')), 'signature-algorithm'],
  'no algorithm': [envelope(changed(/http:[^"]*rsa-sha256/, 'none')), 'signature-algorithm'],
  'a digest with SHA-1': [envelope(changed(/http:[^"]*xmlenc#sha256/, 'http://www.w3.org/2000/09/xmldsig#sha1')), 'signature-algorithm'],
  'an empty signature value': [envelope(changed(/(SignatureValue>)[^<]+/, '$1')), 'signature-malformed'],
  'an ID of the message is the same': [envelope(GENUINE).replace(BODY, `<s:Body ID="${ID}"/>`), 'signature-reference'],
  'an Id is the same': [envelope(GENUINE).replace(BODY, `<s:Body Id="${ID}"/>`), 'signature-reference'],
  'an xml:id is the same': [envelope(GENUINE).replace(BODY, `<s:Body xml:id="${ID}"/>`), 'signature-reference'],
  'a wsu:Id is the same': [envelope(GENUINE).replace(BODY, `<s:Body xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" wsu:Id="${ID}"/>`), 'signature-reference'],
  'more was put into the signed assertion': [envelope(inside(GENUINE, '<saml2:AttributeStatement/>')), 'signature-digest'],
  'the assertion was renamed': [envelope(GENUINE.replaceAll('saml2:Assertion', 'saml2:Advice')), 'assertion-hcp-missing'],
  'a prefix means something else': [envelope(changed('xmlns:xs="http://www.w3.org/2001/XMLSchema"', 'xmlns:xs="urn:evil"')), 'signature-digest'],
  'four assertions': [envelope(GENUINE, GENUINE, GENUINE, GENUINE), 'assertion-several'],
  'the same assertion twice': [envelope(GENUINE, GENUINE), 'signature-reference'],
} // biome-ignore format: a table

describe('a genuine signature does not vouch for', () => {
  for (const [how, [message, code]] of Object.entries(REFUSED)) {
    it(how, async () => {
      const verdict = await verdictOn(message, { needsTrc: false })
      assert.ok(!verdict.ok)
      assert.equal(verdict.problem.code, code)
      assert.notEqual(verdict.authenticated?.hcp?.professional.name, 'Dr. Evil')
    })
  }

  it('while the genuine message is accepted, comments or not', async () => {
    for (const message of [GENUINE, changed('Ana "Zé"', 'Ana <!-- x -->"Zé"')]) {
      const verdict = await verdictOn(envelope(message), { needsTrc: false })
      assert.ok(verdict.ok)
      assert.equal(verdict.value.hcp.professional.name, 'Ana "Zé" Silva & Filhos <cirurgia>')
    }
  })
})
