/** Record → triples. What came from a source comes back as it was; nodes that are new get names. */
import { Parser } from 'n3'
import { DataFactory, iri, type NodeId, nodeTerm, Store, TYPE } from '../rdf/graph.ts'
import { DATASET_SHAPE, type DatasetRecord } from './dataset-record.ts'
import { dateType } from './literals.ts'
import type { AnyNode, Field, Shape, Text } from './shape.ts'

/** The triples of a record: its fields and its `rest`. */
export function writeRecord(record: DatasetRecord): Store {
  const graph = new Store(new Parser({ format: 'N-Triples', blankNodePrefix: '' }).parse(record.rest))
  writeNode(graph, { ...withNames(record) }, record.node, DATASET_SHAPE)
  return graph
}

/** The same record with a name for each node that is new, none of them taken: what is said of a node finds its place. */
export function withNames(record: DatasetRecord): DatasetRecord {
  const taken = JSON.stringify(record)
  let next = 0
  const newName = (): NodeId => {
    do next += 1
    while (taken.includes(`_:new${next}`))
    return `_:new${next}`
  }
  return namedNode({ ...record }, DATASET_SHAPE, newName) as DatasetRecord & AnyNode
}

function namedNode(record: AnyNode, shape: Shape, newName: () => NodeId): AnyNode {
  const copy: Record<string, unknown> = { ...record, node: record.node ?? newName() }
  for (const [name, field] of Object.entries(shape.fields)) {
    const value = record[name]
    if (field.kind !== 'node' || value === undefined || value === null) continue
    copy[name] = Array.isArray(value)
      ? value.map((one) => namedNode(one, field.shape, newName))
      : namedNode(value as AnyNode, field.shape, newName)
  }
  return copy
}

function writeNode(graph: Store, record: AnyNode, id: NodeId, shape: Shape): void {
  const subject = nodeTerm(id)
  for (const type of record.types ?? [iri(shape.type)]) {
    graph.add(DataFactory.quad(subject, TYPE, DataFactory.namedNode(type)))
  }
  for (const [name, field] of Object.entries(shape.fields)) {
    const value = record[name]
    if (value === undefined || value === null) continue
    const predicate = DataFactory.namedNode(iri(field.property))
    for (const one of Array.isArray(value) ? value : [value]) {
      graph.add(DataFactory.quad(subject, predicate, objectOf(graph, one, field)))
    }
  }
}

function objectOf(graph: Store, value: unknown, field: Field) {
  if (field.kind === 'node') {
    const record = value as AnyNode
    const id = record.node ?? ''
    writeNode(graph, record, id, field.shape)
    return nodeTerm(id)
  }
  if (field.kind === 'link') return nodeTerm(String(value))
  if (field.kind === 'text') return literalOf(value as Text)
  return DataFactory.literal(String(value), DataFactory.namedNode(datatypeOf(field.kind, String(value))))
}

function literalOf({ value, language, datatype }: Text) {
  if (language !== undefined) return DataFactory.literal(value, language)
  return DataFactory.literal(value, DataFactory.namedNode(datatype ?? iri('xsd:string')))
}

function datatypeOf(kind: 'count' | 'boolean' | 'date' | 'decimal' | 'duration', value: string): string {
  if (kind === 'date') return dateType(value) ?? iri('xsd:string')
  return iri(kind === 'count' ? 'xsd:nonNegativeInteger' : `xsd:${kind}`)
}
