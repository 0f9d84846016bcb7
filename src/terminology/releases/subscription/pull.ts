/** A subscriber: fetches what it does not have of a release, checks it, and then serves it by one rename. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId, ServedRelease } from '../../artifacts/artifact.ts'
import { storageProblem, writeDurably } from '../../artifacts/durable.ts'
import { artifactIdOf, artifactsFolder, MANIFEST, slugOf } from '../../artifacts/folders.ts'
import { underLock } from '../../artifacts/lock.ts'
import { dropPart, newPart } from '../../artifacts/parts.ts'
import { publishServed, putInPlace, verifyArtifact } from '../../artifacts/store.ts'
import { download, fetchJson, type Transfer } from './download.ts'
import { type OfferedArtifact, type OfferedContent, type OfferedRelease, parseOfferedContent } from './offered.ts'

export interface PullOptions {
  /** Number of the release; default: the one that is served there. */
  readonly version?: number
  /** False: only fetch, e.g. to stage it in the own release centre. Default: true. */
  readonly serve?: boolean
  /** Also a release that the authority has taken back. Default: false. */
  readonly rolledBack?: boolean
  /** Bytes of all files together. Default: 32 GiB. */
  readonly maxBytes?: number
  /** Default: the platform's, which verifies certificates. */
  readonly fetch?: Transfer['fetch']
  /** Bearer token; only sent over TLS, or to this machine. */
  readonly token?: string
  /** Attempts at each file. Default: 5. */
  readonly attempts?: number
  /** Milliseconds without a byte after which a connection is given up. Default: 30,000. */
  readonly idleMs?: number
  readonly progress?: (step: { readonly bytes: number; readonly of: number }) => void
}

export interface Pulled {
  readonly release: OfferedRelease
  /** Bytes that had to be fetched now. */
  readonly fetched: number
  /** What is served afterwards; absent when it was only fetched. */
  readonly served?: ServedRelease
}

const LONGEST_DESCRIPTION = 16 * 1024 * 1024
const MAX_BYTES = 32 * 1024 ** 3

/** @param baseUrl where the routes of `src/wire/releases` are, e.g. `https://terminology.example.eu/releases` */
export async function pullRelease(baseUrl: string, home: string, options: PullOptions = {}): Promise<Result<Pulled>> {
  const base = baseUrl.replace(/\/+$/, '')
  if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
    return failed('terminology-pull-refused', 'This is not a web address.', 'Write https://HOST/PATH.', {
      file: baseUrl,
    })
  }
  const { fetch = globalThis.fetch, attempts = 5, idleMs = 30_000, token } = options
  if (token !== undefined && !isPrivate(new URL(base))) {
    const next = 'Pull over https, or without the token.'
    return failed('terminology-pull-refused', 'A token is not sent where others can read it.', next, { file: baseUrl })
  }
  return underLock(home, (): Promise<Result<Pulled>> => pull(base, home, options, { fetch, attempts, idleMs, token }), {
    name: 'pull',
  })
}

function isPrivate({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}

async function pull(base: string, home: string, options: PullOptions, transfer: Transfer): Promise<Result<Pulled>> {
  const content = await describe(base, options, transfer)
  if (!content.ok) return content
  const { release, contents } = content.value
  try {
    await sweep(home, release)
    const missing: OfferedArtifact[] = []
    for (const one of contents) if (!(await verifyArtifact(home, one.manifest.id)).ok) missing.push(one)
    const of = missing.reduce((sum, { sizes }) => sum + Object.values(sizes).reduce((a, b) => a + b, 0), 0)
    let bytes = 0
    const progress = (more: number) => {
      bytes += more
      options.progress?.({ bytes, of })
    }
    for (const one of missing) {
      const fetched = await fetchArtifact(base, home, one, transfer, progress)
      if (!fetched.ok) return fetched
    }
    if (options.serve === false) return ok({ release, fetched: of })
    const pulled = { from: base, release: release.number }
    const served = await publishServed(home, release.artifacts, { pulled })
    return served.ok ? ok({ release, fetched: of, served: served.value }) : served
  } catch (error) {
    return storageProblem(error, artifactsFolder(home))
  }
}

async function describe(base: string, options: PullOptions, transfer: Transfer): Promise<Result<OfferedContent>> {
  const url = `${base}/${options.version ?? 'current'}`
  const json = await fetchJson(url, LONGEST_DESCRIPTION, transfer)
  if (!json.ok) return json
  const content = parseOfferedContent(json.value)
  const wrong = (sentence: string, next: string) => failed('terminology-pull-refused', sentence, next, { file: url })
  if (!content) return wrong('The answer does not describe a release of terminology.', 'Check the address.')
  const { release, contents } = content
  if (options.version !== undefined && release.number !== options.version) {
    return wrong(`The answer describes release ${release.number}.`, 'Check the address.')
  }
  if (release.state === 'rolled-back' && options.rolledBack !== true) {
    return wrong(`Release ${release.number} was taken back.`, 'Pull the current one.')
  }
  // An id binds the hashes of the files, so that nothing else can come under the name of an artifact.
  const forged = contents.find(({ manifest: { id, kind, files } }) => artifactIdOf(slugOf(id), kind, files) !== id)
  if (forged) return wrong(`The hashes of ${forged.manifest.id} are not those of its id.`, 'Tell the authority.')
  const bytes = contents.reduce((sum, { sizes }) => sum + Object.values(sizes).reduce((a, b) => a + b, 0), 0)
  const most = options.maxBytes ?? MAX_BYTES
  if (bytes > most) return wrong(`The release has ${bytes} bytes, more than the ${most} allowed.`, 'Allow more.')
  return ok(content)
}

/** Files that are on their way, kept between attempts; not the name of an artifact. */
function pullingFolder(home: string, id: ArtifactId): string {
  return join(artifactsFolder(home), `${id}${PULLING}`)
}

const PULLING = '.pulling'

/** Takes away what was on its way for other releases. The caller holds the lock of pulls. */
async function sweep(home: string, release: OfferedRelease): Promise<void> {
  await mkdir(artifactsFolder(home), { recursive: true })
  const wanted = new Set(release.artifacts.map((id) => `${id}${PULLING}`))
  for (const name of await readdir(artifactsFolder(home))) {
    if (name.endsWith(PULLING) && !wanted.has(name)) {
      await rm(join(artifactsFolder(home), name), { recursive: true, force: true })
    }
  }
}

async function fetchArtifact(
  base: string,
  home: string,
  { manifest, sizes }: OfferedArtifact,
  transfer: Transfer,
  progress: (bytes: number) => void,
): Promise<Result<void>> {
  const folder = pullingFolder(home, manifest.id)
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) {
    if (!(name in manifest.files)) await rm(join(folder, name), { recursive: true, force: true })
  }
  for (const [name, hash] of Object.entries(manifest.files)) {
    const url = `${base}/artifacts/${manifest.id}/${encodeURIComponent(name)}`
    const got = await download({ url, path: join(folder, name), size: sizes[name] ?? 0, hash, progress }, transfer)
    if (!got.ok) return got
  }
  await writeDurably(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  // As a part from here on, so that a leftover is swept like any other.
  const part = await newPart(artifactsFolder(home), slugOf(manifest.id))
  try {
    await rename(folder, part)
    await putInPlace(home, part, manifest)
  } finally {
    await dropPart(part)
  }
  return ok(undefined)
}
