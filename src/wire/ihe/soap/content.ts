/** The bytes of an element of type `xsd:base64Binary`: of the part that its `xop:Include` names (XOP 1.0 §3.2), or its base64. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, elements, isBlank, text } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { ContentOf, ContentProblemCode } from './attachments.ts'
import type { MimePart } from './multipart.ts'

export const XOP_NAMESPACE = 'http://www.w3.org/2004/08/xop/include'

/**
 * Each part is handed out to one element only. Parts that nobody names are not looked at.
 * @param parts all but the root part
 */
export function contentOf(parts: readonly MimePart[]): ContentOf {
  const byId = new Map(parts.map((part) => [part.contentId, part.bytes]))
  const holders = new Map<string, XmlElement>()
  return (element) => {
    const [include, ...more] = elements(element)
    if (include === undefined) return base64Content(text(element))
    if (more.length > 0 || !isInclude(include) || !isBlank(ownText(element))) {
      return failed(
        'content-not-base64',
        'A document stands in the message as something else than base64 or XOP.',
        NEXT,
      )
    }
    const id = contentIdOf(attribute(include, 'href') ?? '')
    const bytes = id === undefined ? undefined : byId.get(id)
    if (id === undefined || bytes === undefined) {
      return failed('content-missing', 'The message names a part that it does not have.', NEXT)
    }
    if ((holders.get(id) ?? element) !== element) {
      return failed('content-ambiguous', 'Two elements of the message name the same part.', NEXT)
    }
    holders.set(id, element)
    return ok(bytes)
  }
}

const NEXT = 'Send each document as one part, or as base64 in its element.'

export function isInclude(element: XmlElement): boolean {
  return element.name === 'Include' && element.namespace === XOP_NAMESPACE
}

function ownText(element: XmlElement): string {
  let own = ''
  for (const node of element.children) if (typeof node === 'string') own += node
  return own
}

/** `cid:` with percent-encoding (RFC 2392 §2) → the Content-ID. */
function contentIdOf(href: string): string | undefined {
  const encoded = /^cid:(\S+)$/i.exec(href.trim())?.[1]
  if (encoded === undefined) return undefined
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

function base64Content(value: string): Result<Uint8Array, ContentProblemCode> {
  const expected = decodedLength(value)
  // Node's decoder skips white space, and also what is no base64: the length tells that it skipped nothing else.
  const bytes = expected === undefined ? undefined : Buffer.from(value, 'base64')
  if (bytes === undefined || bytes.length !== expected) {
    return failed('content-not-base64', 'The content of a document is not base64.', NEXT)
  }
  return ok(bytes)
}

/** Of base64 with white space in it (RFC 4648 §4); undefined when it has another letter, or is not padded. */
function decodedLength(value: string): number | undefined {
  let [letters, padding] = [0, 0]
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) continue
    if (code === 0x3d) padding++
    else if (padding === 0 && isLetter(code)) letters++
    else return undefined
  }
  return (letters + padding) % 4 === 0 && padding <= 2 ? Math.floor((letters * 3) / 4) : undefined
}

function isLetter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x2f && code <= 0x39) || code === 0x2b
  )
}
