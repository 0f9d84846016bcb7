/**
 * Fetches the catalogue of the eHDSI Central Terminology Server into a folder of pages, which `importTerminology` reads
 * (format `cts`). What the folder has of the same catalogue is not fetched twice, so a synchronisation that broke off
 * goes on where it was; nothing that is served changes before all of it is there and imported.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { isObject, objects, text } from '../load/json.ts'
import { PAGE_SIZE } from './formats/cts.ts'

export type CtsProblemCode =
  | 'terminology-cts-address'
  | 'terminology-cts-login'
  | 'terminology-cts-failed'
  | 'terminology-cts-answer'
  | 'terminology-cts-too-much'

export interface CtsOptions {
  /** Base URL of the server, e.g. `https://cts.example.eu/ehealth-termservice`. TLS, but on this machine. */
  readonly base: string
  readonly username: string
  readonly password: string
  /** Where the pages go. It may hold what an earlier try fetched. */
  readonly folder: string
  readonly fetch?: typeof fetch
  readonly signal?: AbortSignal
  readonly progress?: (step: { readonly valueSet: string; readonly done: number; readonly total: number }) => void
  /** Milliseconds between tries; for tests. */
  readonly patience?: number
}

export interface Fetched {
  readonly catalogue: string
  readonly valueSets: number
  readonly pages: number
  /** Pages that were there already. */
  readonly kept: number
}

const CATALOGUE = 'valuesetcatalog.json'
const MAX_ANSWER = 64 * 1024 * 1024
/** Half a million concepts in one value set: more is a server that never ends. */
const MAX_PAGES = 2000
const TRIES = 4
const TIMEOUT = 60_000

export async function fetchCatalogue(options: CtsOptions): Promise<Result<Fetched, CtsProblemCode>> {
  const address = URL.canParse(options.base) ? new URL(options.base) : undefined
  const local = address !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(address.hostname)
  if (address === undefined || (address.protocol !== 'https:' && !(local && address.protocol === 'http:'))) {
    const sentence = 'The address of the terminology server is no https address.'
    return failed('terminology-cts-address', sentence, 'Give it as https://host/path.')
  }
  const session = openSession(options, address.href.replace(/\/+$/, ''))
  const signed = await session.login()
  if (!signed.ok) return signed
  const catalogue = await session.get('/api/sync/valuesetcatalog')
  if (!catalogue.ok) return catalogue
  const versions = isObject(catalogue.value.json) ? objects(catalogue.value.json.valueSetVersions) : []
  if (versions.length === 0)
    return failed('terminology-cts-answer', 'The server gave a catalogue without value sets.', 'Ask its operator.')
  await keepFolderOf(options.folder, catalogue.value.text)
  const counts = { pages: 0, kept: 0 }
  for (const [index, version] of versions.entries()) {
    const valueSet = isObject(version.valueSet) ? version.valueSet : {}
    const id = text(valueSet.id)
    const versionId = text(version.versionId)
    if (id === undefined || versionId === undefined) continue
    options.progress?.({ valueSet: text(valueSet.name) ?? id, done: index, total: versions.length })
    const fetched = await fetchPages(session, options.folder, id, versionId, counts)
    if (!fetched.ok) return fetched
  }
  // Last: a folder with a catalogue file is whole.
  await writeWhole(join(options.folder, CATALOGUE), catalogue.value.text)
  const name = isObject(catalogue.value.json) ? text(catalogue.value.json.name) : undefined
  return ok({ catalogue: name ?? '', valueSets: versions.length, ...counts })
}

/** Pages of another state of the catalogue are of no use. */
async function keepFolderOf(folder: string, catalogue: string): Promise<void> {
  const print = createHash('sha256').update(catalogue).digest('hex')
  const mark = join(folder, 'catalogue.sha256')
  const known = await readFile(mark, 'utf8').catch(() => undefined)
  if (known === print) return
  await rm(join(folder, 'pages'), { recursive: true, force: true })
  await rm(join(folder, CATALOGUE), { force: true })
  await mkdir(folder, { recursive: true })
  await writeWhole(mark, print)
}

async function fetchPages(
  session: Session,
  folder: string,
  valueSet: string,
  version: string,
  counts: { pages: number; kept: number },
): Promise<Result<undefined, CtsProblemCode>> {
  const place = join(folder, 'pages', safeName(valueSet), safeName(version))
  await mkdir(place, { recursive: true })
  for (let page = 0; page < MAX_PAGES; page++) {
    const file = join(place, `${page}.json`)
    const known = await pageIn(file)
    let concepts = known
    if (concepts === undefined) {
      const path = `/api/sync/valueset/${encodeURIComponent(valueSet)}/valuesetdefinition/${encodeURIComponent(version)}/entries?page=${page}&maxtoreturn=${PAGE_SIZE}`
      const answer = await session.get(path)
      if (!answer.ok) return answer
      if (!Array.isArray(answer.value.json)) {
        const sentence = `Page ${page} of the value set ${valueSet} is no list of concepts.`
        return failed('terminology-cts-answer', sentence, 'Ask the operator of the server.')
      }
      concepts = answer.value.json.length
      await writeWhole(file, answer.value.text)
    } else counts.kept++
    counts.pages++
    if (concepts < PAGE_SIZE) return ok(undefined)
  }
  const sentence = `The value set ${valueSet} has more than ${MAX_PAGES} pages.`
  return failed('terminology-cts-too-much', sentence, 'Ask the operator of the server.')
}

async function pageIn(file: string): Promise<number | undefined> {
  try {
    const json: unknown = JSON.parse(await readFile(file, 'utf8'))
    return Array.isArray(json) ? json.length : undefined
  } catch {
    return undefined
  }
}

/** OIDs and version names as folder names. */
function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^\.+/, '')
  return safe === name ? safe : `${safe.slice(0, 60)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}

async function writeWhole(file: string, content: string): Promise<void> {
  const part = `${file}.${randomBytes(4).toString('hex')}.part`
  await writeFile(part, content, { flush: true })
  await rename(part, file)
}

interface Session {
  login(): Promise<Result<undefined, CtsProblemCode>>
  get(path: string): Promise<Result<{ readonly json: unknown; readonly text: string }, CtsProblemCode>>
}

/** A sign-in by form; the server answers with a redirect, whose address says whether it was refused. */
function openSession(options: CtsOptions, base: string): Session {
  const ask = options.fetch ?? fetch
  const cookies = new Map<string, string>()
  const request = async (path: string, init: RequestInit): Promise<Response> => {
    const timeout = AbortSignal.timeout(TIMEOUT)
    const response = await ask(`${base}${path}`, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? []
      if (name !== undefined && value !== undefined) cookies.set(name.trim(), value)
    }
    return response
  }
  const login = async (): Promise<Result<undefined, CtsProblemCode>> => {
    const body = new URLSearchParams({ username: options.username, password: options.password }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await tried(() => request('/login', { method: 'POST', body, headers }), options)
    if (!response.ok) return response
    await response.value.body?.cancel()
    const location = response.value.headers.get('location') ?? ''
    const refused = /[?&]error\b/i.test(location) || response.value.status === 401 || response.value.status === 403
    if (refused)
      return failed(
        'terminology-cts-login',
        'The terminology server does not accept the account.',
        'Check user name and password.',
      )
    return ok(undefined)
  }
  return {
    login,
    async get(path) {
      for (let signedAgain = false; ; signedAgain = true) {
        const response = await tried(() => request(path, { headers: { accept: 'application/json' } }), options)
        if (!response.ok) return response
        const { status, headers } = response.value
        // Sessions end while a large catalogue is fetched.
        const out =
          status === 401 ||
          status === 403 ||
          (status >= 300 && status < 400 && /login/i.test(headers.get('location') ?? ''))
        if (!out) return status === 200 ? jsonOf(response.value) : refusedWith(status)
        await response.value.body?.cancel()
        if (signedAgain) return refusedWith(status)
        const again = await login()
        if (!again.ok) return again
      }
    },
  }
}

function refusedWith(status: number) {
  return failed(
    'terminology-cts-failed',
    `The terminology server answered ${status}.`,
    'Try again later; what was fetched is kept.',
  )
}

async function jsonOf(
  response: Response,
): Promise<Result<{ readonly json: unknown; readonly text: string }, CtsProblemCode>> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of response.body ?? []) {
      size += part.length
      if (size > MAX_ANSWER)
        return failed(
          'terminology-cts-too-much',
          'The terminology server sends more than 64 MB at once.',
          'Ask its operator.',
        )
      parts.push(part)
    }
    const whole = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
    return ok({ json: JSON.parse(whole), text: whole })
  } catch {
    return failed(
      'terminology-cts-answer',
      'The answer of the terminology server broke off or is no JSON.',
      'Try again; what was fetched is kept.',
    )
  }
}

/** Waits and tries again where the network or the server failed; never where it refused. */
async function tried(request: () => Promise<Response>, options: CtsOptions): Promise<Result<Response, CtsProblemCode>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await request()
      if (response.status < 500 || attempt === TRIES) return ok(response)
      await response.body?.cancel()
    } catch {
      if (attempt === TRIES || options.signal?.aborted) {
        const sentence = 'The terminology server cannot be reached, or did not answer in time.'
        return failed(
          'terminology-cts-failed',
          sentence,
          'Check address and network, and try again: what was fetched is kept.',
        )
      }
    }
    await pause((options.patience ?? 1000) * 2 ** (attempt - 1))
  }
}
