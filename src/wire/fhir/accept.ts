/** Content negotiation: what the client can read (RFC 9110 §12.5.1; FHIR R4 `_format` goes first). */

interface MediaRange {
  readonly type: string
  readonly quality: number
}

/** The first of `offered` that the client accepts best; undefined when it accepts none of them. */
export function negotiate(request: Request, offered: readonly string[]): string | undefined {
  const format = new URL(request.url).searchParams.get('_format')
  if (format !== null) {
    const asked = FORMATS[format] ?? format.replaceAll(' ', '+')
    return offered.find((type) => type === asked)
  }
  const header = request.headers.get('accept')
  if (header === null || header.trim() === '') return offered[0]
  const ranges = header.split(',').map(readRange)
  let best: { readonly type: string; readonly quality: number } | undefined
  for (const type of offered) {
    const quality = qualityOf(type, ranges)
    if (quality > (best?.quality ?? 0)) best = { type, quality }
  }
  return best?.type
}

/** FHIR R4 §3.1.0.1.11. */
const FORMATS: Readonly<Record<string, string>> = {
  json: 'application/fhir+json',
  'application/json': 'application/fhir+json',
}

function readRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 }
}

/** The most specific range that covers the type decides. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const exact = ranges.find((range) => range.type === type)
  if (exact) return exact.quality
  // `application/json` is a common way of saying FHIR JSON.
  if (type === 'application/fhir+json') {
    const json = ranges.find((range) => range.type === 'application/json')
    if (json) return json.quality
  }
  const family = ranges.find((range) => range.type === `${type.split('/')[0]}/*`)
  return (family ?? ranges.find((range) => range.type === '*/*'))?.quality ?? 0
}
