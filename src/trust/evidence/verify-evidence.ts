/** Is this evidence what its issuer signed, and what does it say? Only what the signature covers is read. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, descend, text, words } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement, XmlProblemCode } from '#platform/xml/tree.ts'
import type { SignatureProblemCode } from '../signature/problems.ts'
import type { SignerCertificate } from '../signature/signer-certificate.ts'
import { verifySigned } from '../signature/verify-signed.ts'
import type { EvidenceKind } from './evidence.ts'
import { FORMS, LEDGER, REM, TSL } from './write-evidence.ts'

export type EvidenceProblemCode = XmlProblemCode | SignatureProblemCode | 'evidence-unknown' | 'evidence-incomplete'

export interface ReadEvidence {
  readonly id: string
  /** Undefined for a kind of REM evidence that this node does not make. */
  readonly kind: EvidenceKind | undefined
  /** Element of TS 102 640-2. */
  readonly form: string
  readonly eventCode: string | undefined
  readonly eventTime: string
  readonly reason: string | undefined
  readonly issuer: string | undefined
  readonly sender: string | undefined
  readonly recipient: string | undefined
  readonly messageSubject: string | undefined
  readonly messageId: string | undefined
  /** Hex SHA-256. */
  readonly digest: string | undefined
  readonly ledger: { readonly node: string; readonly sequence: number; readonly hash: string } | undefined
}

export interface VerifiedEvidence extends ReadEvidence {
  readonly signer: SignerCertificate
}

const LIMITS = { bytes: 1024 * 1024, depth: 64, nodes: 20_000 }
const NEXT = 'Ask the issuer for the evidence as it was signed.'

/** Never throws, whatever the bytes. Whether the signer may be believed is for the caller to say. */
export function verifyEvidence(bytes: Uint8Array): Result<VerifiedEvidence, EvidenceProblemCode> {
  const parsed = parseXml(bytes, { limits: LIMITS })
  if (!parsed.ok) return parsed
  const verified = verifySigned(parsed.value.root)
  if (!verified.ok) return verified
  const read = readEvidence(verified.value.element)
  return read.ok ? ok({ ...read.value, signer: verified.value.signer }) : read
}

/** Reads an evidence without asking who signed it, e.g. to show it. */
export function readEvidence(root: XmlElement): Result<ReadEvidence, 'evidence-unknown' | 'evidence-incomplete'> {
  if (root.namespace !== REM) return failed('evidence-unknown', 'This XML is no evidence of TS 102 640.', NEXT)
  const id = child(root, 'EvidenceIdentifier', REM)
  const time = child(root, 'EventTime', REM)
  if (!id || !time || Number.isNaN(Date.parse(words(time)))) {
    return failed('evidence-incomplete', 'The evidence does not say which it is or when it happened.', NEXT)
  }
  const details = child(root, 'SenderMessageDetails', REM)
  const digest = child(details, 'DigestValue')
  return ok({
    id: text(id),
    kind: (Object.keys(FORMS) as EvidenceKind[]).find((kind) => FORMS[kind][0] === root.name),
    form: root.name,
    eventCode: textOf(child(root, 'EventCode', REM)),
    eventTime: words(time),
    reason: textOf(descend(root, 'EventReasons', 'EventReason', 'Code')),
    issuer: addressOf(child(root, 'EvidenceIssuerDetails', REM)),
    sender: addressOf(child(root, 'SenderDetails', REM)),
    recipient: addressOf(descend(root, 'RecipientsDetails', 'EntityDetails')),
    messageSubject: textOf(child(details, 'MessageSubject', REM)),
    messageId: textOf(child(details, 'UAMessageIdentifier', REM)),
    digest: digest ? Buffer.from(words(digest), 'base64').toString('hex') : undefined,
    ledger: ledgerOf(child(descend(root, 'TransactionLogInformation', 'TransactionLog'), 'Entry', LEDGER)),
  })
}

function addressOf(party: XmlElement | undefined): string | undefined {
  return textOf(child(child(party, 'ElectronicAddress', TSL), 'URI', TSL))
}

function ledgerOf(entry: XmlElement | undefined): ReadEvidence['ledger'] {
  const node = attribute(entry, 'node')
  const sequence = Number(attribute(entry, 'sequence'))
  const hash = attribute(entry, 'hash')
  return node === undefined || hash === undefined || !Number.isSafeInteger(sequence)
    ? undefined
    : { node, sequence, hash }
}

function textOf(element: XmlElement | undefined): string | undefined {
  return element && text(element)
}
