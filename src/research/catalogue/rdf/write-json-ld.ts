/** JSON-LD with our prefixes written into the document, so that nobody has to fetch a context. */
import { PREFIXES, prefixed, type Term, TYPE } from './graph.ts'
import type { Subject } from './subjects.ts'

export function jsonLdText(subjects: readonly Subject[]): string {
  const nodes = subjects.map(nodeOf)
  return `${JSON.stringify({ '@context': PREFIXES, '@graph': nodes }, null, 2)}\n`
}

function nodeOf({ term, predicates }: Subject): Readonly<Record<string, unknown>> {
  const node: Record<string, unknown> = { '@id': idOf(term) }
  for (const { predicate, objects } of predicates) {
    if (predicate.equals(TYPE) && objects.every(({ termType }) => termType !== 'Literal')) {
      node['@type'] = objects.map((object) => (object.termType === 'BlankNode' ? idOf(object) : prefixed(object.value)))
    } else node[prefixed(predicate.value)] = objects.map(literalOf)
  }
  return node
}

function idOf(term: Term): string {
  return term.termType === 'BlankNode' ? `_:${term.value}` : term.value
}

function literalOf(term: Term): Readonly<Record<string, string>> {
  if (term.termType !== 'Literal') return { '@id': idOf(term) }
  if (term.language !== '') return { '@value': term.value, '@language': term.language }
  if (term.datatype.value === `${PREFIXES.xsd}string`) return { '@value': term.value }
  return { '@value': term.value, '@type': prefixed(term.datatype.value) }
}
