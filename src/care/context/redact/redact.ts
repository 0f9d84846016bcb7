/** Masks everything in a message that could tell about a person, whatever kind of message it is. Pure. */
import { parseXml } from '#platform/xml/parse.ts'
import { serialiseXml } from '#platform/xml/serialise.ts'
import { MASK } from './mask.ts'
import { redactJson } from './redact-json.ts'
import { redactXml } from './redact-xml.ts'

/** Beyond this a message is not shown: it holds documents. */
const LONGEST = 1024 * 1024
const LIMITS = { bytes: 4 * LONGEST, depth: 200, nodes: 200_000 }

/** XML, JSON, or an HTTP message of which these are the body. What is none of them is masked whole. */
export function redact(message: string): string {
  const text = message.trimStart()
  if (text === '') return ''
  if (text.length > LONGEST) return `${MASK} (too long to be shown)`
  const line = /^(?:(GET|POST|PUT|DELETE) (\S+)|(?:HTTP\/1\.1 )?(\d{3}))(?: [^\r\n]*)?(?:\r?\n|$)/.exec(text)
  if (line) {
    const [whole, method, path, status] = line
    const start = method === undefined ? `${status}` : `${method} ${redactPath(path ?? '')}`
    const body = text.slice(whole.length).trim()
    return body === '' ? start : `${start}\n\n${redactBody(bodyOf(body))}`
  }
  return redactBody(text)
}

/** Headers, if there are any, end with an empty line; they are not shown. */
function bodyOf(text: string): string {
  const start = text.search(/^[ \t]*[<{[]/m)
  return start < 0 ? text : text.slice(start).trimStart()
}

function redactBody(text: string): string {
  if (text.startsWith('<')) {
    const parsed = parseXml(Buffer.from(text, 'utf8'), { limits: LIMITS })
    return parsed.ok ? serialiseXml(redactXml(parsed.value.root)) : MASK
  }
  if (text.startsWith('{') || text.startsWith('[')) {
    try {
      return JSON.stringify(redactJson(JSON.parse(text)), undefined, 2)
    } catch {
      return MASK
    }
  }
  return MASK
}

/** A resource's type stays, its id and the values of parameters do not. */
function redactPath(path: string): string {
  const [place = '', query] = path.split('?', 2)
  const shown = place
    .split('/')
    .map((part, index) =>
      index === 0 || /^(fhir|[A-Z][A-Za-z]{2,40}|\$[a-z-]{2,40}|_search|_history)$/.test(part) ? part : MASK,
    )
    .join('/')
    .replace(/^https?:\/\/.*$/, MASK)
  const parameters = query?.split('&').map((one) => {
    const name = one.split('=', 1)[0] ?? ''
    return `${/^[a-zA-Z_:.-]{1,40}$/.test(name) ? name : MASK}=${MASK}`
  })
  return parameters ? `${shown}?${parameters.join('&')}` : shown
}
