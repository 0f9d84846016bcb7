/** The file inside a CDA document of level 1 (`component/nonXMLBody/text`, CDA R2 §4.3.1.1), or the file itself where a country sends it bare. */
import { attribute, children, descend, text } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'

export interface InnerFile {
  readonly mediaType: 'application/pdf' | 'image/png' | 'image/jpeg'
  readonly bytes: Uint8Array
  /** Whom the CDA around it is about: extensions of the identifiers in its header. Absent for a file that came bare. */
  readonly patients?: readonly string[]
}

/** Undefined when there is no PDF, PNG or JPEG in it. What a file is, its bytes say, not its label. */
export function innerFile(bytes: Uint8Array): InnerFile | undefined {
  const bare = mediaTypeOf(bytes)
  if (bare) return { mediaType: bare, bytes }
  const parsed = parseXml(bytes)
  if (!parsed.ok) return undefined
  const body = descend(parsed.value.root, 'component', 'nonXMLBody', 'text')
  if (body === undefined) return undefined
  const file = Buffer.from(text(body), 'base64')
  const mediaType = mediaTypeOf(file)
  const ids = children(descend(parsed.value.root, 'recordTarget', 'patientRole'), 'id')
  const patients = ids.map((id) => attribute(id, 'extension') ?? '')
  return mediaType && { mediaType, bytes: file, patients }
}

/** By the first bytes: PDF (ISO 32000-1 §7.5.2), PNG (ISO 15948 §5.2), JPEG (ITU-T T.81 B.1.1.3). */
export function mediaTypeOf(bytes: Uint8Array): InnerFile['mediaType'] | undefined {
  const head = Buffer.from(bytes.subarray(0, 8))
  if (head.subarray(0, 5).toString('latin1') === '%PDF-') return 'application/pdf'
  if (head.equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'image/png'
  return head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) ? 'image/jpeg' : undefined
}
