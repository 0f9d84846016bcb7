/** Where all three readers put their triples: counted, checked, in one graph. */
import { failed } from '#platform/result/result.ts'
import { DataFactory, Store, type Term } from './graph.ts'
import { type RdfLimits, RdfStop, tooLarge } from './problems.ts'

/** Signs that no IRI has (RFC 3987, Turtle 1.1 IRIREF). */
const NOT_IN_IRI = /[\s\p{Cc}<>"{}|^`\\]/u

export interface Collector {
  readonly graph: Store
  /** Throws `RdfStop` when a limit is passed or an IRI is not one. */
  add(subject: Term, predicate: Term, object: Term): void
}

export function collector(limits: RdfLimits): Collector {
  const graph = new Store()
  let count = 0
  return {
    graph,
    add(subject, predicate, object) {
      count += 1
      if (count > limits.triples) throw new RdfStop(tooLarge('statements', limits.triples))
      for (const term of [subject, predicate, object]) check(term, limits)
      if (subject.termType === 'Literal' || predicate.termType !== 'NamedNode') return
      if (subject.termType === 'NamedNode' || subject.termType === 'BlankNode') {
        if (object.termType === 'DefaultGraph' || object.termType === 'Variable') return
        graph.add(DataFactory.quad(subject, predicate, object))
      }
    },
  }
}

function check(term: Term, limits: RdfLimits): void {
  if (term.value.length > limits.literal) throw new RdfStop(tooLarge('characters in one value', limits.literal))
  // JSON can write half a character; RDF has none, and no database stores it.
  if (!term.value.isWellFormed()) {
    throw new RdfStop(
      failed('rdf-encoding', 'A text of the document holds half a character.', 'Save it as UTF-8 again.'),
    )
  }
  if (term.termType !== 'NamedNode' || !NOT_IN_IRI.test(term.value)) return
  throw new RdfStop(
    failed(
      'rdf-address-unfit',
      `“${term.value.slice(0, 100)}” is not an address.`,
      'Write addresses without spaces, quotation marks and brackets.',
    ),
  )
}
