/**
 * RDF from outside, in the three forms that catalogues are exchanged in. Nothing is fetched, nothing is dropped, and a
 * document that was made to hurt ends at a limit.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Store } from './graph.ts'
import { RDF_LIMITS, type RdfLimits, type RdfProblemCode, tooLarge } from './problems.ts'
import { readJsonLd } from './read-json-ld.ts'
import { readRdfXml } from './read-rdf-xml.ts'
import { readTurtle } from './read-turtle.ts'

export type RdfFormat = 'turtle' | 'json-ld' | 'rdf-xml'

export const MEDIA_TYPES: Readonly<Record<RdfFormat, string>> = {
  turtle: 'text/turtle',
  'json-ld': 'application/ld+json',
  'rdf-xml': 'application/rdf+xml',
}

export interface ReadOptions {
  /** What relative addresses are relative to, usually where the document came from. */
  readonly base?: string
  /** As the sender declared it; otherwise it is seen from the document. */
  readonly mediaType?: string
  readonly limits?: RdfLimits
}

/**
 * What relative addresses become when nobody says where a document came from, so that the gate can tell the property that
 * has one. A document is not refused whole for it.
 */
export const NO_BASE = 'relative:///'

/** The triples of a document. N-Triples are read as Turtle, which contains them. */
export async function readRdf(
  input: Uint8Array | string,
  options: ReadOptions = {},
): Promise<Result<Store, RdfProblemCode>> {
  const limits = options.limits ?? RDF_LIMITS
  if (input.length > limits.bytes) return tooLarge('bytes', limits.bytes)
  const text = typeof input === 'string' ? ok(input.replace(/^\uFEFF/, '')) : decoded(input)
  if (!text.ok) return text
  const format = formatOf(options.mediaType) ?? seenFormat(text.value)
  if (format === undefined) {
    return failed(
      'rdf-format-unknown',
      'This is none of the forms in which descriptions of datasets are exchanged.',
      'Send Turtle, JSON-LD or RDF/XML.',
    )
  }
  const { base = NO_BASE } = options
  if (format === 'turtle') return readTurtle(text.value, base, limits)
  if (format === 'json-ld') return readJsonLd(text.value, base, limits)
  return readRdfXml(text.value, base, limits)
}

function decoded(bytes: Uint8Array): Result<string, RdfProblemCode> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return failed('rdf-encoding', 'The document is not UTF-8.', 'Save it as UTF-8 and send it again.')
  }
}

/** `text/turtle; charset=utf-8` → `turtle`; general types such as `application/xml` say nothing. */
export function formatOf(mediaType: string | undefined): RdfFormat | undefined {
  const plain = mediaType?.split(';')[0]?.trim().toLowerCase()
  if (plain === 'application/n-triples' || plain === 'application/x-turtle') return 'turtle'
  for (const format of ['turtle', 'json-ld', 'rdf-xml'] as const) if (MEDIA_TYPES[format] === plain) return format
  return undefined
}

function seenFormat(text: string): RdfFormat | undefined {
  const start = text.slice(0, 20_000).trimStart()
  if (/^(<\?xml|<!--|<!DOCTYPE|<(\w+:)?RDF[\s>])/i.test(start)) return 'rdf-xml'
  if (/^[{[]\s*["{\]}[]/.test(start) && !/^\[\s*\]\s*[\w<:]/.test(start)) return 'json-ld'
  // Comments, declarations, or the first triple.
  return /^(#|@prefix|@base|prefix\s|base\s|<[^\s<>]*>\s|_:\w|\[|[\w-]*:[\w-]*\s)/i.test(start) ? 'turtle' : undefined
}
