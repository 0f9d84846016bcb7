/**
 * Which release of HealthDCAT-AP a description follows. Releases are not compatible, so that the release stands with each
 * record; a description that names none is known by what only one release has.
 */

import type { Release } from '../gate/shapes.ts'
import { iri, type NodeId, nodeTerm, type Store } from '../rdf/graph.ts'

export interface Recognised {
  /** `undefined`: nothing of HealthDCAT-AP is in it; it is judged as release 8. */
  readonly release: Release | undefined
  /** Why: prefixed names of what was seen, or the statement of conformance. */
  readonly signs: readonly string[]
}

const AGENTS = ['healthdcatap:hdab', 'geodcatap:custodian', 'dct:publisher']

/** `graph` holds the description of one dataset, with current addresses. */
export function recogniseRelease(graph: Store, dataset: NodeId): Recognised {
  const node = nodeTerm(dataset)
  const stated = graph.getObjects(node, iri('dct:conformsTo'), null).map(({ value }) => value)
  for (const release of ['r8', 'r5'] as const) {
    const statement = stated.find((value) => states(value, release))
    if (statement !== undefined) return { release, signs: [statement] }
  }
  const [r8, r5] = [signsOf8(graph, dataset), signsOf5(graph, dataset)]
  if (r8.length === 0 && r5.length === 0) {
    const health = graph.getPredicates(node, null, null).some(({ value }) => value.startsWith(iri('healthdcatap:')))
    return { release: health ? 'r8' : undefined, signs: [] }
  }
  return r8.length >= r5.length ? { release: 'r8', signs: r8 } : { release: 'r5', signs: r5 }
}

/** Whether an address is the one of a release, as `dct:conformsTo` names it: `…/releases/release-5/`. */
export function states(address: string, release: Release): boolean {
  return new RegExp(`release-${release.slice(1)}(/|$)`).test(address)
}

function signsOf8(graph: Store, dataset: NodeId): readonly string[] {
  const own = ['healthdcatap:hasStructuredData', 'healthdcatap:hdabCoordinator'].filter((name) =>
    has(graph, dataset, name),
  )
  const contact = agents(graph, dataset).some((agent) => has(graph, agent, 'cv:contactPoint'))
    ? ['cv:contactPoint']
    : []
  return [...own, ...contact, ...anywhere(graph, 'csvw:title')]
}

function signsOf5(graph: Store, dataset: NodeId): readonly string[] {
  const own = ['healthdcatap:publisherNote', 'healthdcatap:publisherType'].filter((name) => has(graph, dataset, name))
  const contact = agents(graph, dataset).some((agent) => has(graph, agent, 'dcat:contactPoint'))
    ? ['dcat:contactPoint']
    : []
  const codes = graph.getObjects(nodeTerm(dataset), iri('healthdcatap:hasCodeValues'), null)
  const nodes = codes.some(({ termType }) => termType !== 'Literal') ? ['healthdcatap:hasCodeValues'] : []
  return [...own, ...contact, ...nodes, ...anywhere(graph, 'csvw:titles')]
}

/** The organisations of a dataset that releases 5 and 8 describe in different ways. */
export function agents(graph: Store, dataset: NodeId): readonly NodeId[] {
  return AGENTS.flatMap((name) => graph.getObjects(nodeTerm(dataset), iri(name), null)).flatMap((agent) =>
    agent.termType === 'Literal' ? [] : [agent.termType === 'BlankNode' ? `_:${agent.value}` : agent.value],
  )
}

function has(graph: Store, node: NodeId, property: string): boolean {
  return graph.countQuads(nodeTerm(node), iri(property), null, null) > 0
}

function anywhere(graph: Store, property: string): readonly string[] {
  return graph.countQuads(null, iri(property), null, null) > 0 ? [property] : []
}
