/**
 * Reads a `ds:Signature`, and refuses every shape but one: one SignedInfo with one Reference, one SignatureValue, one
 * certificate. What the standard allows beyond it (XPath, XSLT, manifests, retrieval, several keys) is how signatures
 * are made to cover something else than what is read.
 */
import { ok, type Result } from '#platform/result/result.ts'
import { attribute, elements, text } from '#platform/xml/access.ts'
import { CANONICAL_XML, EXCLUSIVE_CANONICAL_XML } from '#platform/xml/canonical.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { digestOf, ENVELOPED, type Hash, XML_SIGNATURE } from './algorithms.ts'
import { type SignatureProblemCode, signatureProblem } from './problems.ts'

export interface Canonicalization {
  readonly form: 'exclusive' | 'inclusive'
  readonly prefixes: readonly string[]
}

export interface ReadSignature {
  readonly signedInfo: XmlElement
  readonly canonicalization: Canonicalization
  /** URI of the algorithm. */
  readonly algorithm: string
  /** `''` for the whole document, or the identifier after `#`. */
  readonly reference: { readonly id: string; readonly hash: Hash; readonly digest: Buffer } & Canonicalization
  readonly value: Buffer
  /** Base64 without white space. */
  readonly certificate: string
}

/** In base64. Certificates are remembered as they came, so nobody may fill the memory with them. */
const LONGEST_CERTIFICATE = 16_384

const malformed = (sentence: string) => signatureProblem('signature-malformed', sentence)

export function readSignature(signature: XmlElement): Result<ReadSignature, SignatureProblemCode> {
  const parts = sequence(signature, 'SignedInfo', 'SignatureValue', 'KeyInfo')
  if (parts === undefined) return malformed('A signature must hold SignedInfo, SignatureValue and KeyInfo, once each.')
  const [signedInfo, signatureValue, keyInfo] = parts
  const inside = sequence(signedInfo, 'CanonicalizationMethod', 'SignatureMethod', 'Reference')
  if (inside === undefined) return malformed('A signature must have exactly one reference.')
  const [canonicalizationMethod, signatureMethod, referenceElement] = inside
  const canonicalization = canonicalizationOf(canonicalizationMethod)
  if (canonicalization === undefined) {
    return signatureProblem('signature-algorithm', 'The signature uses a canonical form that is not accepted.')
  }
  if (elements(signatureMethod).length > 0) return malformed('The signature method may have no parameters.')
  const reference = readReference(referenceElement)
  if (!reference.ok) return reference
  const value = bytesOf(signatureValue)
  if (value === undefined) return malformed('The signature value is not base64.')
  const certificate = onlyCertificate(keyInfo)
  if (certificate === undefined || certificate.length > LONGEST_CERTIFICATE) {
    return signatureProblem('signature-certificate', 'The signature must carry exactly one certificate.')
  }
  const algorithm = attribute(signatureMethod, 'Algorithm') ?? ''
  return ok({ signedInfo, canonicalization, algorithm, reference: reference.value, value, certificate })
}

function readReference(element: XmlElement): Result<ReadSignature['reference'], SignatureProblemCode> {
  const parts = sequence(element, 'Transforms', 'DigestMethod', 'DigestValue')
  if (parts === undefined) return malformed('The reference must hold transforms, a digest method and a digest.')
  const [transforms, digestMethod, digestValue] = parts
  const uri = attribute(element, 'URI')
  // Same-document references only; an absent URI means whatever the parties agreed on.
  if (uri === undefined || (uri !== '' && !/^#[^()]+$/.test(uri))) {
    return signatureProblem(
      'signature-reference',
      'The signature must refer to a part of the same document by its identifier.',
    )
  }
  const form = transformed(elements(transforms))
  if (form === undefined) {
    return signatureProblem('signature-transform', 'The signature uses transforms that are not accepted.')
  }
  const hash = digestOf(attribute(digestMethod, 'Algorithm') ?? '')
  if (hash === undefined || elements(digestMethod).length > 0) {
    return signatureProblem('signature-algorithm', 'The digest uses an algorithm that is not accepted.')
  }
  const digest = bytesOf(digestValue)
  if (digest === undefined) return malformed('The digest is not base64.')
  return ok({ id: uri.slice(1), hash, digest, ...form })
}

/** Enveloped signature, then at most one canonical form; without one it is Canonical XML 1.0 (XML-DSig §4.4.3.2). */
function transformed(steps: readonly XmlElement[]): Canonicalization | undefined {
  const [enveloped, canonical, ...more] = steps
  if (enveloped === undefined || more.length > 0 || !steps.every((step) => isNamed(step, 'Transform'))) return undefined
  if (attribute(enveloped, 'Algorithm') !== ENVELOPED || elements(enveloped).length > 0) return undefined
  return canonical === undefined ? { form: 'inclusive', prefixes: [] } : canonicalizationOf(canonical)
}

/** Comments are in no tree of ours: where a form "with comments" differs from the one without, the digest will not fit. */
function canonicalizationOf(method: XmlElement): Canonicalization | undefined {
  const algorithm = (attribute(method, 'Algorithm') ?? '').replace(/#?WithComments$/, '')
  const parameters = elements(method)
  if (algorithm === CANONICAL_XML) return parameters.length === 0 ? { form: 'inclusive', prefixes: [] } : undefined
  if (`${algorithm.replace(/#$/, '')}#` !== EXCLUSIVE_CANONICAL_XML) return undefined
  const [inclusive, ...more] = parameters
  if (inclusive === undefined) return { form: 'exclusive', prefixes: [] }
  if (more.length > 0 || inclusive.name !== 'InclusiveNamespaces' || inclusive.namespace !== EXCLUSIVE_CANONICAL_XML) {
    return undefined
  }
  const list = attribute(inclusive, 'PrefixList') ?? ''
  return { form: 'exclusive', prefixes: list.split(/\s+/).filter((prefix) => prefix !== '') }
}

function onlyCertificate(keyInfo: XmlElement): string | undefined {
  const found: XmlElement[] = []
  const visit = (element: XmlElement) => {
    if (element.name === 'X509Certificate') found.push(element)
    for (const inner of elements(element)) visit(inner)
  }
  visit(keyInfo)
  const [only, another] = found
  if (only === undefined || another !== undefined || only.namespace !== XML_SIGNATURE) return undefined
  return base64(only)
}

/** The child elements when they are exactly these of XML-DSig, in this order. */
function sequence(
  element: XmlElement,
  first: string,
  second: string,
  third: string,
): readonly [XmlElement, XmlElement, XmlElement] | undefined {
  const [one, two, three, ...more] = elements(element)
  if (one === undefined || two === undefined || three === undefined || more.length > 0) return undefined
  return isNamed(one, first) && isNamed(two, second) && isNamed(three, third) ? [one, two, three] : undefined
}

function isNamed(element: XmlElement, name: string): boolean {
  return element.name === name && element.namespace === XML_SIGNATURE
}

function bytesOf(element: XmlElement): Buffer | undefined {
  const value = base64(element)
  return value === undefined ? undefined : Buffer.from(value, 'base64')
}

/** Java writes line ends as `&#xD;` and a line feed: white space does not count. */
function base64(element: XmlElement): string | undefined {
  const value = text(element).replace(/[ \t\r\n]+/g, '')
  return elements(element).length === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value) ? value : undefined
}
