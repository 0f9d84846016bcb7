/**
 * Whether bytes are one whole PDF (ISO 32000-1 §7.5), and whether it can act by itself. Nothing is rendered: keywords are looked
 * for, in the file and in its compressed objects. What cannot be looked into counts as active.
 */
import { inflateSync } from 'node:zlib'

/** The file trailer stands in the last kilobyte (ISO 32000-1, Annex H note 18). */
const TAIL = 1024
const HEAD = 1024
/** Unpacked objects in all; a file that unpacks to more hides something. */
const MOST_UNPACKED = 64 * 1024 * 1024

/** What is wrong, in words; undefined when it is a PDF and nothing else. */
export function pdfFault(bytes: Uint8Array): string | undefined {
  const head = latin1(bytes.subarray(0, HEAD))
  if (!/^%PDF-[12]\.\d/.test(head)) return 'its version is unknown'
  // A page that a browser would take for HTML, hidden in a comment at the beginning.
  if (/<(?:!doctype|html|script|svg|body|iframe|\?php)\b/i.test(head)) return 'it is something else as well'
  const tail = latin1(bytes.subarray(Math.max(0, bytes.length - TAIL)))
  const end = tail.lastIndexOf('%%EOF')
  if (end < 0) return 'its end is missing'
  if (/[^\s\0]/.test(tail.slice(end + '%%EOF'.length))) return 'something else follows its end'
  if (!/startxref\s+\d+\s+$/.test(tail.slice(0, end))) return 'its table of objects is missing'
  return undefined
}

/** Actions without a reader's wish, and files inside the file (ISO 32000-1 §12.6, §7.11.4, §12.7.8, §13). */
const ACTIVE =
  /\/(?:JavaScript|Launch|OpenAction|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Rendition|Movie|Sound|Encrypt)(?![A-Za-z])/

export function isActivePdf(bytes: Uint8Array): boolean {
  const whole = latin1(bytes)
  return ACTIVE.test(plainNames(whole)) || hidesActions(bytes, whole)
}

/** Names may have their letters written as numbers: /J#61vaScript. */
function plainNames(text: string): string {
  return text.includes('#')
    ? text.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text
}

/** The name ObjStm, its letters plain or as numbers, or the beginning of a stream. */
const PACKED = /\/(?:O|#4f)(?:b|#62)(?:j|#6a)(?:S|#53)(?:t|#74)(?:m|#6d)|stream\r?\n/gi

/** Objects may stand packed inside object streams (ISO 32000-1 §7.5.7): the stream behind the name is unpacked. */
function hidesActions(bytes: Uint8Array, whole: string): boolean {
  let left = MOST_UNPACKED
  let announced = false
  const search = new RegExp(PACKED)
  for (let found = search.exec(whole); found !== null; found = search.exec(whole)) {
    if (found[0].startsWith('/')) announced = true
    else if (announced) {
      const until = whole.indexOf('endstream', search.lastIndex)
      const unpacked = until < 0 ? undefined : unpack(bytes.subarray(search.lastIndex, until), left)
      if (unpacked === undefined || ACTIVE.test(plainNames(latin1(unpacked)))) return true
      left -= unpacked.length
      announced = false
      search.lastIndex = until + 'endstream'.length
    }
  }
  return false
}

function unpack(packed: Uint8Array, most: number): Uint8Array | undefined {
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, most), finishFlush: 2 })
  } catch {
    return undefined
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
