/** What is wrong with a description, in a form that a page can put beside the field and a harvester can store. */
import type { Messages } from '#platform/i18n/messages.ts'
import type { NodeId } from '../rdf/graph.ts'
import { exampleOf } from './examples.ts'

export const PROBLEM_KINDS = [
  'missing',
  'missing-one-of',
  'missing-variables',
  'too-many',
  'text-expected',
  'address-expected',
  'relative-address',
  'datatype',
  'date',
  'value',
  'class',
  'vocabulary',
  'required-code',
  'no-dataset',
  'too-large',
  'other',
] as const
export type ProblemKind = (typeof PROBLEM_KINDS)[number]

export interface DescriptionProblem {
  /** A violation stops publication; a warning does not. */
  readonly severity: 'violation' | 'warning'
  readonly kind: ProblemKind
  /** Prefixed name: `dct:title`. */
  readonly property: string
  /** Prefixed class of the node: `dcat:Distribution`. */
  readonly on: string
  readonly node: NodeId
  /** Where in the record: `distribution[1].accessUrl`; empty when the record has no such field. */
  readonly field: string
  readonly value?: string
  /** What was expected: a datatype, a class, a code list, an address. */
  readonly expected?: string
}

/** Key of the words for a property; with `.write` what to write. */
export function propertyKey(property: string): string {
  return `catalogue.property.${property.replace(':', '-')}`
}

export interface ProblemWords {
  /** Of what: the dataset, a distribution. */
  readonly where: string
  /** The name of the property for people. */
  readonly label: string
  readonly wrong: string
  readonly write: string
  /** One line of Turtle, or nothing. */
  readonly example?: string
}

/** The problem for a person who looks after data. */
export function problemWords(problem: DescriptionProblem, messages: Messages): ProblemWords {
  const { kind, property, on, value = '', expected = '' } = problem
  const key = propertyKey(property)
  const label = messages.has(key) ? messages.text(key) : property
  const node = `catalogue.node.${on.replace(':', '-')}`
  const where = messages.has(node) ? messages.text(node) : on
  const short = value.length > 120 ? `${value.slice(0, 119)}…` : value
  const wrong = messages.text(`catalogue.problem.${kind}`, { label, where, value: short, expected })
  const write = messages.has(`${key}.write`) ? `${key}.write` : `catalogue.write.${kind}`
  const example = exampleOf(property)
  return { where, label, wrong, write: messages.text(write, { label, expected }), ...(example ? { example } : {}) }
}
