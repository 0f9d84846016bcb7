/** What the served release consists of, with the bytes that all threads share. Made by the main thread. */
import { join } from 'node:path'
import { ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { artifactFolder, readArtifact, readServed } from '#terminology/artifacts/store.ts'
import { readConceptTable } from '#terminology/code-systems/table/read.ts'
import { openEdition } from '#terminology/snomed/edition.ts'

export interface PlannedArtifact {
  readonly id: ArtifactId
  readonly folder: string
  readonly title: string
  /** SNOMED CT: the file of the edition, in memory. */
  readonly edition?: SharedArrayBuffer
  /** The tables of large code systems by the name of their file, in memory. */
  readonly tables?: ReadonlyMap<string, SharedArrayBuffer>
}

export interface ContentPlan {
  /** Undefined when nothing was published or imported: the server then has what ships. */
  readonly release: number | undefined
  /** ISO. */
  readonly publishedAt: string | undefined
  /** First wins. */
  readonly artifacts: readonly PlannedArtifact[]
}

/** Opens the artifacts of the served release; editions that `before` has open already are taken over. */
export async function planContent(home: string, before?: ContentPlan): Promise<Result<ContentPlan>> {
  const served = await readServed(home)
  if (!served.ok) return served
  const artifacts: PlannedArtifact[] = []
  for (const id of served.value?.artifacts ?? []) {
    const known = before?.artifacts.find((artifact) => artifact.id === id)
    const opened = known ? ok(known) : await openArtifact(home, id)
    if (!opened.ok) return opened
    artifacts.push(opened.value)
  }
  return ok({ release: served.value?.release, publishedAt: served.value?.publishedAt, artifacts })
}

async function openArtifact(home: string, id: ArtifactId): Promise<Result<PlannedArtifact>> {
  const manifest = await readArtifact(home, id)
  if (!manifest.ok) return manifest
  const folder = artifactFolder(home, id)
  const { kind, title, files } = manifest.value
  if (kind !== 'snomed-edition') {
    const tables = new Map<string, SharedArrayBuffer>()
    for (const name of Object.keys(files).filter((file) => file.endsWith('.table'))) {
      const table = await readConceptTable(join(folder, name))
      if (!table.ok) return table
      tables.set(name, table.value.shared)
    }
    return ok({ id, folder, title, tables })
  }
  const edition = await openEdition(join(folder, 'edition.snomed'))
  return edition.ok ? ok({ id, folder, title, edition: edition.value.shared }) : edition
}
