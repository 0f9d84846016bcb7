/**
 * A document → one graph for each dataset. Datasets are judged one by one: in a whole catalogue one mistake would be told
 * of all, and a `dcat:Catalog` would itself be taken for a dataset by whoever knows the DCAT ontology.
 */
import {
  CATALOG,
  DATASET,
  graphOf,
  instancesOf,
  iri,
  type NodeId,
  nodeId,
  nodeTerm,
  quadKey,
  Store,
  TYPE,
} from '../rdf/graph.ts'

export interface DatasetPart {
  readonly dataset: NodeId
  readonly graph: Store
}

export interface CatalogueParts {
  readonly catalogs: readonly NodeId[]
  readonly datasets: readonly DatasetPart[]
  /** What is said of nothing that a dataset leads to. With one dataset only it goes with that dataset. */
  readonly unattached: Store
}

/** Classes whose members are described for themselves: the way from one dataset ends there. */
const ENDS = ['dcat:Dataset', 'dcat:Catalog', 'dcat:CatalogRecord', 'dcat:DatasetSeries'].map(iri)

export function splitCatalogue(graph: Store): CatalogueParts {
  const ends = new Set(ENDS.flatMap((type) => graph.getSubjects(TYPE, type, null).map(nodeId)))
  const datasets = instancesOf(graph, DATASET).map((dataset) => ({ dataset, graph: reach(graph, dataset, ends) }))
  const catalogs = instancesOf(graph, CATALOG)
  const attached = new Set<string>()
  for (const part of [...datasets.map(({ graph: own }) => own), ...catalogs.map((id) => reach(graph, id, ends))]) {
    for (const quad of part.getQuads(null, null, null, null)) attached.add(quadKey(quad))
  }
  const left = graph.getQuads(null, null, null, null).filter((quad) => !attached.has(quadKey(quad)))
  const [only] = datasets
  if (only && datasets.length === 1) {
    for (const quad of left) only.graph.add(quad)
    return { catalogs, datasets, unattached: new Store() }
  }
  return { catalogs, datasets, unattached: graphOf(left) }
}

/** All triples of a node and of the nodes it leads to. */
function reach(graph: Store, start: NodeId, ends: ReadonlySet<NodeId>): Store {
  const found = new Store()
  const seen = new Set([start])
  const open = [start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const quad of graph.getQuads(nodeTerm(id), null, null, null)) {
      found.add(quad)
      const next = nodeId(quad.object)
      if (quad.object.termType === 'Literal' || seen.has(next) || ends.has(next)) continue
      seen.add(next)
      open.push(next)
    }
  }
  return found
}
