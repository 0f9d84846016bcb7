/** Signers for tests: keys with certificates of an authority that is made for the test. */
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import type { SealSigner } from '../../assertions/assertions.ts'
import { makeCertificate } from '../../keys/certificate.ts'

export interface TestAuthority {
  readonly certificate: string
  readonly privateKey: KeyObject
}

export interface TestSignerOptions {
  readonly country?: string
  readonly key?: 'rsa' | 'rsa-1024' | 'ec'
  readonly validFrom?: Date
  readonly validUntil?: Date
  /** What the certificate is for; `node` may sign digitally, but is for TLS. */
  readonly kind?: 'signature' | 'node' | 'authority'
}

const FROM = new Date('2020-01-01T00:00:00Z')
const UNTIL = new Date('2040-01-01T00:00:00Z')

export function testAuthority(commonName = 'Test authority', validUntil = UNTIL): TestAuthority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = { country: 'EU', organisation: 'Test', commonName }
  const certificate = makeCertificate(
    { subject, publicKey, validFrom: FROM, validUntil, use: { kind: 'authority' } },
    { privateKey },
  )
  return { certificate, privateKey }
}

export function testSigner(authority: TestAuthority, options: TestSignerOptions = {}): SealSigner {
  const { privateKey, publicKey } = keysOf(options.key ?? 'rsa')
  const country = options.country ?? 'PT'
  const kind = options.kind ?? 'signature'
  const certificate = makeCertificate(
    {
      subject: { country, organisation: 'Test', commonName: `NCP ${country}` },
      publicKey,
      validFrom: options.validFrom ?? FROM,
      validUntil: options.validUntil ?? UNTIL,
      use: kind === 'node' ? { kind, hosts: ['localhost'] } : { kind },
    },
    { privateKey: authority.privateKey, certificate: new X509Certificate(authority.certificate) },
  )
  return { privateKey, certificate }
}

function keysOf(key: 'rsa' | 'rsa-1024' | 'ec'): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  if (key === 'ec') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return generateKeyPairSync('rsa', { modulusLength: key === 'rsa' ? 2048 : 1024 })
}
