/**
 * Elements of CDA as text. A piece is an element that is written already, with its name, so that the class it stands in
 * can put it in its place (schema/classes.ts). Nothing is built as a tree: pieces are joined once.
 */
import { structural } from './schema/attributes.ts'
import { type ElementRule, rulesOf } from './schema/classes.ts'
import { mayStand } from './schema/simple-types.ts'

export interface Piece {
  /** With prefix where the element has one. */
  readonly name: string
  readonly xml: string
}

/** In the order in which they are written; undefined and empty ones are left out. */
export type Attributes = Readonly<Record<string, string | undefined>>

/** Characters that XML 1.0 cannot hold at all, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found
const IMPOSSIBLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/
const SPECIAL = /[&<>"\t\n\r]/
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** For text between tags and for values between double quotes alike. */
export function escaped(value: string): string {
  const possible = IMPOSSIBLE.test(value) ? value.replace(new RegExp(IMPOSSIBLE, 'g'), '\uFFFD') : value
  const whole = possible.isWellFormed() ? possible : possible.toWellFormed()
  return SPECIAL.test(whole) ? whole.replace(/[&<>"\t\n\r]/g, (found) => ESCAPES[found] ?? found) : whole
}

/**
 * An element around pieces or around text that is escaped already. An attribute whose value the schema does not take is
 * left out: the caller sees it by comparing what is written with what had to be written (carried.ts).
 */
export function element(name: string, attributes: Attributes, content: readonly Piece[] | string = ''): Piece {
  let start = `<${name}`
  for (const key in attributes) {
    const value = attributes[key]
    if (value !== undefined && value !== '' && mayStand(name, key, value, attributes['xsi:type']))
      start += ` ${key}="${escaped(value)}"`
  }
  const inner = typeof content === 'string' ? content : joined(content)
  return { name, xml: inner === '' ? `${start}/>` : `${start}>${inner}</${name}>` }
}

function joined(pieces: readonly Piece[]): string {
  let whole = ''
  for (const piece of pieces) whole += piece.xml
  return whole
}

export function templateIds(...roots: readonly string[]): Piece[] {
  return roots.map((root) => element('templateId', { root }))
}

/** A piece under another name, e.g. a code that a class calls `routeCode`. */
export function renamed(piece: Piece, name: string): Piece {
  const inner = piece.xml.slice(1 + piece.name.length)
  const end = `</${piece.name}>`
  return { name, xml: `<${name}${inner.endsWith(end) ? `${inner.slice(0, -end.length)}</${name}>` : inner}` }
}

/**
 * An element of a class: its pieces in the order of the schema, none more often than the schema allows, and what the
 * schema requires and nobody gave as unknown. A piece that has no place is left out: the caller sees it by comparing
 * what is written with what had to be written (carried.ts).
 */
export function assemble(
  className: string,
  name: string,
  attributes: Attributes,
  pieces: readonly (Piece | undefined)[],
): Piece {
  const rules = rulesOf(className) ?? []
  const places: string[] = rules.map(() => '')
  let chosen = false
  for (const piece of pieces) {
    if (piece === undefined) continue
    const at = rules.findIndex((rule) => rule.name === piece.name)
    const rule = rules[at]
    if (rule === undefined || (!rule.many && places[at] !== '') || (rule.choice && chosen)) continue
    if (rule.choice) chosen = true
    places[at] = `${places[at]}${piece.xml}`
  }
  rules.forEach((rule, at) => {
    if (rule.required && places[at] === '') places[at] = unknown(rule).xml
  })
  if (!chosen) choose(rules, places)
  return element(name, structural(className, attributes), places.join(''))
}

/** Where one of several elements must stand and none was given: as unknown. */
function choose(rules: readonly ElementRule[], places: string[]): void {
  const wanted = rules.filter(({ oneNeeded }) => oneNeeded)
  const rule = wanted.find(({ name }) => name === 'manufacturedMaterial') ?? wanted[0]
  if (rule !== undefined) places[rules.indexOf(rule)] = unknown(rule).xml
}

/** What the schema requires and nobody gave. */
function unknown(rule: ElementRule): Piece {
  if (rulesOf(rule.type) !== undefined) return assemble(rule.type, rule.name, {}, [])
  if (rule.name === 'statusCode') return element('statusCode', { code: 'completed' })
  return element(rule.name, { nullFlavor: 'UNK' })
}
