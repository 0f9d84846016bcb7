/** The value of a Content-Type header (RFC 2045 §5.1, RFC 9110 §8.3): type and parameters, quoted or not. */
export interface MediaType {
  /** `type/subtype`, lower case. */
  readonly type: string
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

const LONGEST = 2000
const UNPRINTABLE = /[^\t -~\u0080-\u00ff]/
const TYPE = /^[ \t]*([\w!#$&^.+-]+\/[\w!#$&^.+-]+)[ \t]*/
const PARAMETER = /;[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s";,]+))[ \t]*)?/y

/** Undefined when it is not a media type, is unreasonably long, holds control characters, or gives one parameter twice. */
export function readMediaType(header: string): MediaType | undefined {
  if (header.length > LONGEST || UNPRINTABLE.test(header)) return undefined
  const type = TYPE.exec(header)
  if (type?.[1] === undefined) return undefined
  const parameters = new Map<string, string>()
  let at = type[0].length
  while (at < header.length) {
    PARAMETER.lastIndex = at
    const found = PARAMETER.exec(header)
    if (found === null) return undefined
    at = PARAMETER.lastIndex
    const name = found[1]?.toLowerCase()
    if (name === undefined) continue
    if (parameters.has(name)) return undefined
    parameters.set(name, found[3] ?? (found[2] ?? '').replace(/\\(.)/g, '$1'))
  }
  return { type: type[1].toLowerCase(), parameters }
}

/** A parameter's value between quotes. */
export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}
