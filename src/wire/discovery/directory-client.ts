/**
 * What a country knows of the others: fetched from the central services, verified against the Union's key, kept. When
 * the central services are down the last good copy serves until it expires. Nothing is ever trusted because it was met.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { z } from 'zod'
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Participant, SearchMask } from './directory.ts'
import { Address, Trust } from './participants-file.ts'
import { readSearchMask, type SearchMaskProblemCode } from './search-mask.ts'
import { type SignedDocument, type SignedDocumentProblemCode, verifyDocument } from './signed-document.ts'

export type DirectoryProblemCode =
  | 'directory-unreachable'
  | 'directory-rolled-back'
  | 'country-unknown'
  | SignedDocumentProblemCode
  | SearchMaskProblemCode

export interface Directory {
  participants(): Promise<Result<readonly Participant[], DirectoryProblemCode>>
  participant(country: string): Promise<Result<Participant, DirectoryProblemCode>>
  searchMask(country: string): Promise<Result<SearchMask, DirectoryProblemCode>>
}

export interface DirectoryClientOptions {
  readonly fetch: PeerFetch
  /** Origin of the central services, e.g. `https://127.0.0.1:4014`. */
  readonly origin: string
  /** Public keys of the Union, each with its `kid`; given in the configuration, never fetched. */
  readonly unionKeys: readonly JWK[]
  readonly clock: () => Date
  /** Folder where the last good copies outlive a restart. */
  readonly cache?: string
  /** A copy younger than this is not asked for again; default 30 s. */
  readonly refreshMs?: number
  /** Bound on one fetch; default 3 s. */
  readonly timeoutMs?: number
  /** Told when what is published has changed and the new version is in use. */
  readonly onRenewed?: (subject: string) => void
  /** Told when a copy could not be fetched or renewed. */
  readonly onStale?: (subject: string, code: DirectoryProblemCode) => void
}

interface Copy {
  readonly jws: string
  readonly document: SignedDocument
  /** When to ask again, in ms. */
  readonly renewAt: number
}

const MAX_BYTES = 8 * 1024 * 1024
interface Merged {
  readonly directory: SignedDocument
  readonly trust: SignedDocument
  readonly participants: readonly Participant[]
}

/** After a failed renewal the old copy serves this long before the next try. */
const PAUSE_MS = 10_000

export function directoryClient(options: DirectoryClientOptions): Directory {
  const copies = new Map<string, Copy>()
  const running = new Map<string, Promise<Result<SignedDocument, DirectoryProblemCode>>>()
  const refreshMs = options.refreshMs ?? 30_000
  /** Both lists put together, while they are the same: each request asks several times. */
  let merged: Merged | undefined

  function current(subject: string): Promise<Result<SignedDocument, DirectoryProblemCode>> {
    const copy = copies.get(subject)
    if (copy && copy.renewAt > options.clock().getTime() && !isExpired(copy.document)) {
      return Promise.resolve(ok(copy.document))
    }
    const already = running.get(subject)
    if (already) return already
    const renewal = renew(subject).finally(() => running.delete(subject))
    running.set(subject, renewal)
    return renewal
  }

  async function renew(subject: string): Promise<Result<SignedDocument, DirectoryProblemCode>> {
    const old = copies.get(subject) ?? (await fromDisk(subject))
    const fresh = await download(subject, old)
    const now = options.clock().getTime()
    if (fresh.ok) {
      copies.set(subject, { ...fresh.value, renewAt: now + refreshMs })
      if (fresh.value.jws !== old?.jws) await toDisk(subject, fresh.value.jws)
      if (fresh.value.document.version !== old?.document.version) options.onRenewed?.(subject)
      return ok(fresh.value.document)
    }
    // A country that the Union no longer lists is gone at once; only a missing answer keeps the old copy alive.
    if (fresh.problem.code === 'country-unknown') return fresh
    options.onStale?.(subject, fresh.problem.code)
    if (!old) return fresh
    if (isExpired(old.document)) {
      copies.delete(subject)
      return failed(
        'directory-too-old',
        `The last copy of the ${subject} has expired and the central services do not give a new one.`,
        'Restore the connection to the central services.',
      )
    }
    copies.set(subject, { ...old, renewAt: now + Math.min(refreshMs, PAUSE_MS) })
    return ok(old.document)
  }

  async function download(
    subject: string,
    old: Copy | undefined,
  ): Promise<Result<Omit<Copy, 'renewAt'>, DirectoryProblemCode>> {
    const reply = await options.fetch.fetch({
      url: `${options.origin}/${PATHS[subject] ?? subject.replace('search-mask/', 'search-masks/')}`,
      timeoutMs: options.timeoutMs ?? 3000,
      maxBytes: MAX_BYTES,
    })
    if (!reply.ok) return failed('directory-unreachable', reply.problem.sentence, reply.problem.next)
    if (reply.value.status === 404) {
      return failed('country-unknown', 'The central services know nothing of this country.', 'Choose another country.')
    }
    if (reply.value.status !== 200) {
      return failed(
        'directory-unreachable',
        `The central services answered with status ${reply.value.status}.`,
        'Check that the certificate of this node is on the trust list.',
      )
    }
    const jws = new TextDecoder().decode(reply.value.body)
    const document = await verifyDocument(jws, { keys: options.unionKeys, subject, now: options.clock() })
    if (!document.ok) return document
    if (old && document.value.version < old.document.version) {
      return failed('directory-rolled-back', `The ${subject} is older than the one known here.`, 'Tell the Union.')
    }
    return ok({ jws, document: document.value })
  }

  function isExpired(document: SignedDocument): boolean {
    return document.expiresAt * 1000 <= options.clock().getTime()
  }

  function fileOf(subject: string): string | undefined {
    return options.cache && join(options.cache, `${subject.replace('/', '-')}.jws`)
  }

  async function fromDisk(subject: string): Promise<Copy | undefined> {
    const file = fileOf(subject)
    if (!file) return undefined
    const jws = await readFile(file, 'utf8').catch(() => undefined)
    if (jws === undefined) return undefined
    const document = await verifyDocument(jws, { keys: options.unionKeys, subject, now: options.clock() })
    return document.ok ? { jws, document: document.value, renewAt: 0 } : undefined
  }

  /** The cache is a convenience: a full disk must not stop an exchange. */
  async function toDisk(subject: string, jws: string): Promise<void> {
    const file = fileOf(subject)
    if (!file || !options.cache) return
    try {
      await mkdir(options.cache, { recursive: true })
      await writeFile(`${file}.new`, jws)
      await rename(`${file}.new`, file)
    } catch {
      return
    }
  }

  async function participants(): Promise<Result<readonly Participant[], DirectoryProblemCode>> {
    const [directory, trust] = await Promise.all([current('directory'), current('trust-list')])
    if (!directory.ok) return directory
    if (!trust.ok) return trust
    if (merged?.directory === directory.value && merged.trust === trust.value) return ok(merged.participants)
    const addresses = z.array(Address).safeParse(directory.value.body)
    const keys = z.array(Trust).safeParse(trust.value.body)
    if (!addresses.success || !keys.success) {
      return failed(
        'directory-malformed',
        'The directory of the Union has entries that cannot be read.',
        'Tell the Union.',
      )
    }
    // Whoever is not on both lists takes no part.
    const participants = addresses.data.flatMap((address) => {
      const trusted = keys.data.find(({ country }) => country === address.country)
      return trusted ? [{ ...address, ...trusted }] : []
    })
    merged = { directory: directory.value, trust: trust.value, participants }
    return ok(participants)
  }

  return {
    participants,
    async participant(country) {
      const all = await participants()
      if (!all.ok) return all
      const found = all.value.find((participant) => participant.country === country)
      return found
        ? ok(found)
        : failed('country-unknown', `${country} does not take part.`, 'Choose a country of the directory.')
    },
    async searchMask(country) {
      if (!/^[A-Z]{2}$/.test(country)) {
        return failed('country-unknown', 'This is not a country.', 'Choose a country of the directory.')
      }
      const document = await current(`search-mask/${country}`)
      if (!document.ok) return document
      const body = z.object({ ism: z.string() }).safeParse(document.value.body)
      const mask = readSearchMask(new TextEncoder().encode(body.data?.ism ?? ''), { file: `search mask of ${country}` })
      if (!mask.ok || mask.value.country === country) return mask
      return failed('mask-not-ism', `The search mask of ${country} is another country's.`, 'Tell the Union.')
    },
  }
}

const PATHS: Readonly<Record<string, string>> = { directory: 'directory', 'trust-list': 'trust-list' }
