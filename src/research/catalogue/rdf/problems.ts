/** Why an RDF document could not be read: stable codes, the limits, and where in the document. */
import { failed, type Place, type Result } from '#platform/result/result.ts'

export type RdfProblemCode =
  | 'rdf-format-unknown'
  | 'rdf-syntax'
  | 'rdf-encoding'
  | 'rdf-address-unfit'
  | 'rdf-context-refused'
  | 'rdf-doctype-refused'
  | 'rdf-too-large'
  | 'rdf-too-deep'
  | 'rdf-not-in-xml'

/** What a document may cost. A national catalogue of some hundred datasets has some 50,000 triples and 4 MB. */
export interface RdfLimits {
  readonly bytes: number
  readonly triples: number
  /** Characters of one literal or IRI. */
  readonly literal: number
  /** Elements, objects or blank nodes inside each other. */
  readonly depth: number
}

export const RDF_LIMITS: RdfLimits = { bytes: 32_000_000, triples: 500_000, literal: 200_000, depth: 64 }

/** Thrown inside a parser's callback to stop it; never leaves this folder. */
export class RdfStop extends Error {
  readonly problem: Result<never, RdfProblemCode>
  constructor(problem: Result<never, RdfProblemCode>) {
    super('The reading of this document was stopped.')
    this.problem = problem
  }
}

export function syntaxProblem(format: string, reason: string, place?: Place): Result<never, RdfProblemCode> {
  const where = place?.line === undefined ? '' : ` in line ${place.line}`
  const column = place?.column === undefined ? '' : `, column ${place.column}`
  return failed(
    'rdf-syntax',
    `This is not correct ${format}${where}${column}: ${reason}`,
    'Correct the document there and read it again.',
    place,
  )
}

export function tooLarge(what: string, limit: number): Result<never, RdfProblemCode> {
  return failed('rdf-too-large', `The document has more than ${limit} ${what}.`, 'Split it into several documents.')
}

export function tooDeep(limit: number): Result<never, RdfProblemCode> {
  return failed(
    'rdf-too-deep',
    `The document has more than ${limit} things inside each other.`,
    'A description of datasets needs less than ten; look at what made this one.',
  )
}
