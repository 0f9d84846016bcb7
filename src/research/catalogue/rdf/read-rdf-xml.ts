/** RDF/XML through rdfxml-streaming-parser. A DOCTYPE is refused: it is where entities that expand come from. */
import { finished } from 'node:stream/promises'
import { RdfXmlParser } from 'rdfxml-streaming-parser'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { collector } from './collect.ts'
import type { Store, Term } from './graph.ts'
import { type RdfLimits, type RdfProblemCode, RdfStop, syntaxProblem, tooDeep, tooLarge } from './problems.ts'

interface Triple {
  readonly subject: Term
  readonly predicate: Term
  readonly object: Term
}

export async function readRdfXml(
  text: string,
  base: string,
  limits: RdfLimits,
): Promise<Result<Store, RdfProblemCode>> {
  const refused = refusal(text, limits)
  if (refused) return refused
  const collected = collector(limits)
  try {
    const parser = new RdfXmlParser({ trackPosition: true, baseIRI: base })
    parser.on('data', ({ subject, predicate, object }: Triple) => collected.add(subject, predicate, object))
    const end = finished(parser)
    parser.end(text)
    await end
    return ok(collected.graph)
  } catch (error) {
    return error instanceof RdfStop ? error.problem : xmlProblem(error)
  }
}

/** Comments and CDATA are left out; what remains in angle brackets are tags. */
const TAG = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<![A-Za-z]|<\/|<[^\s<>!?/][^<>]*>/g

function refusal(text: string, limits: RdfLimits): Result<never, RdfProblemCode> | undefined {
  let depth = 0
  let last = 0
  for (const match of text.matchAll(TAG)) {
    const [tag] = match
    if (match.index - last > limits.literal) return tooLarge('characters in one value', limits.literal)
    last = match.index + tag.length
    if (/^<![A-Za-z]/.test(tag)) {
      return failed(
        'rdf-doctype-refused',
        'The document has a DOCTYPE, which is not accepted.',
        'Send it without DOCTYPE, with the addresses of namespaces written out.',
      )
    }
    if (tag === '</') depth -= 1
    else if (!tag.startsWith('<!') && !tag.endsWith('/>')) depth += 1
    if (depth > 2 * limits.depth) return tooDeep(limits.depth)
  }
  // The parser takes half a document for a whole one.
  return depth > 0 ? syntaxProblem('RDF/XML', `it breaks off: ${depth} elements are not closed.`) : undefined
}

function xmlProblem(error: unknown): Result<never, RdfProblemCode> {
  const message = error instanceof Error ? error.message : ''
  const place = /^(?:Line (\d+) column (\d+): )?(?:(\d+):(\d+): )?(.*)$/s.exec(message)
  const line = Number(place?.[1] ?? place?.[3])
  const column = Number(place?.[2] ?? place?.[4])
  const reason = (place?.[5] ?? message).split('\n')[0]?.slice(0, 200) ?? ''
  const words = reason === '' ? 'it cannot be understood.' : `${reason.replace(/\.$/, '')}.`
  return Number.isFinite(line)
    ? syntaxProblem('RDF/XML', words, { line, column: Number.isFinite(column) ? column + 1 : 1 })
    : syntaxProblem('RDF/XML', words)
}
