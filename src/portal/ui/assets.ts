/** The stylesheet, the script and the mark: named by their content, compressed once, kept by browsers for a year. */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

export interface Asset {
  readonly path: string
  readonly type: string
  readonly plain: Uint8Array<ArrayBuffer>
  readonly brotli: Uint8Array<ArrayBuffer>
  readonly gzip: Uint8Array<ArrayBuffer>
}

export interface Assets {
  readonly stylesheet: string
  readonly script: string
  readonly mark: string
  find(path: string): Asset | undefined
}

const MARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 30"><path fill="#0b5563" d="M3 3h15l-4 6 4 5-5 5 3 8H3z"/><path fill="#b4552d" d="M21 3h6v24h-8l-3-8 5-5-4-5z"/></svg>'

export interface AssetOptions {
  /** Stylesheets before the portal's own rules: tokens, the summary component. */
  readonly before?: readonly string[]
  /** Stylesheets after them. */
  readonly after?: readonly string[]
  /** The script in place of the portal's own. */
  readonly script?: string
  /** Where the files are found; `/assets` when absent. */
  readonly base?: string
}

/** Rules that the pages of operators, access bodies and data holders share. */
export function dutyStylesheet(): string {
  return readFileSync(join(import.meta.dirname, 'duty.css'), 'utf8')
}

export function openAssets({ before = [], after = [], script, base = '/assets' }: AssetOptions): Assets {
  const own = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')
  const styles = lean([...before, own('portal.css'), ...after].join('\n'))
  const style = asset(base, 'portal', 'css', 'text/css; charset=utf-8', styles)
  const code = asset(base, 'portal', 'js', 'text/javascript; charset=utf-8', script ?? own('portal.client.js'))
  const mark = { ...asset(base, 'mark', 'svg', 'image/svg+xml', MARK), path: `${base}/mark.svg` }
  const byPath = new Map([style, code, mark].map((one) => [one.path, one]))
  return { stylesheet: style.path, script: code.path, mark: mark.path, find: (path) => byPath.get(path) }
}

function asset(base: string, name: string, ending: string, type: string, text: string): Asset {
  const plain = new Uint8Array(Buffer.from(text))
  const digest = hash('sha256', text, 'hex').slice(0, 12)
  return {
    path: `${base}/${name}-${digest}.${ending}`,
    type,
    plain,
    brotli: new Uint8Array(brotliCompressSync(plain)),
    gzip: new Uint8Array(gzipSync(plain, { level: 9 })),
  }
}

/** Comments and indentation stay in the source. */
function lean(css: string): string {
  return css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s*\n\s*/g, '\n')
}

export type Encoding = 'br' | 'gzip' | undefined

/** The best encoding that the browser accepts; `q=0` is a refusal. */
export function acceptedEncoding(header: string | undefined): Encoding {
  const accepted = (header ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';')[0])
  return accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : undefined
}

const ONE_YEAR = 31_536_000

/** The answer to a request for an asset; 404 when there is none of that name. */
export function answerAsset(assets: Assets, request: Request): Response {
  const found = assets.find(new URL(request.url).pathname)
  if (!found) return new Response(null, { status: 404 })
  const encoding = acceptedEncoding(request.headers.get('accept-encoding') ?? undefined)
  const bytes = encoding === 'br' ? found.brotli : encoding === 'gzip' ? found.gzip : found.plain
  return new Response(bytes, {
    headers: {
      'content-type': found.type,
      'cache-control': found.path === assets.mark ? 'public, max-age=86400' : `public, max-age=${ONE_YEAR}, immutable`,
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      ...(encoding ? { 'content-encoding': encoding } : {}),
    },
  })
}

/** Pages are made for one reader, so they are compressed quickly rather than best. */
export function compress(text: string, encoding: Encoding): Uint8Array<ArrayBuffer> {
  if (encoding === 'br') {
    return new Uint8Array(brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }))
  }
  return new Uint8Array(encoding === 'gzip' ? gzipSync(text) : Buffer.from(text))
}
