/** Record → triples. What came from a source comes back as it was; nodes that are new get names. */
import { Parser } from 'n3'
import { DataFactory, iri, type NodeId, nodeTerm, Store, TYPE } from '../rdf/graph.ts'
import { DATASET_SHAPE, type DatasetRecord } from './dataset-record.ts'
import { dateType } from './literals.ts'
import type { AnyNode, Field, Shape, Text } from './shape.ts'

interface Writing {
  readonly graph: Store
  readonly newName: () => NodeId
}

/** The triples of a record: its fields and its `rest`. */
export function writeRecord(record: DatasetRecord): Store {
  const graph = new Store(new Parser({ format: 'N-Triples', blankNodePrefix: '' }).parse(record.rest))
  writeNode({ graph, newName: freshNames(JSON.stringify(record)) }, { ...record }, record.node, DATASET_SHAPE)
  return graph
}

/** Names that occur nowhere in the record yet. */
function freshNames(taken: string): () => NodeId {
  let next = 0
  return () => {
    do next += 1
    while (taken.includes(`_:new${next}`))
    return `_:new${next}`
  }
}

function writeNode(writing: Writing, record: AnyNode, id: NodeId, shape: Shape): void {
  const subject = nodeTerm(id)
  for (const type of record.types ?? [iri(shape.type)]) {
    writing.graph.add(DataFactory.quad(subject, TYPE, DataFactory.namedNode(type)))
  }
  for (const [name, field] of Object.entries(shape.fields)) {
    const value = record[name]
    if (value === undefined || value === null) continue
    for (const one of Array.isArray(value) ? value : [value]) {
      const predicate = DataFactory.namedNode(iri(field.property))
      writing.graph.add(DataFactory.quad(subject, predicate, objectOf(writing, one, field)))
    }
  }
}

function objectOf(writing: Writing, value: unknown, field: Field) {
  if (field.kind === 'node') {
    const record = value as AnyNode
    const id = record.node ?? writing.newName()
    writeNode(writing, record, id, field.shape)
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
