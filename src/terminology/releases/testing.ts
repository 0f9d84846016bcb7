/** For tests: small artifacts, and results that must be. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from '../artifacts/artifact.ts'
import { writeArtifact } from '../artifacts/store.ts'
import { emptyContent } from '../content.ts'
import type { ImportedResource } from '../import/resource.ts'
import { createResourceWriter } from '../import/writer.ts'

export function must<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : `${result.problem.code}: ${result.problem.sentence}`)
  return result.value
}

export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.problem.code
}

/** An artifact of plain files, by name. */
export async function artifactOf(
  home: string,
  slug: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<ArtifactId> {
  const about = { kind: 'resources', title: slug, source: slug, reviewed: true, importedBy: 'Ana', slug } as const
  return must(
    await writeArtifact(home, about, async (folder) => {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
      return ok({})
    }),
  ).id
}

/** An artifact of FHIR R5 resources, as an import makes it. */
export async function resourcesArtifact(
  home: string,
  slug: string,
  resources: readonly ImportedResource[],
): Promise<ArtifactId> {
  const about = { kind: 'resources', title: slug, source: slug, reviewed: true, importedBy: 'Ana', slug } as const
  return must(
    await writeArtifact(home, about, async (folder) => {
      const provenance = { source: slug, reviewed: true, displayReviewed: true, canonical: (system: string) => system }
      const writer = createResourceWriter(folder, emptyContent(), provenance)
      for (const resource of resources) writer.add(resource)
      const count = writer.finish({ words: new Set(), byLanguage: new Map() })
      writer.close()
      return ok({ resources: count })
    }),
  ).id
}
