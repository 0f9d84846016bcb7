/** What a node offers to subscribers: releases that were published, their artifacts, their files. No HTTP here. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from '../../artifacts/artifact.ts'
import { systemCode } from '../../artifacts/durable.ts'
import { artifactFolder, isArtifactId, readArtifact } from '../../artifacts/store.ts'
import { publishedReleases } from '../published.ts'
import type { Release } from '../release.ts'
import type { OfferedArtifact, OfferedContent, OfferedList } from './offered.ts'

export interface OfferedFile {
  /** Bytes of the whole file. */
  readonly size: number
  /** SHA-256, hexadecimal. */
  readonly hash: string
  /** The bytes from `from` on; read when it is asked for. */
  stream(from: number): ReadableStream<Uint8Array>
}

export interface ReleaseOffer {
  list(): Promise<Result<OfferedList>>
  /** @param wanted a number, or `current` */
  release(wanted: string): Promise<Result<OfferedContent>>
  file(artifact: string, name: string): Promise<Result<OfferedFile>>
}

export interface ReleaseOfferOptions {
  readonly home: string
  /** Releases of the centre. What was published without it is offered beside them. */
  readonly releases?: () => Promise<readonly Release[]>
}

export function createReleaseOffer({ home, releases }: ReleaseOfferOptions): ReleaseOffer {
  const list = async (): Promise<Result<OfferedList>> => {
    const offered = await publishedReleases(home, releases)
    if (!offered.ok) return offered
    const current = offered.value.find(({ state }) => state === 'published')
    return ok({ format: 1, ...(current && { current: current.number }), releases: offered.value })
  }
  return {
    list,
    async release(wanted) {
      const offered = await list()
      if (!offered.ok) return offered
      const number = wanted === 'current' ? offered.value.current : Number(wanted)
      const release = offered.value.releases.find((one) => one.number === number)
      if (!release) return notOffered('There is no such release to pull.')
      const contents: OfferedArtifact[] = []
      for (const id of release.artifacts) {
        const content = await describe(home, id)
        if (!content.ok) return content
        contents.push(content.value)
      }
      return ok({ format: 1, release, contents })
    },
    async file(artifact, name) {
      const offered = await list()
      if (!offered.ok) return offered
      const isOffered = offered.value.releases.some(({ artifacts }) => artifacts.some((id) => id === artifact))
      if (!isArtifactId(artifact) || !isOffered) return notOffered('There is no such artifact to pull.')
      const manifest = await readArtifact(home, artifact)
      if (!manifest.ok) return manifest
      const hash = Object.hasOwn(manifest.value.files, name) ? manifest.value.files[name] : undefined
      if (hash === undefined) return notOffered('The artifact has no such file.')
      return openFile(join(artifactFolder(home, artifact), name), hash)
    },
  }
}

async function describe(home: string, id: ArtifactId): Promise<Result<OfferedArtifact>> {
  const manifest = await readArtifact(home, id)
  if (!manifest.ok) return manifest
  const sizes: Record<string, number> = {}
  for (const name of Object.keys(manifest.value.files)) {
    const file = await openFile(join(artifactFolder(home, id), name), '')
    if (!file.ok) return file
    sizes[name] = file.value.size
  }
  return ok({ manifest: manifest.value, sizes })
}

async function openFile(path: string, hash: string): Promise<Result<OfferedFile>> {
  try {
    const { size } = await stat(path)
    return ok({ size, hash, stream: (from) => streamOf(path, from) })
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    const next = 'Import it again, or restore it from a backup.'
    return failed('terminology-artifact-damaged', 'A file of an artifact cannot be read.', next, { file: path })
  }
}

function streamOf(path: string, from: number): ReadableStream<Uint8Array> {
  const source = createReadStream(path, { start: from, highWaterMark: 256 * 1024 })
  return Readable.toWeb(source) as ReadableStream<Uint8Array>
}

function notOffered(sentence: string) {
  return failed('terminology-release-unknown', sentence, 'List the releases that are offered.')
}
