/**
 * Regular expressions of value set filters, matched in time linear in the text (Thompson's construction): an expression
 * such as `(a+)+` cannot hang the server. FHIR asks for a match of the whole value. Without back references and
 * look-around, which no linear matcher has.
 */

/** What one character must be. */
type Matcher = (code: number) => boolean

type Node =
  | { readonly kind: 'empty' | 'start' | 'end' }
  | { readonly kind: 'char'; readonly matches: Matcher }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number | undefined }

export type CompiledExpression =
  | { readonly ok: true; readonly matches: (text: string) => boolean }
  | { readonly ok: false; readonly sentence: string }

const MOST_STATES = 20_000
const MOST_LENGTH = 4_000
const MOST_DEPTH = 200

class SyntaxProblem extends Error {}

/** Compiles an expression; `ok: false` when it is wrong or asks for what is not supported. */
export function compileExpression(source: string): CompiledExpression {
  if (source.length > MOST_LENGTH)
    return { ok: false, sentence: `The expression is longer than ${MOST_LENGTH} characters.` }
  try {
    const program = programOf(parse(source))
    return { ok: true, matches: (text) => run(program, text) }
  } catch (error) {
    if (error instanceof SyntaxProblem) return { ok: false, sentence: error.message }
    throw error
  }
}

// ---- Parsing

function parse(source: string): Node {
  let at = 0
  let depth = 0
  const more = () => at < source.length
  const fail = (what: string): never => {
    throw new SyntaxProblem(`${what} at position ${at + 1} of '${source}'.`)
  }
  const choice = (): Node => {
    if (++depth > MOST_DEPTH) fail('Nested too deeply')
    const parts = [sequence()]
    while (source[at] === '|') {
      at++
      parts.push(sequence())
    }
    depth--
    const [only] = parts
    return parts.length === 1 && only ? only : { kind: 'choice', parts }
  }
  const sequence = (): Node => {
    const parts: Node[] = []
    while (more() && source[at] !== '|' && source[at] !== ')') parts.push(repeated(atom()))
    return { kind: 'sequence', parts }
  }
  const repeated = (part: Node): Node => {
    let node = part
    for (;;) {
      const sign = source[at]
      if (sign === '*' || sign === '+' || sign === '?') {
        at++
        node = { kind: 'repeat', part: node, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : undefined }
      } else if (sign === '{') {
        const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(source.slice(at, at + 12))
        if (!braces) return node
        at += braces[0].length
        const least = Number(braces[1])
        const most = braces[2] === undefined ? least : braces[3] ? Number(braces[3]) : undefined
        if (most !== undefined && most < least) fail('A repetition that ends before it starts')
        node = { kind: 'repeat', part: node, least, most }
      } else return node
      // Lazy and possessive forms match the same whole texts.
      if (source[at] === '?' || source[at] === '+') at++
    }
  }
  const atom = (): Node => {
    const char = source[at++]
    switch (char) {
      case '(': {
        if (source[at] === '?') {
          if (source.startsWith('?:', at)) at += 2
          else fail('Look-around and named groups are not supported')
        }
        const inner = choice()
        if (source[at++] !== ')') fail('A parenthesis is not closed')
        return inner
      }
      case '[':
        return { kind: 'char', matches: characterClass() }
      case '.':
        return { kind: 'char', matches: (code) => code !== 10 && code !== 13 }
      case '^':
        return { kind: 'start' }
      case '$':
        return { kind: 'end' }
      case '\\':
        return { kind: 'char', matches: escaped() }
      case '*':
      case '+':
      case '?':
        at--
        return fail('Nothing to repeat')
      default: {
        const code = source.codePointAt(at - 1) ?? 0
        if (code > 0xffff) at++
        return { kind: 'char', matches: (other) => other === code }
      }
    }
  }
  const escaped = (): Matcher => {
    const char = source[at++]
    if (char === undefined) return fail('An escape without a character')
    const shorthand = SHORTHANDS[char]
    if (shorthand) return shorthand
    if (/[1-9]/.test(char)) return fail('Back references are not supported')
    const code = escapedCode(char)
    return (other) => other === code
  }
  const escapedCode = (char: string): number => {
    const control = CONTROLS[char]
    if (control !== undefined) return control
    if (char === 'x' || char === 'u') {
      const length = char === 'x' ? 2 : 4
      const digits = source.slice(at, at + length)
      if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length !== length) return fail('A wrong character number')
      at += length
      return Number.parseInt(digits, 16)
    }
    if (/[A-Za-z]/.test(char)) return fail(`'\\${char}' is not supported`)
    return char.codePointAt(0) ?? 0
  }
  const characterClass = (): Matcher => {
    const negated = source[at] === '^'
    if (negated) at++
    const parts: Matcher[] = []
    let first = true
    while (more() && (source[at] !== ']' || first)) {
      first = false
      const from = classItem()
      if (typeof from === 'function') {
        parts.push(from)
      } else if (source[at] === '-' && source[at + 1] !== ']' && at + 1 < source.length) {
        at++
        const to = classItem()
        if (typeof to === 'function') return fail('A range that ends with a class')
        if (to < from) return fail('A range that ends before it starts')
        parts.push((code) => code >= from && code <= to)
      } else {
        parts.push((code) => code === from)
      }
    }
    if (source[at++] !== ']') return fail('A character class is not closed')
    return (code) => parts.some((part) => part(code)) !== negated
  }
  const classItem = (): number | Matcher => {
    if (source[at] === '\\') {
      at++
      const char = source[at++] ?? fail('An escape without a character')
      return SHORTHANDS[char] ?? escapedCode(char)
    }
    const code = source.codePointAt(at) ?? 0
    at += code > 0xffff ? 2 : 1
    return code
  }
  const node = choice()
  if (more()) fail('A parenthesis too many')
  return node
}

const isDigit: Matcher = (code) => code >= 48 && code <= 57
const isWord: Matcher = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
const isSpace: Matcher = (code) => code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x2028
const SHORTHANDS: Readonly<Record<string, Matcher>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  w: isWord,
  W: (code) => !isWord(code),
  s: isSpace,
  S: (code) => !isSpace(code),
}
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 }

// ---- States: each waits for one character, or splits, or asserts

interface State {
  readonly matches?: Matcher
  readonly assert?: 'start' | 'end'
  readonly next: number[]
}

function programOf(node: Node): readonly State[] {
  const states: State[] = [{ next: [] }]
  const add = (state: State): number => {
    if (states.push(state) > MOST_STATES) throw new SyntaxProblem('The expression repeats too much.')
    return states.length - 1
  }
  // Built backwards: each piece knows where it leads to. State 0 is the end.
  const build = (part: Node, to: number): number => {
    switch (part.kind) {
      case 'empty':
        return to
      case 'start':
      case 'end':
        return add({ assert: part.kind, next: [to] })
      case 'char':
        return add({ matches: part.matches, next: [to] })
      case 'sequence':
        return part.parts.reduceRight((next, each) => build(each, next), to)
      case 'choice':
        return add({ next: part.parts.map((each) => build(each, to)) })
      case 'repeat':
        return repeat(part, to)
    }
  }
  const repeat = (part: Extract<Node, { kind: 'repeat' }>, to: number): number => {
    let next = to
    if (part.most === undefined) {
      const loop = add({ next: [] })
      states[loop]?.next.push(build(part.part, loop), to)
      next = loop
    } else {
      for (let count = part.least; count < part.most; count++) {
        next = add({ next: [build(part.part, next), to] })
      }
    }
    for (let count = 0; count < part.least; count++) next = build(part.part, next)
    return next
  }
  const start = build(node, 0)
  states.push({ next: [start] })
  return states
}

function run(states: readonly State[], text: string): boolean {
  let current = new Set<number>()
  const reach = (into: Set<number>, from: number, position: number) => {
    const waiting = [from]
    for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
      if (into.has(state)) continue
      into.add(state)
      const { matches, assert, next } = states[state] ?? { next: [] }
      if (matches) continue
      if (assert === 'start' && position !== 0) continue
      if (assert === 'end' && position !== text.length) continue
      waiting.push(...next)
    }
  }
  reach(current, states.length - 1, 0)
  for (let position = 0; position < text.length; ) {
    const code = text.codePointAt(position) ?? 0
    position += code > 0xffff ? 2 : 1
    const following = new Set<number>()
    for (const state of current) {
      const { matches, next } = states[state] ?? { next: [] }
      if (matches?.(code)) for (const target of next) reach(following, target, position)
    }
    if (following.size === 0) return false
    current = following
  }
  return current.has(0)
}
