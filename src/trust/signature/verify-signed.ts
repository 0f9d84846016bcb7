/**
 * Verifies an enveloped signature and **returns what was signed, read again from the very bytes that the digest covers**.
 * Whoever reads anything else reads what a stranger may have written. Whether the signer may be trusted is another
 * question: `signer-trust.ts`.
 */
import { createHash } from 'node:crypto'
import { ok, type Result } from '#platform/result/result.ts'
import { elements } from '#platform/xml/access.ts'
import { canonicalXml } from '#platform/xml/canonical.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { fits, signatureOf, verifyBytes, XML_SIGNATURE } from './algorithms.ts'
import { elementsWithId, hasId } from './identifiers.ts'
import { type SignatureProblemCode, signatureProblem } from './problems.ts'
import { remembering } from './remembering.ts'
import { type ReadSignature, readSignature } from './signature-element.ts'
import { readSignerCertificate, type SignerCertificate } from './signer-certificate.ts'

export interface VerifyOptions {
  /** The tree in which the identifier must be unique: everything that came. Default: the element itself. */
  readonly document?: XmlElement
  /** The signature, when it is not a child of the element but stands deeper inside (SMP: in an Extension). */
  readonly signature?: XmlElement
}

export interface SignedElement {
  /** The element without its signature, from the bytes that the digest covers. The only thing to read. */
  readonly element: XmlElement
  /** Of the key that signed; not yet trusted. */
  readonly signer: SignerCertificate
  /** Hex SHA-256 of the signature value, for logs and memories. */
  readonly signatureId: string
}

/**
 * Verifies the signature inside `element` that covers `element`: the one it refers to must be the very element it
 * stands in, which leaves nothing to wrap.
 */
export function verifySigned(
  element: XmlElement,
  options: VerifyOptions = {},
): Result<SignedElement, SignatureProblemCode> {
  const document = options.document ?? element
  const signature = signatureIn(element, options.signature)
  if (!signature.ok) return signature
  const read = readSignature(signature.value)
  if (!read.ok) return read
  const wrong = referenceProblem(read.value.reference, element, document)
  if (wrong !== undefined) return signatureProblem('signature-reference', wrong)
  const { form, prefixes, hash, digest } = read.value.reference
  if (form === 'inclusive' && element !== document) {
    return signatureProblem('signature-transform', 'A part of a document must be signed in exclusive canonical form.')
  }
  const bytes = Buffer.from(canonicalXml(element, { form, prefixes, without: signature.value }), 'utf8')
  if (!createHash(hash).update(bytes).digest().equals(digest)) {
    return signatureProblem('signature-digest', 'What was signed has been changed since.')
  }
  const signer = valueSigner(read.value)
  if (!signer.ok) return signer
  const again = parseXml(bytes)
  if (!again.ok) return signatureProblem('signature-malformed', 'What was signed cannot be read.')
  const signatureId = createHash('sha256').update(read.value.value).digest('hex')
  return ok({ element: again.value.root, signer: signer.value, signatureId })
}

function signatureIn(element: XmlElement, told: XmlElement | undefined): Result<XmlElement, SignatureProblemCode> {
  if (told !== undefined) {
    const inside = told !== element && contains(element, told)
    return inside
      ? ok(told)
      : signatureProblem('signature-reference', 'The signature stands outside what it should cover.')
  }
  const [found, another] = elements(element).filter(isSignature)
  if (found === undefined) return signatureProblem('signature-missing', 'There is no signature.')
  if (another !== undefined) return signatureProblem('signature-malformed', 'There is more than one signature.')
  return ok(found)
}

function isSignature({ name, namespace }: XmlElement): boolean {
  return name === 'Signature' && namespace === XML_SIGNATURE
}

function contains(outer: XmlElement, wanted: XmlElement): boolean {
  return elements(outer).some((inner) => inner === wanted || contains(inner, wanted))
}

function referenceProblem(
  { id }: { readonly id: string },
  element: XmlElement,
  document: XmlElement,
): string | undefined {
  if (id === '')
    return element === document ? undefined : 'The signature covers another part than the one it stands in.'
  if (!hasId(element, id)) return 'The signature covers another element than the one it stands in.'
  const [, another] = elementsWithId(document, id)
  return another === undefined ? undefined : 'Several elements have the identifier that was signed.'
}

/** RSA is most of the work, and an HCP assertion comes again with every request of its four hours. */
const CHECKED = remembering<boolean>(512)

function valueSigner(signature: ReadSignature): Result<SignerCertificate, SignatureProblemCode> {
  const algorithm = signatureOf(signature.algorithm)
  if (algorithm === undefined) {
    return signatureProblem('signature-algorithm', 'The signature uses an algorithm that is not accepted.')
  }
  const signer = readSignerCertificate(signature.certificate)
  if (signer === undefined)
    return signatureProblem('signature-certificate', 'The certificate of the signer cannot be read.')
  if (!fits(algorithm, signer.publicKey)) {
    return signatureProblem(
      'signature-algorithm',
      'The key of the signer is too short or of another kind than the signature.',
    )
  }
  const { form, prefixes } = signature.canonicalization
  const signedInfo = Buffer.from(canonicalXml(signature.signedInfo, { form, prefixes }), 'utf8')
  const seen = createHash('sha256').update(signer.fingerprint).update(signature.value).update(signedInfo).digest('hex')
  const genuine = CHECKED(seen, () => verifyBytes(algorithm, signedInfo, signer.publicKey, signature.value))
  return genuine
    ? ok(signer)
    : signatureProblem('signature-value', 'The signature is not that of the certificate it carries.')
}
