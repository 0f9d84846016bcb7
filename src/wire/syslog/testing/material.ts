/** For tests: keys and certificates of one authority, made on the spot. */
import { generateKeyPairSync } from 'node:crypto'
import { type Authority, createAuthority, issueCertificate, privateKeyPem } from '#trust/keys/authority.ts'

export interface TestTls {
  readonly key: string
  readonly cert: string
  readonly ca: string
}

export async function testAuthority(folder: string): Promise<(commonName: string) => TestTls> {
  const authority: Authority = await createAuthority(folder)
  return (commonName) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const subject = { country: 'FR', organisation: 'Test', commonName }
    return {
      key: privateKeyPem(privateKey),
      cert: issueCertificate(authority, { subject, publicKey }),
      ca: authority.certificate,
    }
  }
}
