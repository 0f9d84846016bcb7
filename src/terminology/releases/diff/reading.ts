/** The resources of a release, found by their index and read one at a time. */
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId, ArtifactManifest, ResourceEntry } from '../../artifacts/artifact.ts'
import { artifactFolder, readArtifact } from '../../artifacts/store.ts'
import { withConcepts } from '../../code-systems/concept-table.ts'
import { readConceptTable } from '../../code-systems/table/read.ts'
import { isObject, type JsonObject } from '../../load/json.ts'

export interface PlacedResource extends ResourceEntry {
  readonly artifact: ArtifactId
}

/** One side of a comparison. */
export interface ReleaseContent {
  readonly artifacts: readonly ArtifactManifest[]
  /** In order of precedence: by artifact, then as the artifact lists them. */
  readonly resources: readonly PlacedResource[]
  read(resource: PlacedResource): Promise<JsonObject>
  close(): Promise<void>
}

const entrySchema = z.looseObject({
  resourceType: z.enum(['CodeSystem', 'ValueSet', 'ConceptMap', 'NamingSystem']),
  url: z.string(),
  version: z.string().exactOptional(),
  title: z.string().exactOptional(),
  content: z.string().exactOptional(),
  supplements: z.string().exactOptional(),
  table: z
    .string()
    .regex(/^[\w.-]+$/)
    .exactOptional(),
  offset: z.number().int().nonnegative(),
  length: z.number().int().nonnegative(),
})

/** Fails with the file when an artifact cannot be read. `read` throws when a file is shorter than its index says. */
export async function openReleaseContent(home: string, ids: readonly ArtifactId[]): Promise<Result<ReleaseContent>> {
  const artifacts: ArtifactManifest[] = []
  const resources: PlacedResource[] = []
  for (const id of ids) {
    const manifest = await readArtifact(home, id)
    if (!manifest.ok) return manifest
    artifacts.push(manifest.value)
    if (!('resources.index.json' in manifest.value.files)) continue
    const entries = await readIndex(join(artifactFolder(home, id), 'resources.index.json'))
    if (!entries.ok) return entries
    for (const entry of entries.value) resources.push({ ...entry, artifact: id })
  }
  const handles = new Map<ArtifactId, Promise<FileHandle>>()
  const handleOf = (id: ArtifactId) => {
    const handle = handles.get(id) ?? open(join(artifactFolder(home, id), 'resources.ndjson'))
    handles.set(id, handle)
    return handle
  }
  return ok({
    artifacts,
    resources,
    async read({ artifact, offset, length, table }) {
      const resource = await readJson(await handleOf(artifact), offset, length)
      if (table === undefined) return resource
      const opened = await readConceptTable(join(artifactFolder(home, artifact), table))
      if (!opened.ok) throw new Error(opened.problem.sentence)
      return withConcepts(resource, () => opened.value.table)
    },
    close: async () => {
      for (const handle of handles.values()) await (await handle).close()
    },
  })
}

async function readIndex(file: string): Promise<Result<readonly ResourceEntry[]>> {
  try {
    const parsed = z.array(entrySchema).safeParse(JSON.parse(await readFile(file, 'utf8')))
    if (parsed.success) return ok(parsed.data)
  } catch {
    // Told below, as for a wrong shape.
  }
  return failed(
    'terminology-artifact-damaged',
    'The index of an artifact of terminology cannot be read.',
    'Import it again, or pull the release again.',
    { file },
  )
}

async function readJson(handle: FileHandle, offset: number, length: number): Promise<JsonObject> {
  const bytes = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) throw new Error('The resources of an artifact are shorter than its index says.')
    done += bytesRead
  }
  const json: unknown = JSON.parse(bytes.toString('utf8'))
  if (!isObject(json)) throw new Error('A line of the resources of an artifact is no resource.')
  return json
}

/** True when both sides read the very same bytes. */
export function areSame(before: readonly PlacedResource[], after: readonly PlacedResource[]): boolean {
  const key = ({ artifact, offset }: PlacedResource) => `${artifact}@${offset}`
  return before.length === after.length && before.every((one, index) => key(one) === key(after[index] ?? one))
}
