/** Making an artifact: a folder filled beside, sealed, and put in its place whole or not at all. */
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ok, type Result } from '#platform/result/result.ts'
import type { ArtifactKind, ArtifactManifest } from './artifact.ts'
import {
  hashFile,
  type StorageProblemCode,
  storageProblem,
  syncFile,
  syncFolder,
  systemCode,
  writeDurably,
} from './durable.ts'
import { artifactFolder, artifactIdOf, artifactsFolder, MANIFEST, slugFrom, verifyArtifact } from './folders.ts'
import { FILE_NAME } from './manifest.ts'
import { dropPart, newPart, sweepParts } from './parts.ts'

export { artifactFolder, listArtifacts, readArtifact, slugOf, verifyArtifact } from './folders.ts'
export { isArtifactId } from './manifest.ts'
export { appendServed, publishServed, readServed } from './served.ts'

export interface NewArtifact {
  readonly kind: ArtifactKind
  readonly title: string
  /** How the source is named to the reader of a term. */
  readonly source: string
  readonly reviewed: boolean
  readonly importedBy: string
  /**
   * Names the thing, not its state: a newer import with the same slug takes the place of the older one when it is served.
   * Default: made of the title.
   */
  readonly slug?: string
  /** kind `snomed-edition`: the URI of edition and version. */
  readonly edition?: string
}

/**
 * Lets `write` fill a new folder (flat: files, no folders within) and makes an artifact of it; `write` gives the counts
 * that the manifest shows. Nothing is left behind when `write` fails or throws. The same kind, slug and files are the same
 * artifact: it is then found, not made again (and mended when the one on the disk is damaged).
 */
export async function writeArtifact<Code extends string>(
  home: string,
  artifact: NewArtifact,
  write: (folder: string) => Promise<Result<Record<string, number>, Code>>,
): Promise<Result<ArtifactManifest, Code | StorageProblemCode>> {
  const folder = artifactsFolder(home)
  let part: string | undefined
  try {
    await mkdir(folder, { recursive: true })
    await sweepParts(folder)
    part = await newPart(folder, slugFrom(artifact.slug ?? artifact.title))
    const counts = await write(part)
    if (!counts.ok) return counts
    const manifest = await sealed(part, artifact, counts.value)
    return ok(await putInPlace(home, part, manifest))
  } catch (error) {
    return storageProblem(error, folder)
  } finally {
    if (part !== undefined) await dropPart(part)
  }
}

/** Moves a finished folder to its place, or drops it when the artifact is there and sound. */
export async function putInPlace(home: string, part: string, manifest: ArtifactManifest): Promise<ArtifactManifest> {
  const place = artifactFolder(home, manifest.id)
  for (let attempt = 1; ; attempt += 1) {
    const there = await stat(place).catch(() => undefined)
    if (there) {
      const sound = await verifyArtifact(home, manifest.id)
      if (sound.ok) return sound.value
      // Out of the way by a rename, so that there is never half an artifact under its name.
      const aside = await newPart(artifactsFolder(home), 'damaged')
      await rename(place, aside).finally(() => dropPart(aside))
    }
    try {
      await rename(part, place)
      await syncFolder(artifactsFolder(home))
      return manifest
    } catch (error) {
      // Another process has put the same artifact there meanwhile.
      const code = systemCode(error)
      if (attempt === 3 || (code !== 'ENOTEMPTY' && code !== 'EEXIST')) throw error
    }
  }
}

async function sealed(
  part: string,
  artifact: NewArtifact,
  counts: Readonly<Record<string, number>>,
): Promise<ArtifactManifest> {
  const files: Record<string, string> = {}
  for (const entry of (await readdir(part, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile() || !FILE_NAME.test(entry.name) || entry.name === MANIFEST) {
      throw new Error(`An artifact holds plain files only, not ${entry.name}.`)
    }
    files[entry.name] = await hashFile(join(part, entry.name))
    await syncFile(join(part, entry.name))
  }
  const { kind, title, source, reviewed, importedBy, edition } = artifact
  const manifest: ArtifactManifest = {
    format: 1,
    id: artifactIdOf(slugFrom(artifact.slug ?? title), kind, files),
    kind,
    title,
    source,
    reviewed,
    importedAt: new Date().toISOString(),
    importedBy,
    files,
    counts,
    ...(edition === undefined ? {} : { edition }),
  }
  await writeDurably(join(part, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}
