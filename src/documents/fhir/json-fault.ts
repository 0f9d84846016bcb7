/** Where a text stops being JSON (RFC 8259). Engines do not say so reliably; this runs only when parsing failed. */
const SPACE = /[ \t\n\r]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: the grammar of RFC 8259 §7
const STRING = /"(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y

/** Position of the first character that cannot belong to JSON; the length of the text when its end is missing. */
export function jsonFault(text: string): number {
  const open: ('{' | '[')[] = []
  let at = 0
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at += found[0].length
    return found !== null
  }
  const eat = (character: string): boolean => {
    take(SPACE)
    if (text[at] !== character) return false
    at++
    return true
  }
  const key = (): boolean => {
    take(SPACE)
    return take(STRING) && eat(':')
  }
  for (;;) {
    // A value begins here.
    let ended = true
    if (eat('{')) {
      open.push('{')
      ended = eat('}')
      if (ended) open.pop()
      else if (!key()) return at
    } else if (eat('[')) {
      open.push('[')
      ended = eat(']')
      if (ended) open.pop()
    } else if (!take(STRING) && !take(SCALAR)) return at
    // After a value: ends of what is open, then a comma.
    while (ended) {
      const inside = open.at(-1)
      if (inside === undefined) {
        take(SPACE)
        return at
      }
      if (eat(',')) {
        if (inside === '{' && !key()) return at
        ended = false
      } else if (eat(inside === '{' ? '}' : ']')) open.pop()
      else return at
    }
  }
}
