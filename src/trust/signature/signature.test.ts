import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, test } from 'node:test'
import { children, descend, elements, text } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { signEnveloped } from './sign-enveloped.ts'
import { testAuthority, testSigner } from './testing/signers.ts'
import { type VerifyOptions, verifySigned } from './verify-signed.ts'

const authority = testAuthority()
const signer = testSigner(authority)

function parse(xml: string): XmlElement {
  const parsed = parseXml(Buffer.from(xml))
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problem.sentence)
  return parsed.value.root
}

function codeOf(element: XmlElement, options?: VerifyOptions): string {
  const result = verifySigned(element, options)
  return result.ok ? 'verified' : result.problem.code
}

const MESSAGE =
  '<?xml version="1.0"?>\n<m xmlns="urn:m" xmlns:xs="urn:xs">\r\n <part xmlns:i="urn:i" ID="_1" i:type="xs:a"><a>é &lt;&#13;</a><!-- c --><b/></part> <other ID="_2"/></m>'

describe('an enveloped signature', () => {
  it('covers one element, which is read from the signed bytes only', () => {
    const signed = signEnveloped(MESSAGE, '_1', signer, { after: 'a', prefixes: ['xs'] })
    const root = parse(signed)
    const [part] = elements(root)
    assert.ok(part)
    const result = verifySigned(part, { document: root })
    assert.ok(result.ok)
    assert.equal(result.value.signer.country, 'PT')
    assert.deepEqual(
      elements(result.value.element).map(({ name }) => name),
      ['a', 'b'],
    )
    assert.equal(text(result.value.element), 'é <\r')
    // Everything else of the text is as it was.
    assert.equal(signed.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, ''), MESSAGE)
  })

  it('covers a whole document', () => {
    const root = parse(signEnveloped(MESSAGE, undefined, signer))
    assert.equal(codeOf(root), 'verified')
    const [part] = elements(root)
    assert.ok(part)
    assert.equal(codeOf(part, { document: root }), 'signature-missing')
  })

  it('is refused after any change of what it covers, and not after others', () => {
    const signed = signEnveloped(MESSAGE, '_1', signer, { prefixes: ['xs'] })
    const verdict = (from: string, to: string): string => {
      assert.ok(signed.includes(from), from)
      const root = parse(signed.replace(from, to))
      const [part] = elements(root)
      return part ? codeOf(part, { document: root }) : ''
    }
    assert.equal(verdict('é', 'e'), 'signature-digest')
    assert.equal(verdict('<b/>', ''), 'signature-digest')
    assert.equal(verdict(' i:type="xs:a"', ''), 'signature-digest')
    assert.equal(verdict('xmlns:xs="urn:xs"', 'xmlns:xs="urn:other"'), 'signature-digest')
    assert.equal(verdict('<ds:DigestValue>', '<ds:DigestValue> '), 'signature-value')
    assert.equal(verdict('rsa-sha256', 'rsa-sha512'), 'signature-value')
    assert.equal(verdict('<other ID="_2"/>', '<other/>'), 'verified')
    assert.equal(verdict('<b/>', '<b></b>'), 'verified')
  })

  it('may be made with an EC key', () => {
    assert.equal(codeOf(parse(signEnveloped(MESSAGE, undefined, testSigner(authority, { key: 'ec' })))), 'verified')
  })

  it('is not made with a short key', () => {
    assert.throws(() => signEnveloped(MESSAGE, undefined, testSigner(authority, { key: 'rsa-1024' })))
  })

  it('needs an element with that identifier, once', () => {
    assert.throws(() => signEnveloped(MESSAGE, '_3', signer))
    assert.throws(() => signEnveloped(MESSAGE.replace('_2', '_1'), '_1', signer))
  })

  it('may stand deeper inside when the caller says where', () => {
    const inner = signEnveloped('<a><e><x/></e></a>', undefined, signer)
    const moved = inner
      .replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')
      .replace('<x/>', `<x/>${/<ds:Signature[\s\S]*<\/ds:Signature>/.exec(inner)?.[0] ?? ''}`)
    const root = parse(moved)
    const [signature] = children(descend(root, 'e'), 'Signature')
    assert.ok(signature)
    assert.equal(codeOf(root), 'signature-missing')
    assert.equal(codeOf(root, { signature }), 'verified')
    const [outside] = children(parse(inner), 'Signature')
    assert.ok(outside)
    assert.equal(codeOf(root, { signature: outside }), 'signature-reference')
  })
})

/** Made with javax.xml.crypto of Java 17 and a key that was thrown away: other canonical forms, hashes and prefixes. */
describe('signatures made by another program', () => {
  const folder = join(import.meta.dirname, 'testing', 'jdk')

  for (const file of readdirSync(folder)) {
    it(`verify, and not after a change: ${file}`, () => {
      const xml = readFileSync(join(folder, file), 'utf8')
      const verdict = (text: string): string => {
        const root = parse(text)
        const signed = children(root, 'Signature').length > 0 ? root : descend(root, 'part')
        assert.ok(signed)
        return codeOf(signed, { document: root })
      }
      assert.equal(verdict(xml), 'verified')
      assert.equal(verdict(xml.replace('text &amp;', 'text')), 'signature-digest')
      assert.equal(
        verdict(xml.replace(/(DigestValue>)(.)/, (_, tag, one) => `${tag}${one === 'A' ? 'B' : 'A'}`)),
        'signature-digest',
      )
      assert.equal(
        verdict(xml.replace(/(SignatureValue>)(.)/, (_, tag, one) => `${tag}${one === 'A' ? 'B' : 'A'}`)),
        'signature-value',
      )
    })
  }
})

describe('a header captured from the reference implementation', { skip: withoutCorpus() }, () => {
  const captured = (): string => {
    const [file] = corpusFiles('openncp/saml/dk__soap-header-hcp-trc-signed.xml')
    assert.ok(file)
    return readFileSync(file, 'utf8')
  }
  const verdicts = (xml: string): readonly string[] => {
    const root = parse(xml)
    return elements(descend(root, 'Security')).map((assertion) => codeOf(assertion, { document: root }))
  }

  it('does not verify as it lies there: its text was indented and its role changed after signing', () => {
    assert.deepEqual(verdicts(captured()), ['signature-digest', 'signature-value'])
  })

  it('verifies with these changes undone', () => {
    const restored = captured()
      .replace(/\n {4,}(?=<)/g, '\n')
      .replace('code="2262"', 'code="221"')
      .replace('displayName="Pharmacists"', 'displayName="Medical Doctors"')
      .replace('>Pharmacy<', '>Resident Physician<')
    assert.deepEqual(verdicts(restored), ['verified', 'verified'])
    assert.deepEqual(verdicts(restored.replace('>John House<', '>John Mouse<')), ['signature-digest', 'verified'])
  })
})

test('old signatures with SHA-1 are refused', { skip: withoutCorpus() }, () => {
  for (const file of corpusFiles('openncp/{saml/v7__SignedSamlAssertion,audit/signed/v7__AuditTrailSigned}.xml')) {
    const root = parse(readFileSync(file, 'utf8'))
    assert.equal(codeOf(root), 'signature-algorithm', file)
  }
})
