/** Reading audit messages of others, in the spelling of DICOM or of RFC 3881: bounded, tolerant of what older ones left out. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, children, elements, text } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement, XmlProblemCode } from '#platform/xml/tree.ts'
import {
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  type AuditCode,
  type AuditMessage,
  type AuditObject,
  type AuditParticipant,
} from './audit-message.ts'

export type AuditReadProblemCode = XmlProblemCode | 'audit-not-a-message' | 'audit-incomplete'

/** Which spelling of codes the message uses; `signed` tells that it holds a signature, not that it is right. */
export interface ReadAuditMessage {
  readonly message: AuditMessage
  readonly form: 'dicom' | 'rfc3881'
  readonly signed: boolean
}

/** Far above any real message; a security header with certificates is the largest part of one. */
export const AUDIT_XML_LIMITS = { bytes: 4 * 1024 * 1024, depth: 64, nodes: 50_000 }
const NEXT = 'Ask the sender for a message of DICOM PS3.15 A.5.1 or RFC 3881.'

/** Never throws, whatever the bytes. The signature is not looked at: see `sign-audit-message.ts`. */
export function readAuditMessage(bytes: Uint8Array, file?: string): Result<ReadAuditMessage, AuditReadProblemCode> {
  const parsed = parseXml(bytes, { limits: AUDIT_XML_LIMITS, ...(file === undefined ? {} : { file }) })
  if (!parsed.ok) return parsed
  return messageOf(parsed.value.root)
}

/** From a tree, e.g. the one that a signature covers. */
export function messageOf(root: XmlElement): Result<ReadAuditMessage, AuditReadProblemCode> {
  if (root.name !== 'AuditMessage') return failed('audit-not-a-message', 'This XML is not an audit message.', NEXT)
  const event = child(root, 'EventIdentification')
  const id = codesOf(event, 'EventID')[0]
  const outcome = AUDIT_OUTCOMES.find((one) => one === attribute(event, 'EventOutcomeIndicator'))
  const time = attribute(event, 'EventDateTime')
  if (!event || !id || outcome === undefined || time === undefined || Number.isNaN(Date.parse(time))) {
    const sentence = 'The audit message does not say which event happened, when, or how it ended.'
    return failed('audit-incomplete', sentence, NEXT, { line: (event ?? root).line })
  }
  const action = AUDIT_ACTIONS.find((one) => one === attribute(event, 'EventActionCode'))
  const description = child(event, 'EventOutcomeDescription')
  const message: AuditMessage = {
    event: {
      id,
      types: codesOf(event, 'EventTypeCode'),
      ...(action === undefined ? {} : { action }),
      time,
      outcome,
      ...(description ? { description: text(description) } : {}),
      purposes: codesOf(event, 'PurposeOfUse'),
    },
    participants: children(root, 'ActiveParticipant').map(participantOf),
    sources: children(root, 'AuditSourceIdentification').map((source) => ({
      id: attribute(source, 'AuditSourceID') ?? '',
      ...present('site', attribute(source, 'AuditEnterpriseSiteID')),
      types: codesOf(source, 'AuditSourceTypeCode'),
    })),
    objects: children(root, 'ParticipantObjectIdentification').map(objectOf),
  }
  return ok({
    message,
    form: attribute(child(event, 'EventID'), 'csd-code') === undefined ? 'rfc3881' : 'dicom',
    signed: elements(root).some(({ name }) => name === 'Signature'),
  })
}

function participantOf(element: XmlElement): AuditParticipant {
  return {
    userId: attribute(element, 'UserID') ?? '',
    ...present('alternativeUserId', attribute(element, 'AlternativeUserID')),
    ...present('userName', attribute(element, 'UserName')),
    // RFC 3881 §5.2.4: true unless it says otherwise.
    requestor: !['false', '0'].includes(attribute(element, 'UserIsRequestor') ?? 'true'),
    ...present('networkAddress', attribute(element, 'NetworkAccessPointID')),
    ...present('networkType', attribute(element, 'NetworkAccessPointTypeCode')),
    roles: codesOf(element, 'RoleIDCode'),
  }
}

function objectOf(element: XmlElement): AuditObject {
  const name = child(element, 'ParticipantObjectName')
  const query = child(element, 'ParticipantObjectQuery')
  return {
    ...present('id', attribute(element, 'ParticipantObjectID')),
    ...present('type', attribute(element, 'ParticipantObjectTypeCode')),
    ...present('role', attribute(element, 'ParticipantObjectTypeCodeRole')),
    ...present('lifeCycle', attribute(element, 'ParticipantObjectDataLifeCycle')),
    ...present('sensitivity', sensitivityOf(element)),
    idType: codesOf(element, 'ParticipantObjectIDTypeCode')[0] ?? { code: '' },
    // RFC 3881 has the name as an element; some senders wrote an attribute.
    ...present('name', name ? text(name) : attribute(element, 'ParticipantObjectName')),
    ...present('query', query ? text(query).trim() : undefined),
    details: children(element, 'ParticipantObjectDetail').map((detail) => ({
      type: attribute(detail, 'type') ?? '',
      value: attribute(detail, 'value') ?? '',
    })),
  }
}

function sensitivityOf(element: XmlElement): string | undefined {
  return attribute(element, 'ParticipantObjectSensistity') ?? attribute(element, 'ParticipantObjectSensitivity')
}

function codesOf(element: XmlElement | undefined, name: string): readonly AuditCode[] {
  return children(element, name).map((one) => ({
    code: attribute(one, 'csd-code') ?? attribute(one, 'code') ?? '',
    // epSOS wrote `codeSystem`.
    ...present('system', attribute(one, 'codeSystemName') ?? attribute(one, 'codeSystem')),
    ...present('display', attribute(one, 'displayName')),
    ...present('text', attribute(one, 'originalText')),
  }))
}

function present<Name extends string>(name: Name, value: string | undefined): { readonly [N in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]?: string })
}
