/** Values that are in no code list, or in the wrong one. */
import { DataFactory, iri, nodeId, type Store, type Term, TYPE } from '../rdf/graph.ts'
import type { Finding } from './findings.ts'
import { isCode, VOCABULARIES, type Vocabulary } from './vocabularies.ts'

export function vocabularyFindings(graph: Store): readonly Finding[] {
  return VOCABULARIES.flatMap((list) => list.rules.flatMap((rule) => ruleFindings(graph, list, rule)))
}

function ruleFindings(graph: Store, list: Vocabulary, rule: Vocabulary['rules'][number]): readonly Finding[] {
  const { property, severity } = rule
  return nodesOf(graph, rule).flatMap((node) => {
    const values = graph.getObjects(node, iri(property), null)
    const wrong = values
      .filter((value) => value.termType !== 'NamedNode' || !isCode(list, value.value))
      .map((value): Finding => {
        const shown = value.termType === 'BlankNode' ? {} : { value: value.value }
        return { severity, kind: 'vocabulary', property, node: nodeId(node), ...shown, expected: list.base }
      })
    if (list.required === undefined) return wrong
    const needed = list.base + list.required
    if (values.some(({ value }) => value === needed)) return wrong
    return [...wrong, { severity, kind: 'required-code', property, node: nodeId(node), expected: needed }]
  })
}

function nodesOf(graph: Store, { on, through }: Vocabulary['rules'][number]): readonly Term[] {
  const nodes = graph.getSubjects(TYPE, DataFactory.namedNode(iri(on)), null)
  if (through === undefined) return nodes
  return nodes
    .flatMap((node) => graph.getObjects(node, iri(through), null))
    .filter(({ termType }) => termType !== 'Literal')
}
