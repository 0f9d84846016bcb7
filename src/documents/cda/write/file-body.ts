/** Level 1: the body of a document that is a file (CDA R2 §4.3.1, nonXMLBody). */
import type { Composition } from 'fhir/r4'
import { uri } from './datatypes/identity.ts'
import { assemble, element, escaped, type Piece } from './element.ts'
import { isA, resolve, type Writing } from './writing.ts'

/** The file that the only section of the model holds. */
export function fileBody(composition: Composition, writing: Writing): Piece | undefined {
  const [entry] = composition.section?.[0]?.entry ?? []
  const reference = resolve(entry, writing)
  if (!isA(reference, 'DocumentReference')) return undefined
  const attachment = reference.content[0]?.attachment
  const binary = resolve({ reference: attachment?.url ?? '' }, writing, reference)
  writing.written.add(reference)
  if (isA(binary, 'Binary')) writing.written.add(binary)
  const data = attachment?.data ?? (isA(binary, 'Binary') ? binary.data : undefined)
  const mediaType = mediaTypeOf(attachment?.contentType) ?? 'application/octet-stream'
  return data === undefined ? outside(attachment?.url, mediaType) : nonXmlBody(mediaType, data)
}

/** The schema takes a media type of one word: parameters follow without white space. */
export function mediaTypeOf(stated: string | undefined): string | undefined {
  const bare = stated?.replace(/\s+/g, '')
  return bare === '' ? undefined : bare
}

export function nonXmlBody(mediaType: string, base64: string): Piece {
  return assemble('NonXMLBody', 'nonXMLBody', {}, [
    element('text', { mediaType, representation: 'B64' }, escaped(base64)),
  ])
}

function outside(url: string | undefined, mediaType: string): Piece {
  const reference = url === undefined ? [] : [element('reference', { value: uri(url) })]
  return assemble('NonXMLBody', 'nonXMLBody', {}, [element('text', { mediaType }, reference)])
}
