/**
 * The label as part of the description (DQV: a quality certificate, and a measurement for each element), so that it has the
 * versions of the description, is harvested with it, and is gone with a version when the body revokes it (Art. 78(4)).
 */
import {
  DataFactory,
  graphOf,
  iri,
  type NodeId,
  nodeTerm,
  type Quad,
  type Store,
  type Term,
  TYPE,
} from '../rdf/graph.ts'
import type { Text } from '../record/shape.ts'
import { BASES, type Basis, type DatasetLabel, type LabelStatement } from './compose.ts'
import { LABEL_RULES } from './elements.ts'

const CERTIFICATE = DataFactory.namedNode(iri('dqv:QualityCertificate'))
const property = (name: string) => DataFactory.namedNode(iri(name))

/** The description with this label, in place of the one that was there. */
export function withLabel(graph: Store, dataset: NodeId, label: DatasetLabel): Store {
  const labelled = withoutNodes(graph, [...ownCertificates(graph, dataset), ...measurements(graph, dataset)])
  const subject = nodeTerm(dataset)
  const certificate = nodeNamed(labelled, 'label')
  const add = (node: Subject, name: string, value: Quad['object']) =>
    labelled.add(DataFactory.quad(node, property(name), value))
  add(subject, 'dqv:hasQualityAnnotation', certificate)
  add(certificate, 'rdf:type', CERTIFICATE)
  add(certificate, 'oa:hasTarget', subject)
  add(certificate, 'oa:motivatedBy', property('dqv:qualityAssessment'))
  add(certificate, 'dct:conformsTo', DataFactory.namedNode(LABEL_RULES.address))
  add(certificate, 'dct:issued', DataFactory.literal(label.issued, property('xsd:date')))
  if (label.release !== undefined) add(certificate, 'dct:source', DataFactory.literal(label.release))
  for (const { element, basis, values } of label.statements) {
    const measurement = nodeNamed(labelled, `label-${element}`)
    add(subject, 'dqv:hasQualityMeasurement', measurement)
    add(measurement, 'rdf:type', property('dqv:QualityMeasurement'))
    add(measurement, 'dqv:computedOn', subject)
    add(measurement, 'dqv:isMeasurementOf', DataFactory.namedNode(`${LABEL_RULES.address}#${element}`))
    add(measurement, 'dct:type', DataFactory.namedNode(`${LABEL_RULES.address}#${basis}`))
    for (const value of values) add(measurement, 'dqv:value', literalOf(value))
  }
  return labelled
}

/** The description without any quality certificate: what a body publishes when it revokes the label. */
export function withoutLabel(graph: Store, dataset: NodeId): Store {
  return withoutNodes(graph, [...certificates(graph, dataset), ...measurements(graph, dataset)])
}

/** The label that a description carries, if it is of this version. */
export function labelIn(graph: Store, dataset: NodeId): DatasetLabel | undefined {
  const [certificate] = ownCertificates(graph, dataset)
  if (certificate === undefined) return undefined
  const valueSaid = (name: string) => graph.getObjects(certificate, property(name), null)[0]?.value
  const release = valueSaid('dct:source')
  const said = new Map(measurements(graph, dataset).map((node) => [metricOf(graph, node), node]))
  const statements = LABEL_RULES.elements.flatMap(({ id }) => {
    const node = said.get(id)
    return node === undefined ? [] : (statementOf(graph, node, id) ?? [])
  })
  return {
    version: LABEL_RULES.version,
    issued: valueSaid('dct:issued') ?? '',
    ...(release === undefined ? {} : { release }),
    statements,
    open: LABEL_RULES.elements.map(({ id }) => id).filter((id) => !statements.some(({ element }) => element === id)),
  }
}

type Subject = ReturnType<typeof nodeTerm>

function statementOf(graph: Store, node: Term, element: string): LabelStatement | undefined {
  const [type] = graph.getObjects(node, property('dct:type'), null)
  const basis = BASES.find((one): one is Basis => type?.value === `${LABEL_RULES.address}#${one}`)
  const values = graph.getObjects(node, property('dqv:value'), null).flatMap((term) => textOf(term) ?? [])
  return basis === undefined || values.length === 0 ? undefined : { element, basis, values: values.sort(byLanguage) }
}

function certificates(graph: Store, dataset: NodeId): readonly Term[] {
  const annotations = graph.getObjects(nodeTerm(dataset), property('dqv:hasQualityAnnotation'), null)
  return annotations.filter((node) => graph.countQuads(node, TYPE, CERTIFICATE, null) > 0)
}

function ownCertificates(graph: Store, dataset: NodeId): readonly Term[] {
  const label = DataFactory.namedNode(LABEL_RULES.address)
  return certificates(graph, dataset).filter(
    (node) => graph.countQuads(node, property('dct:conformsTo'), label, null) > 0,
  )
}

/** Those of the label; a description may have others. */
function measurements(graph: Store, dataset: NodeId): readonly Term[] {
  const all = graph.getObjects(nodeTerm(dataset), property('dqv:hasQualityMeasurement'), null)
  return all.filter((node) => metricOf(graph, node) !== undefined)
}

function metricOf(graph: Store, measurement: Term): string | undefined {
  const base = `${LABEL_RULES.address}#`
  const metrics = graph.getObjects(measurement, property('dqv:isMeasurementOf'), null)
  return metrics.find(({ value }) => value.startsWith(base))?.value.slice(base.length)
}

function withoutNodes(graph: Store, nodes: readonly Term[]): Store {
  const gone = new Set(nodes.map(({ termType, value }) => `${termType} ${value}`))
  const isGone = ({ termType, value }: Term) => gone.has(`${termType} ${value}`)
  const quads = graph.getQuads(null, null, null, null)
  return graphOf(quads.filter(({ subject, object }) => !isGone(subject) && !isGone(object)))
}

/** A node without a name that the graph does not have yet. */
function nodeNamed(graph: Store, wished: string): Subject {
  let name = wished
  const isTaken = (node: Subject) => graph.countQuads(node, null, null, null) + graph.countQuads(null, null, node, null)
  while (isTaken(DataFactory.blankNode(name)) > 0) name += '-'
  return DataFactory.blankNode(name)
}

function literalOf({ value, language, datatype }: Text) {
  if (language !== undefined) return DataFactory.literal(value, language)
  return datatype === undefined
    ? DataFactory.literal(value)
    : DataFactory.literal(value, DataFactory.namedNode(datatype))
}

function textOf(term: Term): Text | undefined {
  if (term.termType !== 'Literal') return undefined
  if (term.language !== '') return { value: term.value, language: term.language }
  const plain = term.datatype.value === iri('xsd:string')
  return plain ? { value: term.value } : { value: term.value, datatype: term.datatype.value }
}

function byLanguage(one: Text, other: Text): number {
  return `${one.language} ${one.value}` < `${other.language} ${other.value}` ? -1 : 1
}
