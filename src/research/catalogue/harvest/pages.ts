/** The pages of a peer's catalogue, one after the other. Whatever the peer does, this ends and says why. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { iri, type Store } from '../rdf/graph.ts'
import type { RdfLimits, RdfProblemCode } from '../rdf/problems.ts'
import { MEDIA_TYPES, readRdf } from '../rdf/read.ts'

export type HarvestProblemCode =
  | RdfProblemCode
  | 'harvest-timeout'
  | 'harvest-unreachable'
  | 'harvest-refused'
  | 'harvest-broken-off'
  | 'harvest-endless'

/** As the platform's `fetch`: redirects are the caller's policy. */
export type HarvestFetch = (request: Request) => Promise<Response>

export interface PageOptions {
  readonly fetch: HarvestFetch
  /** For one page, from asking to its last byte. */
  readonly timeoutMs: number
  readonly mostPages: number
  readonly limits: RdfLimits
}

/** Yields a graph for each page; the last value is a problem when not all could be had. */
export async function* cataloguePages(
  address: string,
  options: PageOptions,
): AsyncGenerator<Result<Store, HarvestProblemCode>, void> {
  const seen = new Set<string>()
  for (let next: string | undefined = address; next !== undefined; ) {
    if (seen.has(next) || seen.size >= options.mostPages) {
      yield failed(
        'harvest-endless',
        'The pages of this catalogue have no end.',
        'Tell the operator of that catalogue.',
      )
      return
    }
    seen.add(next)
    const page: Result<Page, HarvestProblemCode> = await pageAt(next, options)
    if (!page.ok) {
      yield page
      return
    }
    yield ok(page.value.graph)
    next = page.value.next
  }
}

interface Page {
  readonly graph: Store
  readonly next: string | undefined
}

async function pageAt(url: string, options: PageOptions): Promise<Result<Page, HarvestProblemCode>> {
  const got = await download(url, options)
  if (!got.ok) return got
  const { body, mediaType, link } = got.value
  const read = await readRdf(body, { base: url, limits: options.limits, ...(mediaType === null ? {} : { mediaType }) })
  if (!read.ok) return read
  const following = linkTo(link, 'next') ?? read.value.getObjects(null, iri('hydra:next'), null)[0]?.value
  return ok({ graph: read.value, next: following && sameOrigin(following, url) })
}

interface Download {
  readonly body: Uint8Array
  readonly mediaType: string | null
  readonly link: string | null
}

const ACCEPT = `${MEDIA_TYPES.turtle}, ${MEDIA_TYPES['json-ld']};q=0.8, ${MEDIA_TYPES['rdf-xml']};q=0.7`

/** A peer that hangs is left, whether its `fetch` listens to the signal or not. */
async function download(url: string, options: PageOptions): Promise<Result<Download, HarvestProblemCode>> {
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Result<never, HarvestProblemCode>>((resolve) => {
    timer = setTimeout(() => {
      resolve(
        failed(
          'harvest-timeout',
          `The catalogue did not answer within ${options.timeoutMs / 1000} s.`,
          'It is asked again later.',
        ),
      )
      abort.abort()
    }, options.timeoutMs)
  })
  const asked = exchange(new Request(url, { headers: { accept: ACCEPT }, signal: abort.signal }), options)
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

async function exchange(
  request: Request,
  { fetch, limits }: PageOptions,
): Promise<Result<Download, HarvestProblemCode>> {
  let response: Response
  try {
    response = await fetch(request)
  } catch {
    return failed('harvest-unreachable', 'The catalogue cannot be reached.', 'It is asked again later.')
  }
  if (response.status !== 200) {
    await response.body?.cancel().catch(() => undefined)
    return failed(
      'harvest-refused',
      `The catalogue answered with status ${response.status}.`,
      'Tell its operator if this stays so.',
    )
  }
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength
      if (size > limits.bytes)
        return failed('rdf-too-large', `A page has more than ${limits.bytes} bytes.`, 'Tell its operator.')
      chunks.push(chunk)
    }
  } catch {
    return failed('harvest-broken-off', 'A page of the catalogue broke off.', 'It is asked again later.')
  }
  const declared = Number(response.headers.get('content-length') ?? size)
  if (declared !== size && response.headers.get('content-encoding') === null) {
    return failed('harvest-broken-off', 'A page of the catalogue broke off.', 'It is asked again later.')
  }
  return ok({
    body: Buffer.concat(chunks),
    mediaType: response.headers.get('content-type'),
    link: response.headers.get('link'),
  })
}

/** RFC 8288, as far as catalogues use it. */
function linkTo(header: string | null, relation: string): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(/<([^<>]*)>((?:\s*;\s*[^,<]*)*)/g)) {
    if (new RegExp(`;\\s*rel\\s*=\\s*"?[^";]*\\b${relation}\\b`).test(parameters)) return target
  }
  return undefined
}

/** A peer sends us to no other host: that would make this node ask whom the peer likes. */
function sameOrigin(target: string, from: string): string | undefined {
  if (!URL.canParse(target, from)) return undefined
  const url = new URL(target, from)
  return url.origin === new URL(from).origin ? url.href : undefined
}
