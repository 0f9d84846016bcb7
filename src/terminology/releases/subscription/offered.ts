/** What subscribers read: the documents of the offer, parsed at the border. */
import { z } from 'zod'
import type { ArtifactId, ArtifactManifest } from '../../artifacts/artifact.ts'
import { FILE_NAME, isArtifactId, parseManifest } from '../../artifacts/manifest.ts'

export type OfferedState = 'published' | 'superseded' | 'rolled-back'

export interface OfferedRelease {
  /** By which it is asked for. */
  readonly number: number
  readonly title: string
  readonly state: OfferedState
  readonly publishedAt: string
  readonly artifacts: readonly ArtifactId[]
}

export interface OfferedList {
  readonly format: 1
  /** The release that is served now. */
  readonly current?: number
  /** Newest first. */
  readonly releases: readonly OfferedRelease[]
}

export interface OfferedArtifact {
  readonly manifest: ArtifactManifest
  /** Bytes of each file of the manifest. */
  readonly sizes: Readonly<Record<string, number>>
}

/** All that is needed to fetch a release. */
export interface OfferedContent {
  readonly format: 1
  readonly release: OfferedRelease
  readonly contents: readonly OfferedArtifact[]
}

const manifest = z.unknown().transform((value, context): ArtifactManifest => {
  const parsed = parseManifest(value, 'artifact.json')
  if (parsed.ok) return parsed.value
  context.addIssue(parsed.problem.sentence)
  return z.NEVER
})

const contentSchema: z.ZodType<OfferedContent> = z.object({
  format: z.literal(1),
  release: z.object({
    number: z.number().int().positive(),
    title: z.string().max(1000),
    state: z.enum(['published', 'superseded', 'rolled-back']),
    publishedAt: z.string(),
    artifacts: z.array(z.string().refine(isArtifactId)).min(1).max(1000),
  }),
  contents: z
    .array(z.object({ manifest, sizes: z.record(z.string().regex(FILE_NAME), z.number().int().nonnegative()) }))
    .max(1000),
})

/** The content, when it is one and speaks of exactly the artifacts of its release, each with all sizes. */
export function parseOfferedContent(value: unknown): OfferedContent | undefined {
  const parsed = contentSchema.safeParse(value)
  if (!parsed.success) return undefined
  const { release, contents } = parsed.data
  const ids = contents.map(({ manifest: { id } }) => id)
  const sized = contents.every(({ manifest: { files }, sizes }) => Object.keys(files).every((name) => name in sizes))
  return sized && ids.join() === release.artifacts.join() ? parsed.data : undefined
}
