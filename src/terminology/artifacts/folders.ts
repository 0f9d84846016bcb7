/** Artifacts on the disk: found by id, checked by hash. The layout is in artifact.ts. */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, type Problem, type Result } from '#platform/result/result.ts'
import type { ArtifactId, ArtifactKind, ArtifactManifest } from './artifact.ts'
import { hashFile, systemCode } from './durable.ts'
import { isArtifactId, type ManifestProblemCode, readManifest } from './manifest.ts'

export const MANIFEST = 'artifact.json'

export function artifactsFolder(home: string): string {
  return join(home, 'terminology', 'artifacts')
}

export function artifactFolder(home: string, id: ArtifactId): string {
  return join(artifactsFolder(home), id)
}

/** The artifacts of a home folder by id; unreadable ones are in `problems`. */
export async function listArtifacts(
  home: string,
): Promise<{ readonly artifacts: readonly ArtifactManifest[]; readonly problems: readonly Problem[] }> {
  const names = await readdir(artifactsFolder(home)).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
  const artifacts: ArtifactManifest[] = []
  const problems: Problem[] = []
  for (const id of names.sort().filter((name) => isArtifactId(name))) {
    const manifest = await readArtifact(home, id)
    if (manifest.ok) artifacts.push(manifest.value)
    else problems.push(manifest.problem)
  }
  return { artifacts, problems }
}

/** The manifest of an artifact. Its files are not read; see `verifyArtifact`. */
export async function readArtifact(
  home: string,
  id: ArtifactId,
): Promise<Result<ArtifactManifest, ManifestProblemCode>> {
  const file = join(artifactFolder(home, id), MANIFEST)
  const manifest = await readManifest(file)
  if (!manifest.ok || manifest.value.id === id) return manifest
  return damaged(file, 'it is the manifest of another artifact')
}

/** Reads every file of an artifact through. Fails with the name of the first that is missing or altered. */
export async function verifyArtifact(
  home: string,
  id: ArtifactId,
): Promise<Result<ArtifactManifest, ManifestProblemCode>> {
  const manifest = await readArtifact(home, id)
  if (!manifest.ok) return manifest
  const { kind, files } = manifest.value
  const file = join(artifactFolder(home, id), MANIFEST)
  if (artifactIdOf(slugOf(manifest.value.id), kind, files) !== id)
    return damaged(file, 'its hashes are not those of its id')
  for (const [name, hash] of Object.entries(files)) {
    const path = join(artifactFolder(home, id), name)
    const found = await hashFile(path).catch((error: unknown) => {
      if (systemCode(error) === undefined) throw error
      return undefined
    })
    if (found !== hash) return damaged(path, found === undefined ? 'it cannot be read' : 'its content was altered')
  }
  return manifest
}

/** The id that content has. `files`: SHA-256 by name. */
export function artifactIdOf(slug: string, kind: ArtifactKind, files: Readonly<Record<string, string>>): ArtifactId {
  const hash = createHash('sha256').update(`${kind}\n`)
  for (const name of Object.keys(files).sort()) hash.update(`${name} ${files[name]}\n`)
  return `${slug}-${hash.digest('hex').slice(0, 16)}` as ArtifactId
}

/** The part of an id that names the thing. */
export function slugOf(id: ArtifactId): string {
  return id.slice(0, -17)
}

/** Lower case, digits, dots and hyphens; never empty, never with the mark of a part. */
export function slugFrom(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replaceAll('.part-', '-part-')
    .slice(0, 60)
    .replace(/^[.-]+|[.-]+$/g, '')
  return plain || 'terminology'
}

function damaged(file: string, why: string) {
  return failed(
    'terminology-artifact-damaged',
    `An artifact of terminology is damaged: ${why}.`,
    'Import it again, or pull the release again.',
    { file },
  )
}
