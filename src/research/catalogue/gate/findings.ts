/** What SHACL found → what is wrong, said in our kinds. */
import type { ShaclResult } from 'shacl-engine/Validator.js'
import { DataFactory, nodeId, prefixed, type Term } from '../rdf/graph.ts'
import type { DescriptionProblem, ProblemKind } from './problem.ts'
import { type Profile, shapesOf } from './shapes.ts'

/** A problem whose place in the record is not known yet. `property` is an IRI or a prefixed name. */
export type Finding = Omit<DescriptionProblem, 'on' | 'field'>

const SH = 'http://www.w3.org/ns/shacl#'
const ABOUT = DataFactory.namedNode('urn:tessera:shapes#about')

export function findings(results: readonly ShaclResult[], profile: Profile): readonly Finding[] {
  return results.flatMap((result) => findingsOf(result, profile))
}

function findingsOf(result: ShaclResult, profile: Profile): readonly Finding[] {
  const component = result.constraintComponent.value.slice(SH.length).replace('ConstraintComponent', '')
  const shape = term(result.shape.ptr)
  const path = result.path?.[0]?.predicates.map(({ value }) => value) ?? []
  if (component === 'Node') {
    const inside = result.results.filter((one) => (one.path?.length ?? 0) > 0)
    // A shape for a value, such as a date, has no property of its own: it is told of the property that has the value.
    if (inside.length > 0) return inside.flatMap((one) => findingsOf(one, profile))
  }
  const about = shape && shapesOf(profile).getObjects(shape, ABOUT, null)[0]?.value
  const property = about ?? path[0]
  const node = term(result.focusNode)
  if (property === undefined || node === undefined) return []
  // Of a count there is no value; inside another finding the engine gives the node that has it.
  const value = component.endsWith('Count') ? undefined : term(result.value)
  return [
    {
      severity: result.severity?.value === `${SH}Warning` ? 'warning' : 'violation',
      kind: about === undefined ? kindOf(component, path.length, result) : 'missing-variables',
      property,
      node: nodeId(node),
      ...(value === undefined ? {} : { value: textOf(value) }),
      ...expectation(result, component),
    },
  ]
}

function term(pointer: { readonly term?: unknown } | undefined): Term | undefined {
  return pointer?.term as Term | undefined
}

function textOf(value: Term): string {
  return value.termType === 'BlankNode' ? '' : value.value
}

function kindOf(component: string, alternatives: number, { shape }: ShaclResult): ProblemKind {
  switch (component) {
    case 'MinCount':
      return alternatives > 1 ? 'missing-one-of' : 'missing'
    case 'MaxCount':
      return 'too-many'
    case 'NodeKind':
      return allowed(shape.ptr) === `${SH}Literal` ? 'text-expected' : 'address-expected'
    case 'Datatype':
      return 'datatype'
    case 'HasValue':
      return 'value'
    case 'Class':
      return 'class'
    case 'Node':
      return 'date'
    default:
      return 'other'
  }
}

/** Reads one value of the shape that was broken. */
function allowed(pointer: unknown, property = 'nodeKind'): string | undefined {
  const out = (pointer as { out?: (predicates: readonly unknown[]) => { terms: Iterable<Term> } }).out
  if (!out) return undefined
  const [first] = [...out.call(pointer, [DataFactory.namedNode(`${SH}${property}`)]).terms]
  return first?.value
}

function expectation({ shape }: ShaclResult, component: string): { readonly expected?: string } {
  const property = { Datatype: 'datatype', HasValue: 'hasValue', Class: 'class' }[component]
  const expected = property && allowed(shape.ptr, property)
  if (expected === undefined) return {}
  return { expected: component === 'HasValue' ? expected : prefixed(expected) }
}
