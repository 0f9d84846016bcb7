/**
 * The catalogue for others (EHDS Art. 77, 79): DCAT pages in the form that is asked for. A page names the next one in
 * `Link` and as `hydra:next`; the cursor is the last address of the page, so that changes in between lose nothing.
 */
import { hash } from 'node:crypto'
import { CATALOG, DataFactory, iri, nodeTerm, Store, TYPE } from '../rdf/graph.ts'
import { MEDIA_TYPES, type RdfFormat } from '../rdf/read.ts'
import { writeRdf } from '../rdf/write.ts'
import { type CatalogueStore, OWN } from '../store/catalogue-store.ts'
import type { StoredRecord } from '../store/stored.ts'
import { acceptedFormat } from './accept.ts'
import { inOneGraph } from './one-voice.ts'

export interface CatalogueServerOptions {
  readonly store: Pick<CatalogueStore, 'search' | 'find'>
  /** Where the catalogue is published: `https://…/catalogue`. */
  readonly address: string
  /** Words of the catalogue by language. */
  readonly title: Readonly<Record<string, string>>
  readonly description: Readonly<Record<string, string>>
  readonly publisher: { readonly node: string; readonly name: string }
  /** Which source is published: the node's own by default; the Union's node publishes `all`. */
  readonly source?: 'own' | 'all'
  /** Datasets on one page; default 100. */
  readonly pageSize?: number
}

export interface CatalogueServer {
  /**
   * `GET address[?after=…]`: a page; `GET address/dataset?iri=…[&source=…]`: one description. HEAD too. Answers 200, 304,
   * 404, 405, 406; never throws for a request of whatever kind.
   */
  fetch(request: Request): Promise<Response>
}

const EHDS = 'http://data.europa.eu/eli/reg/2025/327/oj'

export function catalogueServer(options: CatalogueServerOptions): CatalogueServer {
  const base = new URL(options.address).pathname.replace(/\/$/, '')
  const written = lastPages()
  return {
    async fetch(request) {
      const url = new URL(request.url)
      const path = url.pathname.replace(/\/$/, '')
      if (path !== base && path !== `${base}/dataset`) return plain(404, 'There is nothing at this address.')
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return plain(405, 'This address is only read.', { allow: 'GET, HEAD' })
      }
      const format = acceptedFormat(request.headers.get('accept'))
      if (format === undefined) return plain(406, `Ask for one of ${Object.values(MEDIA_TYPES).join(', ')}.`)
      const answer = path === base ? await page(options, url) : await dataset(options, url)
      return answer === undefined
        ? plain(404, 'There is no such description.')
        : respond(request, format, answer, written)
    },
  }
}

interface Answer {
  /** The same for the same content. */
  readonly identity: string
  readonly links: readonly string[]
  graph(): Store
}

async function page(options: CatalogueServerOptions, url: URL): Promise<Answer> {
  const { store: _store, address, pageSize = 100, source = OWN, ...words } = options
  const after = url.searchParams.get('after') ?? undefined
  const found = await options.store.search({
    limit: pageSize,
    ...(source === 'all' ? {} : { source }),
    ...(after === undefined ? {} : { after }),
  })
  const view = after === undefined ? address : `${address}?after=${encodeURIComponent(after)}`
  const next = found.next && `${address}?after=${encodeURIComponent(found.next)}`
  const versions = found.records.map((one) => [one.source, one.iri, one.hash, one.changed])
  return {
    identity: JSON.stringify([words, view, next, found.total, versions]),
    links: [`<${address}>; rel="first"`, ...(next ? [`<${next}>; rel="next"`] : [])],
    graph() {
      const graph = described(options)
      for (const { iri: dataset } of found.records) add(graph, address, 'dcat:dataset', dataset)
      for (const quad of inOneGraph(found.records)) graph.add(quad)
      paged(graph, address, view, found.total, next)
      return graph
    },
  }
}

async function dataset(
  { store, address, source = OWN }: CatalogueServerOptions,
  url: URL,
): Promise<Answer | undefined> {
  const wanted = url.searchParams.get('iri') ?? ''
  const record = await store.find(wanted, source === 'all' ? (url.searchParams.get('source') ?? OWN) : source)
  if (!isPublic(record)) return undefined
  return { identity: record.hash, links: [`<${address}>; rel="collection"`], graph: record.graph }
}

function isPublic(record: StoredRecord | undefined): record is StoredRecord {
  return record?.state === 'published'
}

/** What every page says of the catalogue itself (DCAT-AP 3.0.1: title, description, publisher; R8: legislation). */
function described({ address, title, description, publisher }: CatalogueServerOptions): Store {
  const graph = new Store()
  const catalog = DataFactory.namedNode(address)
  graph.add(DataFactory.quad(catalog, TYPE, CATALOG))
  for (const [property, words] of [
    ['dct:title', title],
    ['dct:description', description],
  ] as const) {
    for (const [language, text] of Object.entries(words)) {
      graph.add(DataFactory.quad(catalog, DataFactory.namedNode(iri(property)), DataFactory.literal(text, language)))
    }
  }
  add(graph, address, 'dcatap:applicableLegislation', EHDS)
  add(graph, address, 'dct:publisher', publisher.node)
  const agent = DataFactory.namedNode(publisher.node)
  graph.add(DataFactory.quad(agent, TYPE, DataFactory.namedNode(iri('foaf:Agent'))))
  graph.add(DataFactory.quad(agent, DataFactory.namedNode(iri('foaf:name')), DataFactory.literal(publisher.name)))
  return graph
}

function paged(graph: Store, address: string, view: string, total: number, next: string | undefined): void {
  const count = DataFactory.literal(String(total), DataFactory.namedNode(iri('xsd:nonNegativeInteger')))
  graph.add(DataFactory.quad(DataFactory.namedNode(address), DataFactory.namedNode(iri('hydra:totalItems')), count))
  if (next === undefined && view === address) return
  add(graph, address, 'hydra:view', view)
  add(graph, view, 'rdf:type', iri('hydra:PartialCollectionView'))
  add(graph, view, 'hydra:first', address)
  if (next !== undefined) add(graph, view, 'hydra:next', next)
}

function add(graph: Store, subject: string, property: string, object: string): void {
  graph.add(DataFactory.quad(nodeTerm(subject), DataFactory.namedNode(iri(property)), nodeTerm(object)))
}

/** Pages that were written lately, by tag: a page of a hundred descriptions takes a good part of a second. */
function lastPages() {
  const texts = new Map<string, string>()
  return {
    get: (tag: string) => texts.get(tag),
    set(tag: string, text: string) {
      const [oldest] = texts.keys()
      if (texts.size >= MOST_KEPT && oldest !== undefined) texts.delete(oldest)
      texts.set(tag, text)
    },
  }
}
const MOST_KEPT = 16

function respond(request: Request, format: RdfFormat, answer: Answer, written: ReturnType<typeof lastPages>): Response {
  const etag = `"${hash('sha256', `${format} ${answer.identity}`).slice(0, 32)}"`
  const headers = { etag, link: answer.links.join(', '), vary: 'accept', 'cache-control': 'no-cache' }
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''))
  if (known.includes(etag) || known.includes('*')) return new Response(null, { status: 304, headers })
  let text = written.get(etag)
  if (text === undefined) {
    const made = writeRdf(answer.graph(), format)
    if (!made.ok) return plain(406, `${made.problem.sentence} ${made.problem.next}`)
    text = made.value
    written.set(etag, text)
  }
  const type = { 'content-type': `${MEDIA_TYPES[format]}; charset=utf-8`, 'x-content-type-options': 'nosniff' }
  return new Response(request.method === 'HEAD' ? null : text, { headers: { ...headers, ...type } })
}

function plain(status: number, sentence: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${sentence}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })
}
