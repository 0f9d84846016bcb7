/**
 * Finds fields that a JSON object states twice. Parsers keep the last one silently, so what the first one said would be
 * lost without a trace. Runs only when counting showed that a field is missing from the tree; the text is known to be
 * correct JSON.
 */
export interface Repeated {
  /** FHIRPath-like, e.g. `entry[3].resource.status`. */
  readonly path: string
  /** The literal that is not in the tree. */
  readonly literal: string
}

interface Level {
  readonly path: string
  readonly array: boolean
  /** Field → where its last value was seen. */
  readonly fields: Map<string, { start: number; end: number }>
  index: number
  key: string
  valueStart: number
}

function childPath(level: Level): string {
  if (level.array) return `${level.path}[${level.index}]`
  return level.path ? `${level.path}.${level.key}` : level.key
}

export function repeatedFields(text: string): readonly Repeated[] {
  const found: Repeated[] = []
  const levels: Level[] = []
  const close = (level: Level | undefined, end: number): void => {
    if (!level || level.array || level.valueStart < 0) return
    const earlier = level.fields.get(level.key)
    if (earlier) found.push({ path: childPath(level), literal: text.slice(earlier.start, earlier.end).trim() })
    level.fields.set(level.key, { start: level.valueStart, end })
    level.valueStart = -1
  }
  for (let at = 0; at < text.length; at++) {
    const level = levels.at(-1)
    const character = text[at]
    if (character === '"') {
      const start = at
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++
      if (level && !level.array && level.valueStart < 0) level.key = String(JSON.parse(text.slice(start, at + 1)))
    } else if (character === '{' || character === '[') {
      const path = level ? childPath(level) : ''
      levels.push({ path, array: character === '[', fields: new Map(), index: 0, key: '', valueStart: -1 })
    } else if (character === ':') {
      if (level) level.valueStart = at + 1
    } else if (character === ',' || character === '}' || character === ']') {
      close(level, at)
      if (character === ',') {
        if (level) level.index++
      } else levels.pop()
    }
  }
  return found
}
