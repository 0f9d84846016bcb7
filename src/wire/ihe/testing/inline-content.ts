/** Documents as base64 in their elements, for tests of the codecs alone. */
import { failed, ok } from '#platform/result/result.ts'
import { text } from '#platform/xml/access.ts'
import type { Attach, ContentOf } from '../soap/attachments.ts'

export const inlineAttach: Attach = (bytes) => Buffer.from(bytes).toString('base64')

export const inlineContent: ContentOf = (element) => {
  const inline = text(element).replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(inline)) return failed('content-not-base64', 'It is not base64.', 'Send base64.')
  return ok(Buffer.from(inline, 'base64'))
}
