/** Turtle through n3, with its errors in words and their place. */
import { Parser } from 'n3'
import { z } from 'zod'
import { ok, type Result } from '#platform/result/result.ts'
import { collector } from './collect.ts'
import { PREFIXES, type Store } from './graph.ts'
import { type RdfLimits, type RdfProblemCode, RdfStop, syntaxProblem, tooDeep, tooLarge } from './problems.ts'

/** What n3 tells about the place: `start` counts from 0 within the line. */
const Context = z.object({ line: z.number(), token: z.object({ start: z.number() }).partial().optional() })

export function readTurtle(text: string, base: string, limits: RdfLimits): Result<Store, RdfProblemCode> {
  const refused = tooBig(text, limits)
  if (refused) return refused
  const collected = collector(limits)
  try {
    const parser = new Parser({ format: 'text/turtle', baseIRI: base })
    for (const { subject, predicate, object } of parser.parse(text)) collected.add(subject, predicate, object)
    return ok(collected.graph)
  } catch (error) {
    if (error instanceof RdfStop) return error.problem
    return syntaxProblem('Turtle', reasonOf(error), placeOf(error))
  }
}

/** Brackets outside strings and addresses, and the longest token, seen before n3 keeps a stack of them. */
function tooBig(text: string, limits: RdfLimits): Result<never, RdfProblemCode> | undefined {
  const tokens = /"""|'''|"|'|<[^\s<>"{}|^`\\]*>|#|[[(]|[\])]/g
  let depth = 0
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const [mark] = token
    if (mark === '[' || mark === '(') depth += 1
    else if (mark === ']' || mark === ')') depth -= 1
    else if (!mark.startsWith('<')) {
      const end = endOf(text, mark, tokens.lastIndex)
      if (end === undefined) return unclosed(text, token.index)
      if (mark !== '#' && end - token.index > limits.literal) return tooLarge('characters in one value', limits.literal)
      tokens.lastIndex = end
    }
    if (depth > limits.depth) return tooDeep(limits.depth)
  }
  return undefined
}

function unclosed(text: string, at: number): Result<never, RdfProblemCode> {
  const before = text.slice(0, at).split('\n')
  const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
  return syntaxProblem('Turtle', 'a text begins here and never ends.', place)
}

/** Where a string or a comment that began here is over. */
function endOf(text: string, mark: string, from: number): number | undefined {
  if (mark === '#') {
    const end = text.indexOf('\n', from)
    return end < 0 ? text.length : end
  }
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return at + mark.length
  }
  return undefined
}

function placeOf(error: unknown) {
  const context = Context.safeParse(error instanceof Error && 'context' in error ? error.context : undefined)
  if (!context.success) return undefined
  const { line, token } = context.data
  return token?.start === undefined ? { line } : { line, column: token.start + 1 }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message.replace(/ on line \d+\.?$/, '') : ''
  const prefix = /^Undefined prefix "([^"]*):"$/.exec(message)?.[1]
  if (prefix !== undefined) {
    const known = PREFIXES[prefix]
    return `the prefix “${prefix}:” is used but never declared.${
      known === undefined ? '' : ` In HealthDCAT-AP it is “@prefix ${prefix}: <${known}> .”.`
    }`
  }
  const unexpected = /^Unexpected (.*)$/s.exec(message)?.[1]
  if (unexpected !== undefined) return `“${unexpected.slice(0, 80)}” is not expected here.`
  const expected = /^Expected (.*) but got (.*)$/s.exec(message)
  if (expected) return `expected ${lower(expected[1])} but found ${lower(expected[2])}.`
  return message === '' ? 'it cannot be understood.' : `${message.slice(0, 200)}.`
}

function lower(words: string | undefined): string {
  return (words ?? '').slice(0, 80)
}
