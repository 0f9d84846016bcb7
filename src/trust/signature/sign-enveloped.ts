/** Signs a document or one element of it with an enveloped XML signature (XML-DSig 1.1), as eHDSI and SMP demand it. */
import { createHash } from 'node:crypto'
import { canonicalXml, EXCLUSIVE_CANONICAL_XML } from '#platform/xml/canonical.ts'
import { openXml } from '#platform/xml/edit.ts'
import { escapeAttribute } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { SealSigner } from '../assertions/assertions.ts'
import { algorithmFor, ENVELOPED, SHA256, signBytes, XML_SIGNATURE } from './algorithms.ts'
import { elementsWithId } from './identifiers.ts'

export interface SignOptions {
  /** The signature stands behind the first child of this local name; by default it is the last child. */
  readonly after?: string
  /** Prefixes that only values use (`xsi:type="xs:string"`): signed although no name needs them. */
  readonly prefixes?: readonly string[]
}

/**
 * The same text with one `ds:Signature` more: RSA or ECDSA with SHA-256, exclusive canonical form, the signer's one
 * certificate. Nothing else of the text changes.
 * @param referenceId the `ID` of the element to sign; undefined signs the whole document (`URI=""`)
 * @throws when the text is not well formed or the identifier is not there exactly once: the caller made the text
 */
export function signEnveloped(
  xml: string,
  referenceId: string | undefined,
  signer: SealSigner,
  options: SignOptions = {},
): string {
  const opened = openXml(Buffer.from(xml, 'utf8'))
  if (!opened.ok) throw new TypeError(`What is to be signed is no XML: ${opened.problem.sentence}`)
  const { document, span, edited } = opened.value
  const element = referenceId === undefined ? document.root : only(document.root, referenceId)
  const prefixes = options.prefixes ?? []
  const digest = createHash('sha256').update(canonicalXml(element, { prefixes }), 'utf8').digest('base64')
  const reference = referenceId === undefined ? '' : `#${referenceId}`
  const signature = signatureText(reference, prefixes, digest, signer)
  const before = element.children.find((node) => typeof node !== 'string' && node.name === options.after)
  if (options.after !== undefined && before === undefined)
    throw new TypeError(`There is no ${options.after} to sign behind.`)
  const whole = span(element)
  if (whole.contentEnd === whole.end) throw new TypeError('An element without content cannot hold its signature.')
  const at = before === undefined || typeof before === 'string' ? whole.contentEnd : span(before).end
  return Buffer.from(edited([{ from: at, to: at, text: signature }])).toString('utf8')
}

/**
 * Like `signEnveloped` for a whole document that its writer has written in exclusive canonical form already, so that nothing
 * is parsed: what is digested is the text. Audit messages and evidences are written so, and tests hold their writers to it.
 * @throws when the text does not end with the tag it begins with
 */
export function signCanonical(xml: string, signer: SealSigner): string {
  const name = /^<([\w.:-]+)[ >]/.exec(xml)?.[1]
  const end = `</${name}>`
  if (name === undefined || !xml.endsWith(end)) throw new TypeError('What is to be signed is no canonical XML.')
  const digest = createHash('sha256').update(xml, 'utf8').digest('base64')
  return xml.slice(0, -end.length) + signatureText('', [], digest, signer) + end
}

function only(root: XmlElement, id: string): XmlElement {
  const [found, another] = elementsWithId(root, id)
  if (found === undefined || another !== undefined)
    throw new TypeError('The identifier to sign is not there exactly once.')
  return found
}

function signatureText(reference: string, prefixes: readonly string[], digest: string, signer: SealSigner): string {
  const algorithm = algorithmFor(signer.privateKey)
  // Written in canonical form, with the declaration that the canonical form of this part alone has.
  const declaration = ` xmlns:ds="${XML_SIGNATURE}"`
  const listed = prefixes.length === 0 ? '' : inclusive(prefixes)
  const signedInfo =
    `<ds:SignedInfo${declaration}>` +
    `<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE_CANONICAL_XML}"></ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="${algorithm}"></ds:SignatureMethod>` +
    `<ds:Reference URI="${escapeAttribute(reference)}"><ds:Transforms>` +
    `<ds:Transform Algorithm="${ENVELOPED}"></ds:Transform>` +
    `<ds:Transform Algorithm="${EXCLUSIVE_CANONICAL_XML}">${listed}</ds:Transform></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue>` +
    '</ds:Reference></ds:SignedInfo>'
  const value = signBytes(algorithm, Buffer.from(signedInfo, 'utf8'), signer.privateKey).toString('base64')
  return (
    `<ds:Signature${declaration}>${signedInfo}<ds:SignatureValue>${value}</ds:SignatureValue>` +
    `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64Of(signer.certificate)}</ds:X509Certificate></ds:X509Data>` +
    '</ds:KeyInfo></ds:Signature>'
  )
}

function inclusive(prefixes: readonly string[]): string {
  const list = escapeAttribute(prefixes.join(' '))
  return `<ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE_CANONICAL_XML}" PrefixList="${list}"></ec:InclusiveNamespaces>`
}

/** The first certificate of a PEM: a chain is no part of KeyInfo here. */
function base64Of(pem: string): string {
  const [, body] = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem) ?? []
  if (body === undefined) throw new TypeError('The signer has no certificate in PEM.')
  return body.replace(/\s+/g, '')
}
