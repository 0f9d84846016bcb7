/**
 * Triples → record. A triple goes into a field only when writing the field gives exactly that triple back; every other one
 * stays in `rest`. So a reader of records never sees a half-understood value, and nothing is lost.
 */
import { Writer } from 'n3'
import { iri, type NodeId, nodeId, nodeTerm, type Quad, quadKey, type Store, type Term, TYPE } from '../rdf/graph.ts'
import { DATASET_SHAPE, type DatasetRecord } from './dataset-record.ts'
import { dateType } from './literals.ts'
import type { AnyNode, Field, Shape, Text } from './shape.ts'

/** A description that says the same nodes in very many places stops being unfolded here; the remainder is in `rest`. */
const MOST_NODES = 20_000

interface Reading {
  readonly graph: Store
  readonly placed: Set<string>
  nodes: number
}

/** The record of one dataset; `graph` holds its description only (`split.ts`). */
export function readRecord(graph: Store, dataset: NodeId): DatasetRecord {
  const reading: Reading = { graph, placed: new Set(), nodes: 0 }
  const record = readNode(reading, nodeTerm(dataset), DATASET_SHAPE)
  const left = graph.getQuads(null, null, null, null).filter((quad) => !reading.placed.has(quadKey(quad)))
  const rest = new Writer({ format: 'N-Triples' }).quadsToString(left).split('\n').sort().join('\n').trim()
  return { ...(record as Omit<DatasetRecord, 'rest'>), node: dataset, rest }
}

function readNode(reading: Reading, subject: Term, shape: Shape): AnyNode {
  reading.nodes += 1
  const record: Record<string, unknown> = { node: nodeId(subject) }
  const types = reading.graph
    .getQuads(subject, TYPE, null, null)
    .filter(({ object }) => object.termType === 'NamedNode')
  for (const quad of types) reading.placed.add(quadKey(quad))
  const names = types.map(({ object }) => object.value).sort()
  if (names.length !== 1 || names[0] !== iri(shape.type)) record.types = names
  for (const [name, field] of Object.entries(shape.fields)) {
    const values = valuesOf(reading, subject, field)
    if (values.length > 0) record[name] = field.many ? values : values[0]
  }
  return record
}

function valuesOf(reading: Reading, subject: Term, field: Field): readonly unknown[] {
  const quads = [...reading.graph.getQuads(subject, iri(field.property), null, null)].sort(byObject)
  const values: unknown[] = []
  for (const quad of quads) {
    if (!field.many && values.length > 0) break
    const value = field.kind === 'node' ? nested(reading, quad, field.shape) : plain(quad.object, field.kind)
    if (value === undefined) continue
    reading.placed.add(quadKey(quad))
    values.push(value)
  }
  return values
}

function nested(reading: Reading, quad: Quad, shape: Shape): AnyNode | undefined {
  if (quad.object.termType === 'Literal' || reading.nodes >= MOST_NODES) return undefined
  return readNode(reading, quad.object, shape)
}

function plain(term: Term, kind: Exclude<Field['kind'], 'node'>): unknown {
  if (kind === 'link') return term.termType === 'Literal' ? undefined : nodeId(term)
  if (term.termType !== 'Literal') return undefined
  if (kind === 'text') return textOf(term)
  const datatype = term.datatype.value
  switch (kind) {
    case 'count':
      return datatype === iri('xsd:nonNegativeInteger') && /^(0|[1-9]\d{0,14})$/.test(term.value)
        ? Number(term.value)
        : undefined
    case 'boolean':
      return datatype === iri('xsd:boolean') && /^(true|false)$/.test(term.value) ? term.value === 'true' : undefined
    case 'date':
      return dateType(term.value) === datatype ? term.value : undefined
    case 'decimal':
      return datatype === iri('xsd:decimal') ? term.value : undefined
    case 'duration':
      return datatype === iri('xsd:duration') ? term.value : undefined
  }
}

function textOf(term: Term & { termType: 'Literal' }): Text {
  if (term.language !== '') return { value: term.value, language: term.language }
  const datatype = term.datatype.value
  return datatype === iri('xsd:string') ? { value: term.value } : { value: term.value, datatype }
}

/** An order that does not depend on how the document was written, as far as there are names to order by. */
function byObject({ object: one }: Quad, { object: other }: Quad): number {
  const [first, second] = [orderKey(one), orderKey(other)]
  return first < second ? -1 : first > second ? 1 : 0
}

function orderKey(term: Term): string {
  const language = term.termType === 'Literal' ? term.language : ''
  return `${language}\u0000${term.termType}\u0000${term.value}`
}
