/** Where in the record a node of the graph stands, so that a problem can be shown beside its field. */

import { iri, type NodeId, nodeTerm, prefixed, type Store, TYPE } from '../rdf/graph.ts'
import { DATASET_SHAPE, type DatasetRecord } from '../record/dataset-record.ts'
import { readRecord } from '../record/read-record.ts'
import type { AnyNode, Shape } from '../record/shape.ts'

interface Place {
  readonly path: string
  readonly shape: Shape
}

/** For a node and a property (an IRI or a prefixed name): their names for people and the field. */
export function fieldPlaces(graph: Store, dataset: NodeId, record: DatasetRecord = readRecord(graph, dataset)) {
  const places = new Map<NodeId, Place>()
  collect(places, { ...record }, DATASET_SHAPE, '')
  return (node: NodeId, property: string): { property: string; on: string; field: string } => {
    const name = prefixed(property)
    const place = places.get(node)
    if (!place) return { property: name, on: classOf(graph, node), field: '' }
    const field = Object.entries(place.shape.fields).find(([, one]) => one.property === name)?.[0]
    const joined = field === undefined ? place.path : place.path === '' ? field : `${place.path}.${field}`
    return { property: name, on: place.shape.type, field: joined }
  }
}

/** The first place of a node counts: fields come in the order of the table. */
function collect(places: Map<NodeId, Place>, record: AnyNode, shape: Shape, path: string): void {
  if (record.node === undefined || places.has(record.node)) return
  places.set(record.node, { path, shape })
  for (const [name, field] of Object.entries(shape.fields)) {
    if (field.kind !== 'node') continue
    const value = record[name]
    const at = path === '' ? name : `${path}.${name}`
    if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) collect(places, one, field.shape, `${at}[${index}]`)
    } else if (value) collect(places, value as AnyNode, field.shape, at)
  }
}

function classOf(graph: Store, node: NodeId): string {
  const [type] = graph.getObjects(nodeTerm(node), TYPE, null)
  return type ? prefixed(type.value) : prefixed(iri('rdfs:Resource'))
}
