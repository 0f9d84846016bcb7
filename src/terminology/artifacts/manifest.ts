/** `artifact.json` and `current.json` as they are read: parsed once, refused with the file's name. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId, ArtifactManifest, ServedRelease } from './artifact.ts'
import { systemCode } from './durable.ts'

export type ManifestProblemCode =
  | 'terminology-artifact-missing'
  | 'terminology-artifact-damaged'
  | 'terminology-release-damaged'

export const ARTIFACT_ID = /^[a-z0-9](?:[a-z0-9.-]{0,78}[a-z0-9])?-[0-9a-f]{16}$/
/** File names of an artifact; no folders, so that a name from outside can never lead out of the artifact. */
export const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/

export function isArtifactId(text: string): text is ArtifactId {
  return ARTIFACT_ID.test(text) && !text.includes('..') && !text.includes('.part-')
}

const artifactId = z.string().refine(isArtifactId, 'is not the id of an artifact')

const manifestSchema: z.ZodType<ArtifactManifest> = z.object({
  format: z.literal(1),
  id: artifactId,
  kind: z.enum(['resources', 'snomed-edition']),
  title: z.string(),
  source: z.string(),
  reviewed: z.boolean(),
  importedAt: z.string(),
  importedBy: z.string(),
  files: z.record(z.string().regex(FILE_NAME), z.string().regex(/^[0-9a-f]{64}$/)),
  counts: z.record(z.string(), z.number()),
  edition: z.string().exactOptional(),
})

const servedSchema: z.ZodType<ServedRelease> = z.object({
  format: z.literal(1),
  release: z.number().int().positive(),
  publishedAt: z.string(),
  artifacts: z.array(artifactId),
  centre: z.string().exactOptional(),
  pulled: z.object({ from: z.string(), release: z.number().int().positive() }).exactOptional(),
})

export function parseManifest(value: unknown, file: string): Result<ArtifactManifest, ManifestProblemCode> {
  const parsed = manifestSchema.safeParse(value)
  return parsed.success ? ok(parsed.data) : damaged(firstIssue(parsed.error), file)
}

export async function readManifest(file: string): Promise<Result<ArtifactManifest, ManifestProblemCode>> {
  const json = await readJson(file)
  if (json === undefined) {
    return failed(
      'terminology-artifact-missing',
      'There is no such artifact of terminology here.',
      'List what is there with `tessera terminology release history`, or import it again.',
      { file },
    )
  }
  return json.ok ? parseManifest(json.value, file) : damaged(json.problem.sentence, file)
}

/** The served release in a file; undefined when there is none. */
export async function readRelease(file: string): Promise<Result<ServedRelease | undefined, ManifestProblemCode>> {
  const json = await readJson(file)
  if (json === undefined) return ok(undefined)
  const parsed = json.ok ? servedSchema.safeParse(json.value) : undefined
  if (parsed?.success) return ok(parsed.data)
  return failed(
    'terminology-release-damaged',
    'The file that names the served release of terminology is damaged.',
    'Publish a release again, or restore the file from a backup.',
    { file },
  )
}

async function readJson(file: string): Promise<Result<unknown> | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
  try {
    return ok(JSON.parse(text))
  } catch {
    return failed('json', 'it is not JSON', '')
  }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'unreadable'}`
}

function damaged(why: string, file: string) {
  return failed(
    'terminology-artifact-damaged',
    `The manifest of an artifact of terminology is damaged (${why}).`,
    'Import it again, or pull the release again.',
    { file },
  )
}
