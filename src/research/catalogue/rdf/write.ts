/** RDF for others, in canonical order: the same triples give the same bytes. */
import { ok, type Result } from '#platform/result/result.ts'
import { canonicalQuads } from './canonical.ts'
import type { Store } from './graph.ts'
import type { RdfProblemCode } from './problems.ts'
import type { RdfFormat } from './read.ts'
import { type Subject, subjectsOf } from './subjects.ts'
import { jsonLdText } from './write-json-ld.ts'
import { rdfXmlText } from './write-rdf-xml.ts'
import { turtleText } from './write-turtle.ts'

const WRITERS = {
  turtle: (subjects: readonly Subject[]) => ok(turtleText(subjects)),
  'json-ld': (subjects: readonly Subject[]) => ok(jsonLdText(subjects)),
  'rdf-xml': rdfXmlText,
} as const

/** The document as text; to be sent as UTF-8. */
export function writeRdf(graph: Store, format: RdfFormat): Result<string, RdfProblemCode> {
  return WRITERS[format](subjectsOf(canonicalQuads(graph)))
}
