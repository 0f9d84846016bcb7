/**
 * Bytes to text by byte order mark, then XML declaration, then UTF-8 (XML 1.0 appendix F). Undecodable bytes are
 * refused with the place of the first one.
 */
import { failed, ok, type Place, type Result } from '#platform/result/result.ts'
import type { XmlProblemCode } from './tree.ts'

export interface DecodedText {
  readonly text: string
  readonly encoding: string
}

/** Single-byte encodings that documents of European countries still arrive in, by every label of the Encoding Standard we accept. */
const SINGLE_BYTE =
  /^(us-ascii|ascii|latin[1-9]|iso[-_]?8859[-_]?(1|2|3|4|5|7|9|10|13|14|15|16)|(windows-|cp)125[0-8]|koi8-[ru])$/

const DECLARATION = /^<\?xml\s[^>]*?encoding\s*=\s*(?:"([^"]*)"|'([^']*)')/

/** Decodes a document's bytes. `file` only serves the place in a problem. */
export function decodeXml(bytes: Uint8Array, file?: string): Result<DecodedText, XmlProblemCode> {
  const [first = -1, second = -1, third = -1, fourth = -1] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return decodeUtf8(bytes.subarray(3), 3, file)
  if (first === 0xff && second === 0xfe) return decodeAs('utf-16le', bytes.subarray(2), file)
  if (first === 0xfe && second === 0xff) return decodeAs('utf-16be', bytes.subarray(2), file)
  if (first === 0x3c && second === 0 && third === 0x3f && fourth === 0) return decodeAs('utf-16le', bytes, file)
  if (first === 0 && second === 0x3c && third === 0 && fourth === 0x3f) return decodeAs('utf-16be', bytes, file)
  const label = declaredEncoding(bytes)
  // Programs that keep text as UTF-16 in memory often declare that and then write UTF-8: the bytes decide.
  if (label === undefined || /^(utf-?8|utf-?16(le|be)?|ucs-2|unicode)$/.test(label)) return decodeUtf8(bytes, 0, file)
  if (SINGLE_BYTE.test(label)) return decodeAs(label.replace(/^iso_?8859[-_]?/, 'iso-8859-'), bytes, file)
  return failed(
    'xml-encoding',
    `The document says that it is written in the encoding "${label.slice(0, 40)}", which is not one this program reads.`,
    'Save it as UTF-8 and try again.',
    place(file, 1, 1),
  )
}

function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 256)).toString('latin1')
  const found = DECLARATION.exec(head)
  return (found?.[1] ?? found?.[2])?.trim().toLowerCase()
}

function decodeUtf8(bytes: Uint8Array, offset: number, file: string | undefined): Result<DecodedText, XmlProblemCode> {
  try {
    return ok({ text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encoding: 'utf-8' })
  } catch {
    const at = firstBadUtf8(bytes)
    const before = new TextDecoder('utf-8').decode(bytes.subarray(0, at))
    const line = before.split('\n').length
    const column = before.length - before.lastIndexOf('\n')
    const bad = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')
    return failed(
      'xml-encoding',
      `Line ${line}, column ${column}: the byte ${bad} is not valid UTF-8.`,
      'Save the document in the encoding that it declares, best UTF-8.',
      { ...place(file, line, column), byte: at + offset },
    )
  }
}

function decodeAs(label: string, bytes: Uint8Array, file: string | undefined): Result<DecodedText, XmlProblemCode> {
  try {
    const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true })
    return ok({ text: decoder.decode(bytes), encoding: decoder.encoding })
  } catch {
    return failed(
      'xml-encoding',
      `The bytes of the document are not valid in its encoding, ${label}.`,
      'Save the document in the encoding that it declares, best UTF-8.',
      place(file, 1, 1),
    )
  }
}

/** Offset of the first byte that does not continue valid UTF-8 (Unicode 15, table 3-7). */
function firstBadUtf8(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length === 0) return at
    at += length
  }
  return at
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  const second = bytes[at + 1] ?? 0
  const continues = (offset: number): boolean => ((bytes[at + offset] ?? 0) & 0xc0) === 0x80
  if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0
  if (lead >= 0xe0 && lead <= 0xef) {
    const lowest = lead === 0xe0 ? 0xa0 : 0x80
    const highest = lead === 0xed ? 0x9f : 0xbf
    return second >= lowest && second <= highest && continues(2) ? 3 : 0
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const lowest = lead === 0xf0 ? 0x90 : 0x80
    const highest = lead === 0xf4 ? 0x8f : 0xbf
    return second >= lowest && second <= highest && continues(2) && continues(3) ? 4 : 0
  }
  return 0
}

function place(file: string | undefined, line: number, column: number): Place {
  return file === undefined ? { line, column } : { file, line, column }
}
