/**
 * May this description be published? SHACL for the structure, the code lists for the values; every finding becomes a
 * problem that says which property of what is wrong.
 */

import { DATASET, iri, type NodeId, nodeTerm, type Store, TYPE } from '../rdf/graph.ts'
import { NO_BASE } from '../rdf/read.ts'
import { DATASET_SHAPE, type DatasetRecord } from '../record/dataset-record.ts'
import { readRecord } from '../record/read-record.ts'
import { type Finding, findings } from './findings.ts'
import { fieldPlaces } from './places.ts'
import type { DescriptionProblem } from './problem.ts'
import { ACCESS_RIGHTS, type AccessRights, type Profile, validatorOf } from './shapes.ts'
import { vocabulary } from './vocabularies.ts'
import { vocabularyFindings } from './vocabulary-findings.ts'

/** Some ten thousand variables; to judge more would take this node's time for many seconds. */
const MOST_TRIPLES = 60_000

export interface Verdict {
  readonly profile: Profile
  /** No violation; there may be warnings. */
  readonly conforms: boolean
  /** Violations first, in the order of the record's fields. */
  readonly problems: readonly DescriptionProblem[]
}

/** The access rights that a description states; NON_PUBLIC, the strictest, when it states none that are known. */
export function statedAccess(graph: Store, dataset: NodeId): AccessRights {
  const { base } = vocabulary('access-right')
  const stated = graph.getObjects(nodeTerm(dataset), iri('dct:accessRights'), null).map(({ value }) => value)
  return ACCESS_RIGHTS.find((access) => stated.includes(base + access)) ?? 'NON_PUBLIC'
}

/**
 * Judges one dataset. `graph` holds its description only, with current addresses (`withCurrentAddresses`). Never fails:
 * what cannot be judged is a problem too. `record`: the one whose fields the problems name, when it is not read from `graph`.
 */
export async function judge(
  graph: Store,
  dataset: NodeId,
  profile: Profile,
  record: DatasetRecord = readRecord(graph, dataset),
): Promise<Verdict> {
  const refuse = (reason: Pick<Finding, 'kind' | 'expected' | 'value'>) =>
    verdict(profile, fieldPlaces(graph, dataset, record), [
      { severity: 'violation', property: 'rdf:type', node: dataset, ...reason },
    ])
  if (graph.countQuads(nodeTerm(dataset), TYPE, DATASET, null) === 0) {
    return refuse({ kind: 'no-dataset', expected: 'dcat:Dataset' })
  }
  if (graph.size > MOST_TRIPLES) {
    return refuse({ kind: 'too-large', value: String(graph.size), expected: String(MOST_TRIPLES) })
  }
  const report = await validatorOf(profile).validate({ dataset: graph })
  const found = [...findings(report.results, profile), ...relativeAddresses(graph)]
  const codes = profile.release === 'r8' ? vocabularyFindings(graph) : []
  return verdict(profile, fieldPlaces(graph, dataset, record), [...found, ...codes])
}

function verdict(profile: Profile, place: ReturnType<typeof fieldPlaces>, found: readonly Finding[]): Verdict {
  const problems = new Map<string, DescriptionProblem>()
  for (const finding of found) {
    const problem = { ...finding, ...place(finding.node, finding.property) }
    const key = keyOf(problem)
    if (!problems.has(key)) problems.set(key, problem)
  }
  const told = [...problems.values()].filter((one) => !explained(one, problems))
  const ordered = told.sort((one, other) => order(one) - order(other) || (one.field < other.field ? -1 : 1))
  return { profile, conforms: ordered.every(({ severity }) => severity === 'warning'), problems: ordered }
}

/** What is missing is not also told to have the wrong value. */
function explained(problem: DescriptionProblem, all: ReadonlyMap<string, DescriptionProblem>): boolean {
  if (problem.kind !== 'value' && problem.kind !== 'required-code') return false
  const { value: _, ...rest } = problem
  return all.has(keyOf({ ...rest, kind: 'missing' }))
}

function keyOf({ node, property, kind, value }: DescriptionProblem): string {
  return JSON.stringify([node, property, kind, value])
}

const FIELDS = Object.keys(DATASET_SHAPE.fields)

function order({ severity, field }: DescriptionProblem): number {
  const at = FIELDS.indexOf(field.split(/[.[]/)[0] ?? '')
  return (severity === 'violation' ? 0 : 1000) + (at < 0 ? 500 : at)
}

function relativeAddresses(graph: Store): readonly Finding[] {
  return graph
    .getQuads(null, null, null, null)
    .filter(({ object }) => object.termType === 'NamedNode' && object.value.startsWith(NO_BASE))
    .map(({ subject, predicate, object }) => ({
      severity: 'violation',
      kind: 'relative-address',
      property: predicate.value,
      node: subject.termType === 'BlankNode' ? `_:${subject.value}` : subject.value,
      value: object.value.slice(NO_BASE.length),
    }))
}
