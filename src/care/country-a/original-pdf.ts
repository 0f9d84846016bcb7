/** The PDF inside a CDA document of level 1: `component/nonXMLBody/text`, base64 (eHDSI PS L1; CDA R2 §4.3.1.1). */
import { attribute, descend, text } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'

/** Undefined when the document is not readable XML or holds no PDF. */
export function originalPdf(bytes: Uint8Array): Uint8Array | undefined {
  const parsed = parseXml(bytes)
  if (!parsed.ok) return undefined
  const body = descend(parsed.value.root, 'component', 'nonXMLBody', 'text')
  if (attribute(body, 'representation') !== 'B64' && attribute(body, 'mediaType') !== 'application/pdf')
    return undefined
  const pdf = Buffer.from(text(body), 'base64')
  return pdf.subarray(0, 5).toString('latin1') === '%PDF-' ? pdf : undefined
}
