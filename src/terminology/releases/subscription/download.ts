/** One file over HTTP: continued where it ended, bounded, checked by hash. */
import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { hashFile, systemCode } from '../../artifacts/durable.ts'

export interface Transfer {
  readonly fetch: typeof globalThis.fetch
  /** Attempts at each file or document before giving up for now. */
  readonly attempts: number
  /** Milliseconds without a byte after which a connection is given up. */
  readonly idleMs: number
  /** Bearer token of the subscriber. */
  readonly token?: string | undefined
}

export interface WantedFile {
  readonly url: string
  readonly path: string
  readonly size: number
  readonly hash: string
  readonly progress?: (bytes: number) => void
}

/** Bytes after which an attempt counts as progress, so that a long file over a frail line is not given up. */
const PROGRESS = 1024 * 1024

/** Leaves the whole file at `path`, or the part that arrived, for the next time. Disk errors are thrown. */
export async function download(wanted: WantedFile, transfer: Transfer): Promise<Result<void>> {
  let attempt = 0
  for (;;) {
    const before = await sizeOf(wanted.path)
    const got = await continueFile(wanted, transfer)
    if (got.ok && (await hashFile(wanted.path)) === wanted.hash) return got
    const progressed = !got.ok && (await sizeOf(wanted.path)) - before >= PROGRESS
    if (got.ok) await rm(wanted.path, { force: true })
    attempt = progressed ? 0 : attempt + 1
    if (attempt >= transfer.attempts || (!got.ok && got.problem.code === REFUSED)) {
      return got.ok ? altered(wanted.url) : got
    }
    await pause(Math.min(50 * 2 ** attempt, 5000))
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}

const REFUSED = 'terminology-pull-refused'

async function continueFile(wanted: WantedFile, transfer: Transfer): Promise<Result<void>> {
  const { url, path, size } = wanted
  let from = await sizeOf(path)
  if (from > size) {
    await rm(path, { force: true })
    from = 0
  }
  const file = await open(path, 'a')
  try {
    if (from === size) return ok(undefined)
    wanted.progress?.(from)
    return await receive(url, from, transfer, async (response, chunks) => {
      // A server that knows no ranges sends everything: begin again.
      if (from > 0 && response.status !== 206) {
        await file.truncate(0)
        from = 0
      }
      return store(chunks, file, from, wanted)
    })
  } finally {
    await file.sync().finally(() => file.close())
  }
}

async function store(
  chunks: AsyncIterable<Uint8Array>,
  file: FileHandle,
  from: number,
  { url, size, progress }: WantedFile,
): Promise<Result<void>> {
  let at = from
  for await (const chunk of chunks) {
    if (at + chunk.byteLength > size) {
      await file.truncate(0)
      return failed(REFUSED, 'A file is longer than the release says.', 'Tell the authority that offers it.', {
        file: url,
      })
    }
    await file.writeFile(chunk)
    at += chunk.byteLength
    progress?.(chunk.byteLength)
  }
  return at === size ? ok(undefined) : interrupted(url)
}

/** A JSON document of at most `maxBytes`; undefined when it is none. */
export async function fetchJson(url: string, maxBytes: number, transfer: Transfer): Promise<Result<unknown>> {
  for (let attempt = 1; ; attempt += 1) {
    const got = await receive(url, 0, transfer, async (_response, chunks) => collect(url, chunks, maxBytes))
    if (got.ok || attempt >= transfer.attempts || got.problem.code === REFUSED) return got
    await pause(Math.min(50 * 2 ** attempt, 5000))
  }
}

async function collect(url: string, chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Result<unknown>> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) {
      return failed(REFUSED, `The answer is longer than ${maxBytes} bytes.`, 'Check the address.', { file: url })
    }
    parts.push(chunk)
  }
  try {
    return ok(JSON.parse(Buffer.concat(parts).toString('utf8')))
  } catch {
    return ok(undefined)
  }
}

/** Asks, and hands over the bytes of a good answer; whatever breaks the connection is `interrupted`. */
async function receive<T>(
  url: string,
  from: number,
  { fetch, idleMs, token }: Transfer,
  use: (response: Response, chunks: AsyncIterable<Uint8Array>) => Promise<Result<T>>,
): Promise<Result<T>> {
  const abort = new AbortController()
  const watch = setTimeout(() => abort.abort(), idleMs)
  try {
    const response = await fetch(url, {
      headers: {
        'accept-encoding': 'identity',
        ...(from > 0 && { range: `bytes=${from}-` }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      signal: abort.signal,
      redirect: 'error',
    })
    if (response.status !== 200 && response.status !== 206) {
      await response.body?.cancel()
      return response.status >= 500 ? interrupted(url) : refused(url, response.status)
    }
    return await use(
      response,
      watched(response, () => watch.refresh()),
    )
  } catch (error) {
    // The disk's errors are not the connection's.
    if (systemCode(error) !== undefined && !(error instanceof TypeError)) throw error
    return interrupted(url)
  } finally {
    clearTimeout(watch)
    abort.abort()
  }
}

async function* watched(response: Response, alive: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of response.body ?? []) {
    alive()
    yield chunk
  }
}

function interrupted(url: string) {
  return failed(
    'terminology-pull-interrupted',
    'The connection broke off before everything had arrived.',
    'Pull again: what has arrived is kept.',
    { file: url },
  )
}

function refused(url: string, status: number) {
  if (status === 401 || status === 403) {
    const next = 'Ask the authority for a token, and give it with --token-file.'
    return failed(REFUSED, `The other side only gives this to its subscribers (status ${status}).`, next, { file: url })
  }
  return failed(REFUSED, `The other side refuses (status ${status}).`, 'Check the address and the release.', {
    file: url,
  })
}

function altered(url: string) {
  return failed(
    'terminology-pull-altered',
    'A file does not have the content that the release says.',
    'Pull again; if it stays so, tell the authority that offers it.',
    { file: url },
  )
}
