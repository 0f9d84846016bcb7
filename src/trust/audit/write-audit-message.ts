/** Audit messages as XML of DICOM PS3.15 A.5.1 (`DICOM_Unsigned.xsd`), in canonical form: they are signed as they are. Pure. */
import { writableText } from '#platform/xml/characters.ts'
import { escapeAttribute, escapeText } from '#platform/xml/serialise.ts'
import type { AuditFacts } from './audit-facts.ts'
import type { AuditCode, AuditMessage, AuditObject, AuditParticipant, AuditSource } from './audit-message.ts'
import { composeAuditMessage } from './compose-audit-message.ts'

/** The message of one event as XML, not signed yet; see `compose-audit-message.ts` for what stands in it. */
export function writeAuditMessage(facts: AuditFacts): string {
  return printAuditMessage(composeAuditMessage(facts))
}

/** Always the DICOM spelling, whichever the message was read from. */
export function printAuditMessage(message: AuditMessage): string {
  const { event, participants, sources, objects } = message
  return [
    '<AuditMessage>',
    `<EventIdentification${attributes({ EventActionCode: event.action, EventDateTime: event.time, EventOutcomeIndicator: event.outcome })}>`,
    code('EventID', event.id),
    ...event.types.map((type) => code('EventTypeCode', type)),
    optional('EventOutcomeDescription', event.description),
    ...event.purposes.map((purpose) => code('PurposeOfUse', purpose)),
    '</EventIdentification>',
    ...participants.map(participant),
    ...sources.map(source),
    ...objects.map(object),
    '</AuditMessage>',
  ].join('')
}

function participant(one: AuditParticipant): string {
  const shown = attributes({
    UserID: one.userId,
    AlternativeUserID: one.alternativeUserId,
    UserName: one.userName,
    UserIsRequestor: String(one.requestor),
    NetworkAccessPointID: one.networkAddress,
    NetworkAccessPointTypeCode: one.networkType,
  })
  const roles = one.roles.map((role) => code('RoleIDCode', role)).join('')
  return `<ActiveParticipant${shown}>${roles}</ActiveParticipant>`
}

function source(one: AuditSource): string {
  const types = one.types.map((type) => empty('AuditSourceTypeCode', codeAttributes(type))).join('')
  const shown = attributes({ AuditEnterpriseSiteID: one.site, AuditSourceID: one.id })
  return `<AuditSourceIdentification${shown}>${types}</AuditSourceIdentification>`
}

function object(one: AuditObject): string {
  const shown = attributes({
    ParticipantObjectID: one.id,
    ParticipantObjectTypeCode: one.type,
    ParticipantObjectTypeCodeRole: one.role,
    ParticipantObjectDataLifeCycle: one.lifeCycle,
    // The schema's own spelling.
    ParticipantObjectSensistity: one.sensitivity,
  })
  const details = one.details.map(({ type, value }) => empty('ParticipantObjectDetail', attributes({ type, value })))
  return [
    `<ParticipantObjectIdentification${shown}>`,
    code('ParticipantObjectIDTypeCode', one.idType),
    // A name and a query exclude each other in the schema; the query says more.
    one.query === undefined
      ? optional('ParticipantObjectName', one.name)
      : optional('ParticipantObjectQuery', one.query),
    ...details,
    '</ParticipantObjectIdentification>',
  ].join('')
}

function code(name: string, value: AuditCode): string {
  // codeSystemName and originalText are required on every code but the type of the source.
  return empty(name, codeAttributes({ ...value, system: value.system ?? '', text: value.text ?? value.display ?? '' }))
}

function codeAttributes(value: AuditCode): string {
  return attributes({
    'csd-code': value.code,
    codeSystemName: value.system,
    displayName: value.display,
    originalText: value.text,
  })
}

function empty(name: string, shown: string): string {
  return `<${name}${shown}></${name}>`
}

function optional(name: string, value: string | undefined): string {
  return value === undefined ? '' : `<${name}>${escapeText(writableText(value))}</${name}>`
}

function attributes(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeAttribute(writableText(value))}"`))
    .join('')
}
