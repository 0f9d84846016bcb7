/** What both discovery messages begin with (HL7 v3 transmission wrapper MCCI_MT000100UV01, MCCI_MT000300UV01). */
import { attribute, children, descend } from '#platform/xml/access.ts'
import { escapeAttribute } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

export const HL7_NAMESPACE = 'urn:hl7-org:v3'
export const INTERACTION_ROOT = '2.16.840.1.113883.1.6'

/** What a writer needs that is not in the message. */
export interface MessageOrigin {
  /** A new UUID at each call. */
  newId(): string
  now(): Date
}

export interface MessageHeader {
  readonly interaction: 'PRPA_IN201305UV02' | 'PRPA_IN201306UV02'
  readonly acceptAckCode: 'AL' | 'NE'
  /** Bare OIDs. */
  readonly sender: string
  readonly receiver: string
  /** Of the receiver, when it is another than its device. */
  readonly receiverOrganisation?: string
}

export function writeHeader(header: MessageHeader, { newId, now }: MessageOrigin): string {
  const id = newId()
  // OpenNCP's ids have an extension of ten digits beside their UUID.
  const digits = String(Number.parseInt(id.slice(0, 8), 16) || 0).padStart(10, '0')
  return [
    `<id root="${escapeAttribute(id)}" extension="${digits}"/>`,
    `<creationTime value="${timestamp(now())}"/>`,
    '<versionCode code="V3PR1"/>',
    `<interactionId root="${INTERACTION_ROOT}" extension="${header.interaction}"/>`,
    '<processingCode code="P"/><processingModeCode code="T"/>',
    `<acceptAckCode code="${header.acceptAckCode}"/>`,
    `<receiver typeCode="RCV">${device(header.receiver, header.receiverOrganisation ?? header.receiver)}</receiver>`,
    `<sender typeCode="SND">${device(header.sender, header.sender)}</sender>`,
  ].join('')
}

/** OpenNCP's server copies the organisation of the sender into its answer: without it, it fails. */
function device(id: string, organisation: string): string {
  return [
    `<device classCode="DEV" determinerCode="INSTANCE"><id root="${escapeAttribute(id)}"/>`,
    '<asAgent classCode="AGNT"><representedOrganization classCode="ORG" determinerCode="INSTANCE">',
    `<id root="${escapeAttribute(organisation)}"/></representedOrganization></asAgent></device>`,
  ].join('')
}

/** TS with milliseconds, in UTC. */
function timestamp(now: Date): string {
  return `${now.toISOString().slice(0, 23).replace(/[-T:]/g, '')}+0000`
}

/** Root of the first id of the device of `sender` or `receiver`, a bare OID. */
export function readDevice(message: XmlElement, role: 'sender' | 'receiver'): string | undefined {
  return rootOf(descend(message, role, 'device'))
}

export function readOrganisation(message: XmlElement, role: 'sender' | 'receiver'): string | undefined {
  return rootOf(descend(message, role, 'device', 'asAgent', 'representedOrganization'))
}

function rootOf(holder: XmlElement | undefined): string | undefined {
  for (const id of children(holder, 'id')) {
    const root = attribute(id, 'root')
      ?.trim()
      .replace(/^urn:oid:/, '')
    if (root !== undefined && root !== '') return root
  }
  return undefined
}
