/**
 * Signature wrapping through the whole border: messages that hold a genuine signature somewhere, and a forged professional
 * where a careless reader looks (Somorovsky et al., "On Breaking SAML", 2012). None is answered, none gets its forged name
 * into the ledger.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { signEnveloped } from '#trust/signature/sign-enveloped.ts'
import { testAuthority, testSigner } from '#trust/signature/testing/signers.ts'
import { type Asker, type Border, startBorder } from './support/border.ts'
import { assertionsOf } from './support/credentials.ts'
import { assertRefused } from './support/judging.ts'
import { bodyFor, FERREIRA } from './support/requests.ts'
import { codesOf, envelope, posted } from './support/soap.ts'

const SIGNATURE = /<ds:Signature[ >][\s\S]*?<\/ds:Signature>/
const STRANGER = testSigner(testAuthority('Stranger'), { country: 'FR' })
const INTEGRITY = 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'

/** The pieces of which a wrapped message is put together. */
interface Pieces {
  readonly genuine: string
  readonly trc: string
  readonly signature: string
  readonly bare: string
  readonly id: string
  /** The forged professional, unsigned. */
  forged(id?: string): string
  /** The forged professional with this in the place of the signature. */
  forgedWith(signature: string, id?: string): string
}

function piecesOf(asker: Asker): Pieces {
  const { hcp: genuine, trc, statement } = assertionsOf(asker, { patient: FERREIRA })
  const signature = SIGNATURE.exec(genuine)?.[0] ?? ''
  const bare = genuine.replace(signature, '')
  const forged = (id = '_evil') => bare.replaceAll('Claire Martin', 'Doctor Evil').replace(statement.assertionId, id)
  const forgedWith = (inner: string, id?: string) => forged(id).replace('</saml2:Issuer>', `</saml2:Issuer>${inner}`)
  return { genuine, trc, signature, bare, id: statement.assertionId, forged, forgedWith }
}

interface Wrapped {
  /** In the security header. */
  readonly header: readonly string[]
  /** Somewhere else in the message: a header block, or before the question in the body. */
  readonly block?: string
  readonly code?: string
  readonly reason: RegExp
}

const inside = (outer: string, inner: string): string =>
  outer.replace('</saml2:Assertion>', `${inner}</saml2:Assertion>`)
const inSignature = (signature: string, content: string): string =>
  signature.replace('</ds:Signature>', `<ds:Object>${content}</ds:Object></ds:Signature>`)
const selfMade = ({ forged }: Pieces): string =>
  signEnveloped(forged(), '_evil', STRANGER, { after: 'Issuer', prefixes: ['xs'] })

const VARIANTS: Readonly<Record<string, (pieces: Pieces) => Wrapped>> = {
  'the signed assertion beside the forged one that has its signature': ({ forgedWith, signature, bare, trc }) => ({ header: [forgedWith(signature), bare, trc], reason: /signature-reference/ }),
  'the forged one second': ({ forgedWith, signature, bare, trc }) => ({ header: [bare, forgedWith(signature), trc], reason: /signature-(missing|reference)/ }),
  'the signed assertion inside the forged one': ({ forgedWith, signature, bare, trc }) => ({ header: [inside(forgedWith(signature), bare), trc], reason: /signature-reference/ }),
  'the signed assertion inside its signature': ({ forgedWith, signature, bare, trc }) => ({ header: [forgedWith(inSignature(signature, bare)), trc], reason: /signature-malformed/ }),
  'the same under the same identifier': ({ forgedWith, signature, bare, id, trc }) => ({ header: [forgedWith(inSignature(signature, bare), id), trc], reason: /signature-malformed/ }),
  'the whole signed assertion inside the forged one': ({ forged, genuine, trc }) => ({ header: [inside(forged(), genuine), trc], reason: /signature-missing/ }),
  'the whole signed assertion in the advice': ({ forged, genuine, trc }) => ({ header: [forged().replace('<saml2:AuthnStatement', `<saml2:Advice>${genuine}</saml2:Advice><saml2:AuthnStatement`), trc], reason: /signature-missing/ }),
  'the signed assertion in another header': ({ forgedWith, signature, bare, trc }) => ({ header: [forgedWith(signature), trc], block: `<w:Wrapper xmlns:w="urn:w">${bare}</w:Wrapper>`, reason: /signature-reference/ }),
  'the same under the same identifier in both': ({ forgedWith, signature, bare, id, trc }) => ({ header: [forgedWith(signature, id), trc], block: `<w:Wrapper xmlns:w="urn:w">${bare}</w:Wrapper>`, reason: /signature-(reference|digest)/ }),
  'the signed assertion one level too deep': ({ genuine, trc }) => ({ header: [`<w:Wrapper xmlns:w="urn:w">${genuine}</w:Wrapper>`, trc], code: 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED', reason: /assertion-hcp-missing/ }),
  'the signature beside the assertion': ({ bare, signature, trc }) => ({ header: [bare, signature, trc], reason: /signature-missing/ }),
  'an unsigned assertion beside the signed one': ({ genuine, forged, trc }) => ({ header: [genuine, forged(), trc], reason: /signature-missing/ }),
  'a forged one signed by the attacker': (pieces) => ({ header: [selfMade(pieces), pieces.trc], reason: /signer-unlisted/ }),
  'the same beside the signed one': (pieces) => ({ header: [pieces.genuine, selfMade(pieces), pieces.trc], reason: /signer-unlisted/ }),
  'two signatures, the genuine one first': (pieces) => ({ header: [selfMade(pieces).replace('<ds:Signature ', `${pieces.signature}<ds:Signature `), pieces.trc], reason: /signature-malformed/ }),
  'a reference to a place on the network': ({ genuine, id, trc }) => ({ header: [genuine.replace(`URI="#${id}"`, 'URI="https://evil.example/a.xml"'), trc], reason: /signature-reference/ }),
  'a reference to a file': ({ genuine, id, trc }) => ({ header: [genuine.replace(`URI="#${id}"`, 'URI="file:///etc/passwd"'), trc], reason: /signature-reference/ }),
  'a reference by XPointer': ({ genuine, id, trc }) => ({ header: [genuine.replace(`URI="#${id}"`, `URI="#xpointer(id('${id}'))"`), trc], reason: /signature-reference/ }),
  'an XPath transform': ({ genuine, trc }) => ({ header: [genuine.replace('</ds:Transforms>', '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>false()</ds:XPath></ds:Transform></ds:Transforms>'), trc], reason: /signature-transform/ }),
  'an XSLT transform': ({ genuine, trc }) => ({ header: [genuine.replace('</ds:Transforms>', '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></ds:Transforms>'), trc], reason: /signature-transform/ }),
  'a key to be fetched': ({ genuine, trc }) => ({ header: [genuine.replace('<ds:KeyInfo>', '<ds:KeyInfo><ds:RetrievalMethod URI="https://evil.example/key"/>').replace(/<ds:X509Data>[\s\S]*?<\/ds:X509Data>/, ''), trc], reason: /signature-(certificate|malformed)/ }),
  'an HMAC': ({ genuine, trc }) => ({ header: [genuine.replace(/http:[^"]*rsa-sha256/, 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'), trc], reason: /signature-algorithm/ }),
  'a comment that hides the rest of a name': ({ genuine, trc }) => ({ header: [genuine.replace('Claire Martin', 'Claire<!-- --> Martin Evil'), trc], reason: /signature-digest/ }),
  'two TRC assertions, the second forged': ({ genuine, trc }) => ({ header: [genuine, trc, trc.replace(SIGNATURE, '').replace(/ ID="[^"]*"/, ' ID="_second"')], reason: /signature-missing/ }),
} // biome-ignore format: a table

describe('signature wrapping through the border', () => {
  let border: Border
  let france: Asker

  before(async () => {
    border = await startBorder({ nodes: ['PT'] })
    france = await border.asker('FR')
  })
  after(() => border?.close())

  for (const [how, wrap] of Object.entries(VARIANTS)) {
    test(`refused: ${how}`, async () => {
      const { header, block = '', code = INTEGRITY, reason } = wrap(piecesOf(france))
      const text = envelope('ITI-38', bodyFor(border, france, 'ITI-38'), header).replace('<wsse:Security', `${block}$&`)
      const ask = () => border.send('PT', france, posted('ITI-38', text))
      const reply = await assertRefused(border, 'PT', ask, { codes: [code], reason })
      assert.doesNotMatch(reply.text, /Evil/)
      assert.doesNotMatch(JSON.stringify(await border.ledger('PT')), /Evil/)
    })
  }

  test('the genuine message of which they are made is answered', async () => {
    const { genuine, trc } = piecesOf(france)
    const text = envelope('ITI-38', bodyFor(border, france, 'ITI-38'), [genuine, trc])
    assert.deepEqual(codesOf(await border.send('PT', france, posted('ITI-38', text))), [])
  })
})
