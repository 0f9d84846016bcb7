/** Changes of a multipart message by its parts: boundaries, headers, the order and the number of parts (RFC 2046, MTOM). */
import type { WireMessage } from '#wire/ihe/testing/messages.ts'
import type { Chance } from './chance.ts'
import { applied, rawEdit } from './xml-mutations.ts'

/** Pieces of the grammar of MIME, in wrong places. */
const TOKENS: readonly string[] = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\r\n--',
  '--',
  ';',
  '; boundary=""',
  '; boundary="a"',
  '; boundary=a; boundary=b',
  '; type="text/plain"',
  '; start="<nobody>"',
  '"',
  '\\"',
  '=?utf-8?q?=00?=',
  'Content-ID: <a>\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Transfer-Encoding: quoted-printable\r\n',
  ': \r\n',
  ' folded\r\n\t',
  '\0',
  'a'.repeat(9000),
  ';'.repeat(3000),
]

export function mutateMultipart(
  message: WireMessage,
  mutateRoot: (chance: Chance) => Buffer,
  chance: Chance,
): WireMessage {
  const changes = 1 + chance.below(3)
  let changed = message
  for (let count = 0; count < changes; count += 1) changed = mutated(changed, mutateRoot, chance)
  return changed
}

const KINDS = ['parts', 'parts', 'root', 'root', 'type', 'token', 'header', 'header', 'raw'] as const

function mutated(
  { contentType, body }: WireMessage,
  mutateRoot: (chance: Chance) => Buffer,
  chance: Chance,
): WireMessage {
  const text = Buffer.from(body).toString('latin1')
  const bytes = (changed: string): WireMessage => ({ contentType, body: Buffer.from(changed, 'latin1') })
  switch (chance.pick(KINDS)) {
    case 'parts':
      return bytes(withParts(contentType, text, chance))
    case 'root':
      return bytes(withRoot(text, mutateRoot(chance).toString('latin1')))
    case 'type':
      return { contentType: inserted(contentType, chance), body }
    case 'token':
      return bytes(inserted(text, chance))
    case 'header':
      return bytes(withHeader(text, chance))
    case 'raw':
      return bytes(applied(text, rawEdit(text, chance)))
  }
}

function inserted(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1)
  return text.slice(0, at) + chance.pick(TOKENS) + text.slice(at)
}

/** Parts in another order, lost, doubled, or far too many of them. */
function withParts(contentType: string, text: string, chance: Chance): string {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1]
  if (boundary === undefined) return text
  const parts = text.split(`--${boundary}`)
  const [one, other] = [chance.below(parts.length), chance.below(parts.length)]
  const part = parts[one] ?? ''
  switch (chance.below(4)) {
    case 0:
      return parts.filter((_, index) => index !== one).join(`--${boundary}`)
    case 1:
      return parts.toSpliced(one, 0, parts[other] ?? '').join(`--${boundary}`)
    case 2:
      return parts
        .with(one, parts[other] ?? '')
        .with(other, part)
        .join(`--${boundary}`)
    default:
      return parts
        .toSpliced(one, 0, ...Array<string>(chance.pick([3, 70, 500])).fill(part.slice(0, 300)))
        .join(`--${boundary}`)
  }
}

/** The envelope inside becomes another; everything around it stays. */
function withRoot(text: string, root: string): string {
  const from = text.indexOf('\r\n\r\n')
  const to = text.indexOf('\r\n--', from + 4)
  return from < 0 || to < 0 ? text : text.slice(0, from + 4) + root + text.slice(to)
}

/** The header of one part: a line lost, doubled, or with something in it. */
function withHeader(text: string, chance: Chance): string {
  const headers = [...text.matchAll(/^Content-[\w-]+:[^\r\n]*\r\n/gim)]
  if (headers.length === 0) return text
  const header = chance.pick(headers)
  const put = chance.pick(['', header[0] + header[0], inserted(header[0], chance)])
  return text.slice(0, header.index) + put + text.slice(header.index + header[0].length)
}
