/**
 * One audit message as DICOM PS3.15 A.5.1 structures it, whichever of its two spellings it was read from. The older one,
 * RFC 3881, writes codes as `code` where DICOM writes `csd-code`.
 */

export interface AuditCode {
  readonly code: string
  /** `codeSystemName`. */
  readonly system?: string
  readonly display?: string
  readonly text?: string
}

/** EventActionCode: create, read, update, delete, execute. */
export const AUDIT_ACTIONS = ['C', 'R', 'U', 'D', 'E'] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** EventOutcomeIndicator: success, minor, serious and major failure. */
export const AUDIT_OUTCOMES = ['0', '4', '8', '12'] as const
export type AuditOutcomeIndicator = (typeof AUDIT_OUTCOMES)[number]

export interface AuditParticipant {
  readonly userId: string
  readonly alternativeUserId?: string
  readonly userName?: string
  readonly requestor: boolean
  readonly networkAddress?: string
  /** 1 machine name, 2 IP address, 3 telephone, 4 e-mail, 5 URI. */
  readonly networkType?: string
  readonly roles: readonly AuditCode[]
}

export interface AuditSource {
  readonly id: string
  readonly site?: string
  readonly types: readonly AuditCode[]
}

export interface AuditDetail {
  readonly type: string
  /** Base64, as on the wire. */
  readonly value: string
}

export interface AuditObject {
  readonly id?: string
  readonly type?: string
  readonly role?: string
  readonly lifeCycle?: string
  readonly sensitivity?: string
  readonly idType: AuditCode
  readonly name?: string
  /** Base64, as on the wire. */
  readonly query?: string
  readonly details: readonly AuditDetail[]
}

export interface AuditMessage {
  readonly event: {
    readonly id: AuditCode
    readonly types: readonly AuditCode[]
    readonly action?: AuditAction
    /** ISO 8601 as written, with its offset. */
    readonly time: string
    readonly outcome: AuditOutcomeIndicator
    readonly description?: string
    readonly purposes: readonly AuditCode[]
  }
  readonly participants: readonly AuditParticipant[]
  readonly sources: readonly AuditSource[]
  readonly objects: readonly AuditObject[]
}

/** Text → Base64, as queries, details and some identifiers stand in a message. */
export function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

export function fromBase64(value: string): string {
  return Buffer.from(value, 'base64').toString('utf8')
}
