/**
 * The file inside an original clinical document. Media type and soundness are judged by the bytes alone: a portal shows what
 * another country sent, so nothing may reach a browser that is not wholly a PDF, a PNG or a JPEG.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { nodes, text } from '../fhir/node.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { entriesOfType, type Parts, partsOf, targetOf } from '../pharmacy/parts.ts'
import { jpegFault } from './jpeg.ts'
import { isActivePdf, pdfFault } from './pdf.ts'
import { pngFault } from './png.ts'

export type OriginalMediaType = 'application/pdf' | 'image/png' | 'image/jpeg'

/** `original-missing`: no file inside; `original-format`: of a kind that is never shown; `original-damaged`: not whole, or more than it says. */
export type OriginalProblemCode = 'original-missing' | 'original-too-large' | 'original-format' | 'original-damaged'

export interface OriginalContent {
  readonly mediaType: OriginalMediaType
  readonly bytes: Uint8Array
  /** A PDF that can act by itself, or that cannot be looked into: never shown inline. */
  readonly active: boolean
  /** What the document says that the file is. */
  readonly claimedMediaType?: string
}

export interface OriginalLimits {
  readonly maximumBytes: number
}

/** The file of a document, or these bytes as a file; refused unless it is wholly what its first bytes say. */
export function originalContentOf(
  source: ClinicalDocument | Uint8Array,
  limits: OriginalLimits,
): Result<OriginalContent, OriginalProblemCode> {
  if (source instanceof Uint8Array) return checked(source, limits, undefined)
  const file = fileIn(partsOf(source))
  if (file === undefined)
    return failed('original-missing', 'The document holds no file.', 'Ask for the document again.')
  // Four characters of base64 are three bytes: too large is seen without decoding.
  if (file.base64.length > (limits.maximumBytes + 2) * 1.5) return tooLarge()
  return checked(Buffer.from(file.base64, 'base64'), limits, file.contentType)
}

interface InnerFile {
  readonly base64: string
  readonly contentType: string | undefined
}

/** The first file: as Binary, or inline in its DocumentReference. */
function fileIn(parts: Parts): InnerFile | undefined {
  for (const entry of entriesOfType(parts, 'DocumentReference')) {
    for (const content of nodes(entry.resource.content)) {
      const [attachment] = nodes(content.attachment)
      const binary = targetOf(parts, { reference: attachment?.url }, entry)?.resource
      const base64 = attachment?.data ?? binary?.data
      if (typeof base64 === 'string' && base64 !== '')
        return { base64, contentType: text(attachment?.contentType) ?? text(binary?.contentType) }
    }
  }
  const [binary] = entriesOfType(parts, 'Binary')
  const data = binary?.resource.data
  return typeof data === 'string' && data !== ''
    ? { base64: data, contentType: text(binary?.resource.contentType) }
    : undefined
}

function tooLarge(): Result<never, OriginalProblemCode> {
  return failed('original-too-large', 'The file is larger than allowed.', 'Ask the sender for a smaller file.')
}

function checked(
  bytes: Uint8Array,
  { maximumBytes }: OriginalLimits,
  claimed: string | undefined,
): Result<OriginalContent, OriginalProblemCode> {
  if (bytes.length === 0) return failed('original-missing', 'The file is empty.', 'Ask for the document again.')
  if (bytes.length > maximumBytes) return tooLarge()
  const mediaType = mediaTypeOf(bytes)
  if (mediaType === undefined)
    return failed(
      'original-format',
      'The file is neither PDF nor PNG nor JPEG, and is not shown.',
      'Ask the sender for a PDF, a PNG or a JPEG.',
    )
  const fault = FAULTS[mediaType](bytes)
  if (fault !== undefined)
    return failed('original-damaged', `The file is not sound: ${fault}.`, 'Ask the sender for the document again.')
  return ok({
    mediaType,
    bytes,
    active: mediaType === 'application/pdf' && isActivePdf(bytes),
    ...(claimed === undefined ? {} : { claimedMediaType: claimed }),
  })
}

const FAULTS: Readonly<Record<OriginalMediaType, (bytes: Uint8Array) => string | undefined>> = {
  'application/pdf': pdfFault,
  'image/png': pngFault,
  'image/jpeg': jpegFault,
}

const SIGNATURES: readonly (readonly [OriginalMediaType, readonly number[]])[] = [
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
]

/** What the first bytes are; only at the very beginning, as browsers look. */
export function mediaTypeOf(bytes: Uint8Array): OriginalMediaType | undefined {
  return SIGNATURES.find(([, signature]) => signature.every((byte, at) => bytes[at] === byte))?.[0]
}
