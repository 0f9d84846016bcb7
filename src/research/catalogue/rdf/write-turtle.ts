/** Turtle as a person would write it: prefixes that are used, nodes without a name where they belong. */
import { PREFIXES, prefixed, type Term, TYPE } from './graph.ts'
import { inlineNodes, type Subject } from './subjects.ts'

export function turtleText(subjects: readonly Subject[]): string {
  const inline = inlineNodes(subjects)
  const used = new Set<string>()
  const blocks = subjects
    .filter(({ term }) => term.termType !== 'BlankNode' || !inline.has(term.value))
    .map((subject) => `${name(subject.term, used)} ${body(subject, inline, used, '    ')} .\n`)
  const prefixes = [...used].sort().map((prefix) => `@prefix ${prefix}: <${PREFIXES[prefix]}> .\n`)
  return `${prefixes.join('')}\n${blocks.join('\n')}`
}

function body(subject: Subject, inline: ReadonlyMap<string, Subject>, used: Set<string>, indent: string): string {
  return subject.predicates
    .map(({ predicate, objects }) => {
      const verb = predicate.equals(TYPE) ? 'a' : name(predicate, used)
      return `${verb} ${objects.map((object) => value(object, inline, used, indent)).join(' , ')}`
    })
    .join(` ;\n${indent}`)
}

function value(term: Term, inline: ReadonlyMap<string, Subject>, used: Set<string>, indent: string): string {
  if (term.termType === 'Literal') return literal(term, used)
  const nested = term.termType === 'BlankNode' ? inline.get(term.value) : undefined
  if (!nested) return name(term, used)
  const deeper = `${indent}    `
  return `[\n${deeper}${body(nested, inline, used, deeper)}\n${indent}]`
}

function name(term: Term, used: Set<string>): string {
  if (term.termType === 'BlankNode') return `_:${term.value}`
  const short = prefixed(term.value)
  if (short === term.value) return `<${term.value.replace(/[<>"{}|^`\\\0-\x20]/g, escaped)}>`
  used.add(short.slice(0, short.indexOf(':')))
  return short
}

function literal(term: Term & { termType: 'Literal' }, used: Set<string>): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Turtle wants escaped
  const quoted = `"${term.value.replace(/["\\\0-\x1f\x7f]/g, escaped)}"`
  if (term.language !== '') return `${quoted}@${term.language}`
  if (term.datatype.value === `${PREFIXES.xsd}string`) return quoted
  if (term.datatype.value === `${PREFIXES.xsd}boolean` && /^(true|false)$/.test(term.value)) return term.value
  return `${quoted}^^${name(term.datatype, used)}`
}

const SHORT: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escaped(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`
}
