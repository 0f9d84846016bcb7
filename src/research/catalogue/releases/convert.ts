/**
 * Release 5 → release 8, as far as the facts are there. What release 8 asks and release 5 does not say is never made up:
 * the gate tells it afterwards. Nothing is lost: what has no new place stays where it was.
 */
import { DataFactory, graphOf, iri, type NodeId, nodeTerm, type Store, type Term, TYPE } from '../rdf/graph.ts'
import { agents, states } from './recognise.ts'

export type ChangeKind =
  | 'addresses'
  | 'column-titles'
  | 'agent-contacts'
  | 'code-values'
  | 'byte-sizes'
  | 'publisher-notes'
  | 'structured-data'
  | 'group-titles'
  | 'release-statement'

/** What a conversion did; the words are `catalogue.change.<kind>` with `count`. */
export interface Change {
  readonly kind: ChangeKind
  readonly count: number
}

export interface Converted {
  readonly graph: Store
  readonly changes: readonly Change[]
}

type Step = (graph: Store, dataset: NodeId) => number

const STEPS: readonly (readonly [ChangeKind, Step])[] = [
  ['column-titles', columnTitles],
  ['agent-contacts', agentContacts],
  ['publisher-notes', publisherNotes],
  ['code-values', codeValues],
  ['byte-sizes', byteSizes],
  ['group-titles', groupTitles],
  ['structured-data', structuredData],
  ['release-statement', releaseStatement],
]

/** `graph` holds the description of one dataset and is left as it is. */
export function convertToRelease8(graph: Store, dataset: NodeId): Converted {
  const converted = graphOf(graph.getQuads(null, null, null, null))
  const changes = STEPS.map(([kind, step]) => ({ kind, count: step(converted, dataset) }))
  return { graph: converted, changes: changes.filter(({ count }) => count > 0) }
}

function add(graph: Store, subject: Term, property: string, object: Term): void {
  if (subject.termType === 'NamedNode' || subject.termType === 'BlankNode') {
    if (object.termType === 'NamedNode' || object.termType === 'BlankNode' || object.termType === 'Literal') {
      graph.add(DataFactory.quad(subject, DataFactory.namedNode(iri(property)), object))
    }
  }
}

const quadsOf = (graph: Store, subject: Term | null, property: string) =>
  graph.getQuads(subject, iri(property), null, null)

function columnTitles(graph: Store): number {
  const titles = quadsOf(graph, null, 'csvw:titles')
  for (const quad of titles) {
    graph.delete(quad)
    add(graph, quad.subject, 'csvw:title', quad.object)
  }
  return titles.length
}

/** An organisation was reached through a vCard; now it is through a contact point of its own. */
function agentContacts(graph: Store, dataset: NodeId): number {
  let count = 0
  for (const id of new Set(agents(graph, dataset))) {
    const agent = nodeTerm(id)
    const [contact] = quadsOf(graph, agent, 'dcat:contactPoint')
    if (contact === undefined || quadsOf(graph, agent, 'cv:contactPoint').length > 0) continue
    const facts = [
      ...quadsOf(graph, contact.object, 'vcard:hasEmail').map(
        ({ object }) => ['cv:email', textOf(object, 'mailto:')] as const,
      ),
      ...quadsOf(graph, contact.object, 'vcard:hasTelephone').map(
        ({ object }) => ['cv:telephone', textOf(object, 'tel:')] as const,
      ),
      ...quadsOf(graph, contact.object, 'vcard:hasURL').map(({ object }) => ['cv:contactPage', object] as const),
    ]
    if (facts.length === 0) continue
    // The vCard stays: it may have a name or an address that a contact point has no place for.
    const point = DataFactory.blankNode(`contact-${count}-${contact.object.value.replace(/\W/g, '')}`)
    add(graph, agent, 'cv:contactPoint', point)
    graph.add(DataFactory.quad(point, TYPE, DataFactory.namedNode(iri('cv:ContactPoint'))))
    for (const [property, value] of facts) add(graph, point, property, value)
    count += 1
  }
  return count
}

function textOf(term: Term, scheme: string): Term {
  return DataFactory.literal(term.value.startsWith(scheme) ? term.value.slice(scheme.length) : term.value)
}

/** Release 5 said them of the dataset; release 8 says them of the publisher. */
function publisherNotes(graph: Store, dataset: NodeId): number {
  const publishers = quadsOf(graph, nodeTerm(dataset), 'dct:publisher').map(({ object }) => object)
  const [publisher] = publishers
  if (publisher === undefined || publishers.length > 1) return 0
  let count = 0
  for (const [old, now] of [
    ['healthdcatap:publisherNote', 'dct:description'],
    ['healthdcatap:publisherType', 'dct:type'],
  ] as const) {
    const [only, second] = quadsOf(graph, nodeTerm(dataset), old)
    if (only === undefined || second !== undefined || quadsOf(graph, publisher, now).length > 0) continue
    graph.delete(only)
    add(graph, publisher, now, only.object)
    count += 1
  }
  return count
}

function codeValues(graph: Store, dataset: NodeId): number {
  let count = 0
  for (const quad of quadsOf(graph, nodeTerm(dataset), 'healthdcatap:hasCodeValues')) {
    if (quad.object.termType === 'Literal') continue
    const code = ['dct:identifier', 'skos:notation', 'skos:prefLabel'].flatMap((one) =>
      quadsOf(graph, quad.object, one),
    )[0]
    if (code === undefined) continue
    graph.delete(quad)
    add(graph, quad.subject, 'healthdcatap:hasCodeValues', DataFactory.literal(code.object.value))
    count += 1
  }
  return count
}

function byteSizes(graph: Store): number {
  const sizes = quadsOf(graph, null, 'dcat:byteSize').filter(
    ({ object }) =>
      object.termType === 'Literal' &&
      object.datatype.value === iri('xsd:decimal') &&
      /^\d+(\.0+)?$/.test(object.value),
  )
  for (const quad of sizes) {
    graph.delete(quad)
    const whole = DataFactory.literal(
      quad.object.value.replace(/\..*/, ''),
      DataFactory.namedNode(iri('xsd:nonNegativeInteger')),
    )
    add(graph, quad.subject, 'dcat:byteSize', whole)
  }
  return sizes.length
}

function groupTitles(graph: Store): number {
  let count = 0
  for (const group of graph.getSubjects(TYPE, DataFactory.namedNode(iri('csvw:TableGroup')), null)) {
    const [table, second] = quadsOf(graph, group, 'csvw:table')
    if (table === undefined || second !== undefined || quadsOf(graph, group, 'dct:title').length > 0) continue
    const titles = quadsOf(graph, table.object, 'dct:title')
    for (const { object } of titles) add(graph, group, 'dct:title', object)
    if (titles.length > 0) count += 1
  }
  return count
}

/** Variables that are described are structured data. The other way round nothing is known. */
function structuredData(graph: Store, dataset: NodeId): number {
  const node = nodeTerm(dataset)
  if (quadsOf(graph, node, 'healthdcatap:hasStructuredData').length > 0) return 0
  if (quadsOf(graph, node, 'healthdcatap:hasVariables').length === 0) return 0
  add(
    graph,
    node,
    'healthdcatap:hasStructuredData',
    DataFactory.literal('true', DataFactory.namedNode(iri('xsd:boolean'))),
  )
  return 1
}

/** It follows release 5 no more. */
function releaseStatement(graph: Store, dataset: NodeId): number {
  const statements = quadsOf(graph, nodeTerm(dataset), 'dct:conformsTo').filter(({ object }) =>
    states(object.value, 'r5'),
  )
  for (const quad of statements) graph.delete(quad)
  return statements.length
}
