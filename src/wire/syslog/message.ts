/**
 * Audit messages as syslog carries them (RFC 5424, RFC 5425; IHE ITI TF-2 3.20.4). Pure.
 *
 * The priority is facility × 8 + severity; facility 13 is "log audit". OpenNCP joins the digits instead: facility 13 and
 * severity 2 become `<132>` and not `<106>`. Both are written (by profile) and both are understood.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'

/** RFC 5424 table 2: error, warning, notice, informational. */
export type Severity = 3 | 4 | 5 | 6

/** `openncp` sends the priority that the reference implementation sends; `standard` the calculated one. */
export type SyslogProfile = 'openncp' | 'standard'

const LOG_AUDIT = 13
const OPENNCP_PRIORITY = 132

export function priorityOf(profile: SyslogProfile, severity: Severity): number {
  return profile === 'openncp' ? OPENNCP_PRIORITY : LOG_AUDIT * 8 + severity
}

/** Facility and severity, also of a priority whose digits were joined. */
export function facilityOf(priority: number): { readonly facility: number; readonly severity: number } {
  if (priority === OPENNCP_PRIORITY) return { facility: LOG_AUDIT, severity: 2 }
  return { facility: Math.floor(priority / 8), severity: priority % 8 }
}

export interface SyslogMessage {
  readonly priority: number
  /** ISO 8601; undefined for the nil value. */
  readonly timestamp: string | undefined
  readonly host: string | undefined
  /** What follows the header and the byte order mark: the XML. */
  readonly body: Uint8Array
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Header, byte order mark and XML. The header's other fields are nil, as in MyHealth@EU. */
export function writeSyslogMessage(message: {
  readonly priority: number
  readonly timestamp: Date
  readonly host: string
  readonly xml: string
}): Uint8Array {
  // RFC 5424 §6.2.4: printable US-ASCII, at most 255.
  const host = message.host.replace(/[^\x21-\x7e]/g, '').slice(0, 255) || '-'
  const header = `<${message.priority}>1 ${message.timestamp.toISOString()} ${host} - - - - `
  return Buffer.concat([Buffer.from(header, 'latin1'), BYTE_ORDER_MARK, Buffer.from(message.xml, 'utf8')])
}

const HEADER = /^<(\d{1,3})>1 (\S{1,40}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (-|\[)/
/** Above the longest header without structured data. */
const LONGEST_HEADER = 600
const LAST_PRIORITY = 191

export type SyslogProblemCode = 'syslog-header' | 'syslog-structured-data'

/** Reads header and body; the body is not looked at. */
export function readSyslogMessage(bytes: Uint8Array): Result<SyslogMessage, SyslogProblemCode> {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LONGEST_HEADER)).toString(
    'latin1',
  )
  const match = HEADER.exec(start)
  const priority = Number(match?.[1])
  if (!match || priority > LAST_PRIORITY) {
    return failed('syslog-header', 'The message has no header of RFC 5424.', 'Ask the sender for syslog version 1.')
  }
  if (match[7] === '[') {
    const sentence = 'The message has structured data, which audit messages do not have.'
    return failed('syslog-structured-data', sentence, 'Ask the sender to leave it out.')
  }
  let body = bytes.subarray(match[0].length)
  if (body[0] === 0x20) body = body.subarray(1)
  if (BYTE_ORDER_MARK.every((byte, index) => body[index] === byte)) body = body.subarray(3)
  return ok({ priority, timestamp: unlessNil(match[2]), host: unlessNil(match[3]), body })
}

function unlessNil(value: string | undefined): string | undefined {
  return value === '-' ? undefined : value
}
