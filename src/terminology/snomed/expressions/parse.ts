/** Reads a post-coordinated expression (SNOMED CT Compositional Grammar 2.3, §5.1). */
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import type { Expression, ExpressionAttribute, ExpressionConcept, ExpressionPart, ExpressionValue } from './syntax.ts'

export type ExpressionSyntaxCode = 'snomed-expression-syntax' | 'snomed-expression-size'

/** Far beyond any expression that means something. */
const LENGTH = 20_000
const DEPTH = 16

interface Reader {
  readonly text: string
  at: number
  depth: number
}

class SyntaxSignal extends Error {
  readonly failure: Failed<ExpressionSyntaxCode>
  constructor(failure: Failed<ExpressionSyntaxCode>) {
    super('syntax')
    this.failure = failure
  }
}

/** Whether a code looks like an expression and no plain identifier: it has a refinement, several focus concepts, terms or a status. */
export function isExpression(code: string): boolean {
  return /[:+|={]/.test(code)
}

/** Reads the whole text. The place of a failure has the column (from 1). */
export function parseExpression(text: string): Result<Expression, ExpressionSyntaxCode> {
  if (text.length > LENGTH) {
    return failed(
      'snomed-expression-size',
      `The expression has ${text.length} characters; ${LENGTH} are allowed.`,
      'Shorten it.',
    )
  }
  const reader: Reader = { text, at: 0, depth: 0 }
  try {
    space(reader)
    const status = take(reader, '===') ? 'equivalent' : take(reader, '<<<') ? 'subtype' : undefined
    space(reader)
    const expression = parseSub(reader)
    if (reader.at < text.length) stop(reader, 'End of the expression')
    return ok(status === undefined ? expression : { ...expression, status })
  } catch (error) {
    if (error instanceof SyntaxSignal) return error.failure
    throw error
  }
}

function stop(reader: Reader, wanted: string): never {
  const next =
    reader.at < reader.text.length
      ? JSON.stringify(String.fromCodePoint(reader.text.codePointAt(reader.at) ?? 0))
      : 'none'
  const shown = reader.text.length > 200 ? `${reader.text.slice(0, 200)}…` : reader.text
  throw new SyntaxSignal(
    failed(
      'snomed-expression-syntax',
      `${wanted} not found (next char = ${next}, in ${JSON.stringify(shown)}) at character ${reader.at + 1}`,
      'Correct the expression at this place.',
      { line: 1, column: reader.at + 1 },
    ),
  )
}

function space(reader: Reader): void {
  while (/[ \t\r\n]/.test(reader.text[reader.at] ?? '')) reader.at += 1
}

function take(reader: Reader, mark: string): boolean {
  if (!reader.text.startsWith(mark, reader.at)) return false
  reader.at += mark.length
  return true
}

function need(reader: Reader, mark: string): void {
  if (!take(reader, mark)) stop(reader, `"${mark}"`)
}

function parseSub(reader: Reader): Expression {
  const focus = [parseConcept(reader)]
  for (space(reader); take(reader, '+'); space(reader)) {
    space(reader)
    focus.push(parseConcept(reader))
  }
  if (!take(reader, ':')) return { kind: 'expression', focus, refinement: [] }
  space(reader)
  return { kind: 'expression', focus, refinement: parseRefinement(reader) }
}

/** Attributes first, then groups; a comma before a group may be left out. */
function parseRefinement(reader: Reader): readonly ExpressionPart[] {
  const parts: ExpressionPart[] = []
  for (;;) {
    const isGroup = reader.text[reader.at] === '{'
    if (!isGroup && parts.at(-1)?.kind === 'group') stop(reader, '"{"')
    parts.push(isGroup ? parseGroup(reader) : parseAttribute(reader))
    space(reader)
    const comma = take(reader, ',')
    space(reader)
    if (!comma && reader.text[reader.at] !== '{') return parts
  }
}

function parseGroup(reader: Reader): ExpressionPart {
  need(reader, '{')
  const attributes: ExpressionAttribute[] = []
  do {
    space(reader)
    attributes.push(parseAttribute(reader))
    space(reader)
  } while (take(reader, ','))
  need(reader, '}')
  return { kind: 'group', attributes }
}

function parseAttribute(reader: Reader): ExpressionAttribute {
  const name = parseConcept(reader)
  space(reader)
  need(reader, '=')
  space(reader)
  return { kind: 'attribute', name, value: parseValue(reader) }
}

const NUMBER = /[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/y
const STRING = /"((?:[^"\\]|\\["\\])*)"/y
const BOOLEAN = /true|false/iy

function parseValue(reader: Reader): ExpressionValue {
  if (take(reader, '(')) return parseNested(reader)
  if (take(reader, '#')) return { kind: 'number', text: match(reader, NUMBER)?.[0] ?? stop(reader, 'Number') }
  if (reader.text[reader.at] === '"') {
    const quoted = match(reader, STRING)?.[1] ?? stop(reader, 'End of the string')
    return { kind: 'string', text: quoted.replaceAll(/\\(["\\])/g, '$1') }
  }
  const truth = match(reader, BOOLEAN)?.[0].toLowerCase()
  return truth === undefined ? parseConcept(reader) : { kind: 'boolean', value: truth === 'true' }
}

function parseNested(reader: Reader): ExpressionValue {
  reader.depth += 1
  if (reader.depth > DEPTH) {
    throw new SyntaxSignal(
      failed('snomed-expression-size', `Brackets are nested more than ${DEPTH} deep.`, 'Simplify the expression.', {
        line: 1,
        column: reader.at,
      }),
    )
  }
  space(reader)
  const inner = parseSub(reader)
  space(reader)
  need(reader, ')')
  reader.depth -= 1
  return inner
}

function match(reader: Reader, sticky: RegExp): RegExpExecArray | undefined {
  sticky.lastIndex = reader.at
  const found = sticky.exec(reader.text)
  if (found === null) return undefined
  reader.at += found[0].length
  return found
}

const SCTID = /[1-9][0-9]{5,17}(?![0-9])/y
const TERM = /[ \t\r\n]*\|([^|]*)\|/y

function parseConcept(reader: Reader): ExpressionConcept {
  const at = reader.at
  const id = match(reader, SCTID)?.[0] ?? stop(reader, 'Concept')
  const term = match(reader, TERM)?.[1]?.trim()
  return term === undefined || term === '' ? { kind: 'concept', id, at } : { kind: 'concept', id, term, at }
}
