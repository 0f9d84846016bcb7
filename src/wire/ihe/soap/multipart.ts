/**
 * The parts of a `multipart/related` message (RFC 2046 §5.1, RFC 2387), found in its bytes without copying them. Strict:
 * line ends are CR LF, the closing boundary must be there, nobody may hide a part behind a header given twice.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type MediaType, readMediaType } from './media-type.ts'

export interface MimePart {
  /** Without the angle brackets; undefined when the part has none. */
  readonly contentId: string | undefined
  readonly contentType: MediaType | undefined
  /** A view into the message. */
  readonly bytes: Uint8Array
}

export interface MultipartLimits {
  readonly parts: number
  /** Bytes of the headers of one part. */
  readonly headerBytes: number
}

export const MULTIPART_LIMITS: MultipartLimits = { parts: 64, headerBytes: 8 * 1024 }

export type MultipartProblemCode = 'mime-malformed' | 'mime-too-many-parts' | 'mime-duplicate-part'

const CR = 0x0d
const LF = 0x0a
const HYPHEN = 0x2d
/** RFC 2046 §5.1.1: bcharsnospace and space, 1 to 70, not ending in a space. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/

/** All parts in their order. */
export function readMultipart(
  body: Uint8Array,
  boundary: string,
  limits: MultipartLimits = MULTIPART_LIMITS,
): Result<readonly MimePart[], MultipartProblemCode> {
  if (!BOUNDARY.test(boundary)) return malformed('The boundary of the multipart message is not valid.')
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  const dashed = Buffer.from(`--${boundary}`, 'latin1')
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  let at = bytes.subarray(0, dashed.length).equals(dashed) ? dashed.length : endOf(bytes, delimiter, 0)
  const parts: MimePart[] = []
  const ids = new Set<string>()
  for (;;) {
    if (at < 0) return malformed('The multipart message ends before its closing boundary.')
    if (bytes[at] === HYPHEN && bytes[at + 1] === HYPHEN) return closed(bytes, at + 2, parts)
    const start = endOfLine(bytes, at)
    if (start < 0) return malformed('A boundary of the multipart message is not alone on its line.')
    if (parts.length >= limits.parts) {
      return failed('mime-too-many-parts', `The message has more than ${limits.parts} parts.`, NEXT)
    }
    // The delimiter of an empty part may begin with the CR LF that ends its headers.
    const end = bytes.indexOf(delimiter, start - 2)
    const part = readPart(bytes, start, end, limits)
    if (!part.ok) return part
    const id = part.value.contentId
    if (id !== undefined && ids.has(id)) {
      return failed('mime-duplicate-part', 'Two parts of the message have the same Content-ID.', NEXT)
    }
    if (id !== undefined) ids.add(id)
    parts.push(part.value)
    at = end + delimiter.length
  }
}

const NEXT = 'Send the message as multipart/related by RFC 2387.'

function malformed(sentence: string): Result<never, MultipartProblemCode> {
  return failed('mime-malformed', sentence, NEXT)
}

function endOf(bytes: Buffer, delimiter: Buffer, from: number): number {
  const found = bytes.indexOf(delimiter, from)
  return found < 0 ? -1 : found + delimiter.length
}

/** Behind the transport padding and the CR LF of a boundary line, -1 when something else stands there. */
function endOfLine(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1
}

/** What follows the closing boundary (the epilogue) is ignored, but it must begin on a line of its own. */
function closed(
  bytes: Buffer,
  from: number,
  parts: readonly MimePart[],
): Result<readonly MimePart[], MultipartProblemCode> {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++
  if (at < bytes.length && endOfLine(bytes, at) < 0) {
    return malformed('The closing boundary of the multipart message is not alone on its line.')
  }
  return parts.length === 0 ? malformed('The multipart message has no part.') : ok(parts)
}

function readPart(
  bytes: Buffer,
  start: number,
  end: number,
  limits: MultipartLimits,
): Result<MimePart, MultipartProblemCode> {
  if (end < 0) return malformed('The multipart message ends before its closing boundary.')
  const head = bytes.subarray(start, Math.min(end + 2, start + limits.headerBytes + 4))
  // A part without headers begins with the empty line at once.
  const bare = head[0] === CR && head[1] === LF
  const length = bare ? 0 : head.indexOf('\r\n\r\n')
  if (length < 0) return malformed('The headers of a part are too long, or do not end in an empty line.')
  const headers = readHeaders(head.toString('latin1', 0, length))
  if (headers === undefined) return malformed('A header of a part is not well formed, or is given twice.')
  const encoding = headers.get('content-transfer-encoding')?.trim().toLowerCase() ?? 'binary'
  if (!PLAIN_ENCODINGS.has(encoding)) return malformed('A part has a transfer encoding; XOP sends binary.')
  const from = Math.min(start + length + (bare ? 2 : 4), end)
  return describe(headers, bytes.subarray(from, end))
}

/** XOP 1.0 §4.1: parts are binary. Base64 of a part is of no use and is refused. */
const PLAIN_ENCODINGS = new Set(['binary', '8bit', '7bit'])

function describe(headers: ReadonlyMap<string, string>, bytes: Uint8Array): Result<MimePart, MultipartProblemCode> {
  const id = headers.get('content-id')?.trim()
  const contentId = id === undefined ? undefined : /^<([^<>\s]+)>$/.exec(id)?.[1]
  if (id !== undefined && contentId === undefined) return malformed('The Content-ID of a part is not well formed.')
  const type = headers.get('content-type')
  const contentType = type === undefined ? undefined : readMediaType(type)
  if (type !== undefined && contentType === undefined) {
    return malformed('The Content-Type of a part is not well formed.')
  }
  return ok({ contentId, contentType, bytes })
}

const HEADER = /^([!#$%&'*+\-.^`|~\w]+)[ \t]*:(.*)$/
const CONTROL = /[^\t -~\u0080-\u00ff]/

/** Names in lower case. Folded lines are joined (RFC 5322 §2.2.3). */
function readHeaders(text: string): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>()
  if (text === '') return headers
  for (const line of text.replace(/\r\n[ \t]/g, ' ').split('\r\n')) {
    const found = HEADER.exec(line)
    const name = found?.[1]?.toLowerCase()
    const value = found?.[2]
    if (name === undefined || value === undefined || CONTROL.test(value) || headers.has(name)) return undefined
    headers.set(name, value)
  }
  return headers
}
