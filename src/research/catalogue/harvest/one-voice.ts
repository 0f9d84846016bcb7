/**
 * Descriptions in one graph. They share nodes, such as the body and the holder; what several of them say of one node is
 * said by the newest only: an old and a new contact point of one organisation would make every description that names it
 * invalid at whoever harvests the page.
 */

import { renamed } from '../rdf/canonical.ts'
import { type Quad, Store } from '../rdf/graph.ts'

export interface Description {
  /** ISO 8601. */
  readonly changed: string
  graph(): Store
}

export function inOneGraph(descriptions: readonly Description[]): Store {
  const parts = descriptions.map((one, index) => ({ changed: one.changed, graph: renamed(one.graph(), `d${index}-`) }))
  const speakers = new Map<string, Store>()
  for (const { graph } of [...parts].sort((one, other) => (one.changed < other.changed ? -1 : 1))) {
    for (const subject of graph.getSubjects(null, null, null)) {
      if (subject.termType === 'NamedNode') speakers.set(subject.value, graph)
    }
  }
  return new Store(
    parts.flatMap(({ graph }) => {
      const quads = graph.getQuads(null, null, null, null)
      const isSaid = ({ subject }: Quad) => subject.termType !== 'NamedNode' || speakers.get(subject.value) === graph
      return withoutOrphans(quads.filter(isSaid), quads)
    }),
  )
}

/** Nodes without a name that only a dropped statement led to are dropped with it. */
function withoutOrphans(kept: readonly Quad[], all: readonly Quad[]): readonly Quad[] {
  if (kept.length === all.length) return kept
  const pointedAt = (quads: readonly Quad[]) =>
    new Set(quads.flatMap(({ object }) => (object.termType === 'BlankNode' ? [object.value] : [])))
  const [before, now] = [pointedAt(all), pointedAt(kept)]
  const left = kept.filter(({ subject }) => !before.has(subject.value) || now.has(subject.value))
  return left.length === kept.length ? kept : withoutOrphans(left, all)
}
