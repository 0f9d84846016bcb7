/** The enveloped XML signature of an audit message (DICOM PS3.15 A.5; `DICOM.xsd` puts it last). */
import { ok, type Result } from '#platform/result/result.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { SealSigner } from '../assertions/assertions.ts'
import type { SignatureProblemCode } from '../signature/problems.ts'
import { signCanonical } from '../signature/sign-enveloped.ts'
import type { SignerCertificate } from '../signature/signer-certificate.ts'
import { verifySigned } from '../signature/verify-signed.ts'
import { AUDIT_XML_LIMITS, type AuditReadProblemCode, messageOf, type ReadAuditMessage } from './read-audit-message.ts'

/** Signs the whole message. Many at once: `trust/background-signing`. */
export function signAuditMessage(xml: string, signer: SealSigner): string {
  return signCanonical(xml, signer)
}

export interface VerifiedAuditMessage extends ReadAuditMessage {
  /** Whose key signed; whether it may is for the caller to say. */
  readonly signer: SignerCertificate
}

/** Reads what the signature covers, and nothing else. */
export function verifyAuditMessage(
  bytes: Uint8Array,
  file?: string,
): Result<VerifiedAuditMessage, AuditReadProblemCode | SignatureProblemCode> {
  const parsed = parseXml(bytes, { limits: AUDIT_XML_LIMITS, ...(file === undefined ? {} : { file }) })
  if (!parsed.ok) return parsed
  const verified = verifySigned(parsed.value.root)
  if (!verified.ok) return verified
  const read = messageOf(verified.value.element)
  return read.ok ? ok({ ...read.value, signed: true, signer: verified.value.signer }) : read
}
