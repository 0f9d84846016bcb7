/**
 * RDF as the catalogue uses it: a set of triples (n3's `Store`), prefixed names for people, and terms as text so that
 * records can name nodes. Named graphs are not used: DCAT-AP describes a catalogue in one graph.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataFactory, type NamedNode, type Quad, Store, type Term } from 'n3'
import { z } from 'zod'

export { DataFactory, type NamedNode, type Quad, Store, type Term } from 'n3'

/** An IRI, or `_:label` for a node that has none. */
export type NodeId = string

/** The folder of what can change without a programmer. */
export const CATALOGUE_DATA = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'catalogue')

export const PREFIXES: Readonly<Record<string, string>> = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(join(CATALOGUE_DATA, 'prefixes.json'), 'utf8')))

/** `dct:title` → its IRI. The prefix must be in `data/catalogue/prefixes.json`. */
export function iri(prefixed: string): string {
  const colon = prefixed.indexOf(':')
  const base = PREFIXES[prefixed.slice(0, colon)]
  if (base === undefined) throw new Error(`The prefix of ${prefixed} is not in prefixes.json.`)
  return base + prefixed.slice(colon + 1)
}

const BY_LENGTH = Object.entries(PREFIXES).sort(([, one], [, other]) => other.length - one.length)

/** The shortest name of an IRI that people know: `dct:title`, or the IRI itself. */
export function prefixed(full: string): string {
  for (const [prefix, base] of BY_LENGTH) {
    if (full.startsWith(base) && /^[A-Za-z_][\w-]*$/.test(full.slice(base.length))) {
      return `${prefix}:${full.slice(base.length)}`
    }
  }
  return full
}

export const TYPE = DataFactory.namedNode(iri('rdf:type'))
export const DATASET = DataFactory.namedNode(iri('dcat:Dataset'))
export const CATALOG = DataFactory.namedNode(iri('dcat:Catalog'))

export function nodeId(term: Term): NodeId {
  return term.termType === 'BlankNode' ? `_:${term.value}` : term.value
}

export function nodeTerm(id: NodeId) {
  return id.startsWith('_:') ? DataFactory.blankNode(id.slice(2)) : DataFactory.namedNode(id)
}

/** A new graph of these triples; whatever graph they were in, they are in the default one now. */
export function graphOf(quads: Iterable<Quad>): Store {
  const store = new Store()
  for (const { subject, predicate, object } of quads) store.add(DataFactory.quad(subject, predicate, object))
  return store
}

/** All things that are said to be of a class, in the order of their names. */
export function instancesOf(graph: Store, type: NamedNode): readonly NodeId[] {
  return graph.getSubjects(TYPE, type, null).map(nodeId).sort()
}

/** What makes a triple this triple; n3 gives a new object at each question. */
export function quadKey({ subject, predicate, object }: Quad): string {
  const kind = object.termType === 'Literal' ? `${object.language}^${object.datatype.value}` : object.termType
  return `${nodeId(subject)} ${predicate.value} ${kind} ${object.value}`
}
