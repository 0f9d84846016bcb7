/**
 * Evidences as XML of ETSI TS 102 640-2 (namespace `http://uri.etsi.org/02640/v1#`), in exclusive canonical form: they are
 * signed as they are, and a namespace stands where it is first needed. Pure.
 */
import { writableText } from '#platform/xml/characters.ts'
import { escapeAttribute, escapeText } from '#platform/xml/serialise.ts'
import type { EvidenceFacts, EvidenceKind, EvidenceParty } from './evidence.ts'

export const REM = 'http://uri.etsi.org/02640/v1#'
export const TSL = 'http://uri.etsi.org/02231/v2#'
export const LEDGER = 'urn:tessera:ledger'
const XML_SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
/** Of the evidence's structure, as the policies of OpenNCP name it. */
const VERSION = '2'

/** Element, and codes for well and not well. */
export const FORMS: Readonly<Record<EvidenceKind, readonly [string, string, string]>> = {
  NRO: ['SubmissionAcceptanceRejection', 'Acceptance', 'Rejection'],
  NRR: ['AcceptanceRejectionByRecipient', 'Acceptance', 'Rejection'],
  NRD: ['DeliveryNonDeliveryToRecipient', 'Delivery', 'NonDelivery'],
}

/** Not signed yet; the signature becomes the last child, as the schema wants it. */
export function writeEvidence(facts: EvidenceFacts): string {
  const [name, well, notWell] = FORMS[facts.kind]
  const reason =
    facts.reason === undefined
      ? ''
      : rem('EventReasons', rem('EventReason', rem('Code', escapeText(uriOf(facts.reason, 'urn:ehdsi:error:')))))
  return [
    `<rem:${name} xmlns:rem="${REM}" version="${VERSION}">`,
    rem('EventCode', facts.positive ? well : notWell),
    reason,
    rem('EvidenceIdentifier', escapeText(writableText(facts.id))),
    rem('EvidenceIssuerPolicyID', rem('PolicyID', escapeText(facts.policyId))),
    rem('EvidenceIssuerDetails', party(facts.issuer)),
    rem('EventTime', facts.eventTime),
    rem('SenderDetails', party(facts.sender)),
    rem('RecipientsDetails', rem('EntityDetails', party(facts.recipient))),
    messageDetails(facts),
    ledgerEntry(facts),
    `</rem:${name}>`,
  ].join('')
}

function messageDetails({ id, message }: EvidenceFacts): string {
  const digest =
    message.digest === undefined
      ? ''
      : `<ds:DigestMethod xmlns:ds="${XML_SIGNATURE}" Algorithm="${SHA256}"></ds:DigestMethod>` +
        `<ds:DigestValue xmlns:ds="${XML_SIGNATURE}">${Buffer.from(message.digest, 'hex').toString('base64')}</ds:DigestValue>`
  return (
    '<rem:SenderMessageDetails isNotification="false">' +
    rem('MessageSubject', `${escapeText(writableText(message.transaction))} ${message.part}`) +
    (message.id === undefined ? '' : rem('UAMessageIdentifier', escapeText(writableText(message.id)))) +
    rem('MessageIdentifierByREMMD', escapeText(writableText(id))) +
    `${digest}</rem:SenderMessageDetails>`
  )
}

function ledgerEntry({ ledger }: EvidenceFacts): string {
  const { node, sequence, hash } = ledger
  const entry = `<tessera:Entry xmlns:tessera="${LEDGER}" hash="${escapeAttribute(hash)}" node="${escapeAttribute(node)}" sequence="${sequence}"></tessera:Entry>`
  return rem('TransactionLogInformation', rem('TransactionLog', entry))
}

function party({ name, uri }: EvidenceParty): string {
  const shown = writableText(name).trim() || '-'
  return (
    rem('NamesPostalAddresses', rem('NamePostalAddress', rem('EntityName', rem('Name', escapeText(shown))))) +
    `<tsl:ElectronicAddress xmlns:tsl="${TSL}"><tsl:URI>${escapeText(uriOf(uri, 'urn:tessera:address:'))}</tsl:URI></tsl:ElectronicAddress>`
  )
}

/** What is no URI of itself becomes the last part of one. */
function uriOf(value: string, otherwise: string): string {
  const simple = /^[a-z][a-z0-9+.-]*:[\w.~:/?#@!$&'()*+,;=%-]+$/i.test(value) && URL.canParse(value)
  return simple && !/%(?![0-9a-f]{2})/i.test(value) && value.split('#').length < 3
    ? value
    : `${otherwise}${encodeURIComponent(writableText(value)) || 'none'}`
}

function rem(name: string, content: string): string {
  return `<rem:${name}>${content}</rem:${name}>`
}
