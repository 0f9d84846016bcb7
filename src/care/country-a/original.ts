/** The original inside a CDA document of level 1: `component/nonXMLBody/text`, base64 (eHDSI PS L1, OrCD; CDA R2 §4.3.1.1). */
import { attribute, descend, text } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'

export interface Original {
  readonly mediaType: 'application/pdf' | 'image/png' | 'image/jpeg'
  readonly bytes: Uint8Array
}

/** Undefined when the document is not readable XML or holds neither PDF nor PNG nor JPEG. */
export function originalInside(bytes: Uint8Array): Original | undefined {
  const parsed = parseXml(bytes)
  if (!parsed.ok) return undefined
  const body = descend(parsed.value.root, 'component', 'nonXMLBody', 'text')
  if (attribute(body, 'representation') !== 'B64' && attribute(body, 'mediaType') !== 'application/pdf')
    return undefined
  return originalOf(Buffer.from(text(body), 'base64'))
}

/** The PDF inside, when that is what it holds. */
export function originalPdf(bytes: Uint8Array): Uint8Array | undefined {
  const original = originalInside(bytes)
  return original?.mediaType === 'application/pdf' ? original.bytes : undefined
}

/** What bytes are by how they begin, whatever anybody calls them. */
export function originalOf(bytes: Uint8Array): Original | undefined {
  const found = SIGNATURES.find(({ starts }) => starts.every((octet, index) => bytes[index] === octet))
  return found && { mediaType: found.mediaType, bytes }
}

const SIGNATURES = [
  { mediaType: 'application/pdf', starts: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { mediaType: 'image/png', starts: [0x89, 0x50, 0x4e, 0x47] },
  { mediaType: 'image/jpeg', starts: [0xff, 0xd8, 0xff] },
] as const
