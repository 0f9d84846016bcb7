/**
 * JSON-LD through jsonld, in its safe mode: a name that the context does not know is an error, not a fact dropped in
 * silence. Contexts are never fetched; ours is served under its own address.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import jsonld from 'jsonld'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { collector } from './collect.ts'
import { CATALOGUE_DATA, DataFactory, PREFIXES, type Store } from './graph.ts'
import { type RdfLimits, type RdfProblemCode, RdfStop, syntaxProblem, tooDeep } from './problems.ts'

const Shipped = z.object({ address: z.url(), terms: z.record(z.string(), z.string()) })
const shipped = Shipped.parse(JSON.parse(readFileSync(join(CATALOGUE_DATA, 'context.json'), 'utf8')))

/** The address of our context; documents may name it instead of repeating it. */
export const CONTEXT_ADDRESS = shipped.address
export const CONTEXT = { ...PREFIXES, ...shipped.terms }

const TermForm = z.object({ termType: z.enum(['NamedNode', 'BlankNode', 'Literal']), value: z.string() })
const ObjectForm = TermForm.extend({
  language: z.string().optional(),
  datatype: z.object({ value: z.string() }).optional(),
})
const Quads = z.array(z.object({ subject: TermForm, predicate: TermForm, object: ObjectForm }))

export async function readJsonLd(
  text: string,
  base: string,
  limits: RdfLimits,
): Promise<Result<Store, RdfProblemCode>> {
  if (deeper(text, limits.depth)) return tooDeep(limits.depth)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    return syntaxProblem('JSON', 'it breaks off or has a sign that does not belong here.', placeOf(text, error))
  }
  const parsed = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).safeParse(document)
  if (!parsed.success) return syntaxProblem('JSON-LD', 'it must be an object or a list.')
  const collected = collector(limits)
  try {
    const options = { documentLoader, safe: true, base }
    const expanded = await jsonld.expand(z.custom<jsonld.JsonLdDocument>().parse(parsed.data), options)
    const quads = Quads.parse(
      await jsonld.toRDF(z.custom<jsonld.JsonLdDocument>().parse(keepDoubles(expanded)), options),
    )
    for (const { subject, predicate, object } of quads) collected.add(term(subject), term(predicate), term(object))
    return ok(collected.graph)
  } catch (error) {
    return error instanceof RdfStop ? error.problem : jsonLdProblem(error)
  }
}

async function documentLoader(url: string) {
  if (url === CONTEXT_ADDRESS) return { documentUrl: url, document: { '@context': CONTEXT } }
  throw new RdfStop(
    failed(
      'rdf-context-refused',
      `The document needs the context ${url.slice(0, 200)}, and contexts are not fetched from elsewhere.`,
      `Write the context into the document, or use ${CONTEXT_ADDRESS}.`,
    ),
  )
}

function term(form: z.infer<typeof ObjectForm>) {
  if (form.termType === 'NamedNode') return DataFactory.namedNode(form.value)
  if (form.termType === 'BlankNode') return DataFactory.blankNode(form.value.replace(/^_:/, ''))
  if (form.language) return DataFactory.literal(form.value, form.language)
  const datatype = form.datatype?.value ?? `${PREFIXES.xsd}string`
  return DataFactory.literal(form.value, DataFactory.namedNode(datatype === KEPT_DOUBLE ? DOUBLE : datatype))
}

const DOUBLE = `${PREFIXES.xsd}double`
const KEPT_DOUBLE = 'urn:tessera:double-as-written'

/** jsonld writes "0.94" as 9.399999999999999E-1: a number written as text keeps its text. Takes an expanded document. */
function keepDoubles(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keepDoubles)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const isDouble = entries.some(([key, type]) => key === '@type' && type === DOUBLE)
  const asText = entries.some(([key, text]) => key === '@value' && typeof text === 'string')
  return Object.fromEntries(
    entries.map(([key, one]) => [key, isDouble && asText && key === '@type' ? KEPT_DOUBLE : keepDoubles(one)]),
  )
}

/** Brackets outside strings. `JSON.parse` and jsonld would go down with them. */
function deeper(text: string, most: number): boolean {
  let depth = 0
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs)) {
    if (mark === '[' || mark === '{') depth += 1
    else if (mark === ']' || mark === '}') depth -= 1
    // A node and the list it is in are two brackets.
    if (depth > 2 * most) return true
  }
  return false
}

function placeOf(text: string, error: unknown) {
  const at = Number(/position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? text.length)
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

const Told = z.object({
  name: z.string().optional(),
  details: z
    .object({
      code: z.string().optional(),
      cause: z.unknown().optional(),
      event: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).optional(),
    })
    .optional(),
})

function jsonLdProblem(error: unknown): Result<never, RdfProblemCode> {
  // jsonld wraps what its loader throws.
  for (let cause: unknown = error, step = 0; step < 5; step += 1) {
    if (cause instanceof RdfStop) return cause.problem
    const told = Told.safeParse(cause)
    if (!told.success) break
    const { event, code } = told.data.details ?? {}
    if (event) return syntaxProblem('JSON-LD', `${eventReason(event)}.`)
    if (code !== undefined && told.data.details?.cause === undefined) return syntaxProblem('JSON-LD', `${code}.`)
    cause = told.data.details?.cause
  }
  return syntaxProblem('JSON-LD', 'it cannot be understood.')
}

function eventReason({ code, details }: { code: string; details: Readonly<Record<string, unknown>> }): string {
  const name = details.property ?? details.term ?? details.value ?? details.id ?? details.type ?? details.language
  const what = typeof name === 'string' ? ` (“${name.slice(0, 100)}”)` : ''
  return `${code}${what}: the context does not say what it means`
}
