/** X.509 certificates (RFC 5280) of the demo authority and of nodes, signed with EC P-256 and SHA-256. Pure but for serial numbers. */
import { createHash, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import {
  bits,
  childrenOf,
  contentBytes,
  explicit,
  implicit,
  objectIdentifier,
  octets,
  positiveInteger,
  printable,
  sequence,
  set,
  time,
  utf8,
  yes,
} from './der.ts'

export interface Subject {
  /** ISO 3166-1 alpha-2, or `EU`; becomes `C=`. */
  readonly country: string
  readonly organisation: string
  readonly commonName: string
}

export interface CertificateRequest {
  readonly subject: Subject
  readonly publicKey: KeyObject
  readonly validFrom: Date
  readonly validUntil: Date
  readonly use: CertificateUse
}

/**
 * `authority`: signs certificates of nodes. `node`: TLS server and client with these host names and IPv4 addresses.
 * `signature`: signs assertions and evidences, no TLS.
 */
export type CertificateUse =
  | { readonly kind: 'authority' }
  | { readonly kind: 'node'; readonly hosts: readonly string[] }
  | { readonly kind: 'signature' }

export interface Issuer {
  readonly privateKey: KeyObject
  /** Absent for a certificate that signs itself. */
  readonly certificate?: X509Certificate
}

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))
const COUNTRY = '2.5.4.6'
const ORGANISATION = '2.5.4.10'
const COMMON_NAME = '2.5.4.3'
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14'
const KEY_USAGE = '2.5.29.15'
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2'

/** Makes and signs a certificate. Returns PEM. */
export function makeCertificate(request: CertificateRequest, issuer: Issuer): string {
  const issuerName = issuer.certificate ? subjectOf(issuer.certificate) : nameOf(request.subject)
  const issuerKey = issuer.certificate?.publicKey ?? request.publicKey
  const body = sequence(
    explicit(0, positiveInteger(Buffer.from([2]))),
    positiveInteger(serialNumber()),
    ECDSA_WITH_SHA256,
    issuerName,
    sequence(time(request.validFrom), time(request.validUntil)),
    nameOf(request.subject),
    publicKeyInfo(request.publicKey),
    explicit(3, sequence(...extensionsOf(request, issuerKey))),
  )
  const der = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, issuer.privateKey)))
  return pemOf(der)
}

/** Hex SHA-256 of the DER of a certificate: what the directory of countries publishes and peers pin. */
export function certificateFingerprint(certificate: string | Uint8Array): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex')
}

function extensionsOf({ use, publicKey }: CertificateRequest, issuerKey: KeyObject): readonly Buffer[] {
  const keys = [
    extension(SUBJECT_KEY_IDENTIFIER, octets(keyIdentifier(publicKey))),
    extension(AUTHORITY_KEY_IDENTIFIER, sequence(implicit(0, keyIdentifier(issuerKey)))),
  ]
  if (use.kind === 'authority') {
    return [
      // CA, and no further authority below it.
      critical(BASIC_CONSTRAINTS, sequence(yes(), positiveInteger(Buffer.from([0])))),
      // keyCertSign (5) and cRLSign (6)
      critical(KEY_USAGE, bits(Buffer.from([0b0000_0110]), 1)),
      ...keys,
    ]
  }
  if (use.kind === 'signature') {
    return [
      critical(BASIC_CONSTRAINTS, sequence()),
      // digitalSignature (0) and nonRepudiation (1)
      critical(KEY_USAGE, bits(Buffer.from([0b1100_0000]), 6)),
      ...keys,
    ]
  }
  return [
    critical(BASIC_CONSTRAINTS, sequence()),
    // digitalSignature (0): all that TLS 1.3 and ECDHE suites of TLS 1.2 need.
    critical(KEY_USAGE, bits(Buffer.from([0b1000_0000]), 7)),
    extension(
      EXTENDED_KEY_USAGE,
      sequence(objectIdentifier(SERVER_AUTHENTICATION), objectIdentifier(CLIENT_AUTHENTICATION)),
    ),
    extension(SUBJECT_ALTERNATIVE_NAME, sequence(...use.hosts.map(alternativeName))),
    ...keys,
  ]
}

function extension(identifier: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(identifier), octets(value))
}

function critical(identifier: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(identifier), yes(), octets(value))
}

/** RFC 5280 §4.2.1.6: dNSName [2], iPAddress [7]. */
function alternativeName(host: string): Buffer {
  if (isIP(host) === 4) return implicit(7, Buffer.from(host.split('.').map(Number)))
  if (isIP(host) === 6) throw new TypeError('IPv6 addresses are not supported in certificates; use a host name.')
  return implicit(2, Buffer.from(host, 'latin1'))
}

function nameOf({ country, organisation, commonName }: Subject): Buffer {
  const part = (identifier: string, value: Buffer) => set(sequence(objectIdentifier(identifier), value))
  return sequence(
    part(COUNTRY, printable(country)),
    part(ORGANISATION, utf8(organisation)),
    part(COMMON_NAME, utf8(commonName)),
  )
}

/** The subject as the certificate writes it, byte for byte, because the issuer below must match it so. */
function subjectOf(certificate: X509Certificate): Buffer {
  const [body] = childrenOf(certificate.raw)
  // version, serialNumber, signature, issuer, validity, subject
  const subject = body && childrenOf(body)[5]
  if (!subject) throw new RangeError('The certificate has no subject.')
  return subject
}

function publicKeyInfo(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' })
}

/** RFC 7093 §2 method 1: the leftmost 160 bits of the SHA-256 of the public key's bits. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const keyBits = childrenOf(publicKeyInfo(publicKey))[1]
  if (!keyBits) throw new RangeError('The public key is empty.')
  return createHash('sha256').update(contentBytes(keyBits).subarray(1)).digest().subarray(0, 20)
}

/** 127 random bits, never zero and always of the same length. */
function serialNumber(): Buffer {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
