/** `importEdition`: an RF2 release becomes an artifact. The work is done in a process of its own; see import-process.ts. */
import { fork } from 'node:child_process'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { ArtifactManifest } from '../artifacts/artifact.ts'
import { type NewArtifact, writeArtifact } from '../artifacts/store.ts'
import type { BuildOptions } from './build/build.ts'
import type { Step } from './build/read-release.ts'
import { EDITION_FILE } from './format.ts'
import { findRelease } from './rf2/find.ts'

export interface ImportEditionOptions extends Omit<BuildOptions, 'progress'> {
  /** TESSERA_HOME; the artifact is made under `<home>/terminology/artifacts`. */
  readonly home: string
  readonly importedBy: string
  /** How the source is named to readers. Default: the name of the first path. */
  readonly source?: string
  readonly progress?: (step: Step) => void
  /** The number of the process that does the work, once it runs. */
  readonly started?: (processId: number) => void
  /** CPU seconds and peak memory of the process, once it is done. */
  readonly used?: (usage: ProcessUsage) => void
}

export interface ProcessUsage {
  readonly cpuSeconds: number
  readonly peakMegabytes: number
}

export interface ImportedEdition {
  readonly manifest: ArtifactManifest
  readonly uri: string
  /** What was odd in the release and did not stop the import, one sentence each. */
  readonly notices: readonly string[]
}

const messageSchema = z.union([
  z.object({
    step: z.object({ phase: z.string(), file: z.string().exactOptional(), rows: z.number().exactOptional() }),
  }),
  z.object({
    done: z.object({
      uri: z.string(),
      module: z.string(),
      version: z.string(),
      counts: z.record(z.string(), z.number()),
      notices: z.array(z.string()),
      usage: z.object({ cpuSeconds: z.number(), peakMegabytes: z.number() }),
    }),
  }),
  z.object({
    problem: z.object({
      code: z.string(),
      sentence: z.string(),
      next: z.string(),
      place: z
        .object({
          file: z.string().exactOptional(),
          line: z.number().exactOptional(),
          column: z.number().exactOptional(),
          byte: z.number().exactOptional(),
          path: z.string().exactOptional(),
        })
        .exactOptional(),
    }),
  }),
])
type Message = z.infer<typeof messageSchema>
type Done = Extract<Message, { done: unknown }>['done']

/**
 * Builds the edition file of a release and puts it in place as an artifact, whole or not at all. `paths`: folders or zips,
 * the edition first, then its extensions. Nothing that exists is touched, whatever happens and whenever the process dies;
 * serving the new artifact is another step (`appendServed`).
 */
export async function importEdition(
  paths: readonly string[],
  options: ImportEditionOptions,
): Promise<Result<ImportedEdition>> {
  const first = paths[0]
  if (first === undefined) {
    return failed('rf2-not-found', 'No release was named.', 'Name the folder or zip of a SNOMED CT release.')
  }
  // Module and version are known when the files have been read: `write` fills them in before the manifest is made.
  const artifact: { -readonly [Key in keyof NewArtifact]: NewArtifact[Key] } = {
    kind: 'snomed-edition',
    title: 'SNOMED CT',
    slug: 'snomed',
    source: options.source ?? basename(resolve(first)),
    reviewed: true,
    importedBy: options.importedBy,
  }
  let done: Done | undefined
  const written = await writeArtifact(options.home, artifact, async (folder) => {
    const built = await buildInProcess(paths, join(folder, EDITION_FILE), options)
    if (!built.ok) return built
    done = built.value
    artifact.slug = `snomed-${done.module}-${done.version}`
    artifact.title = `SNOMED CT ${done.module} ${done.version}`
    artifact.edition = done.uri
    return ok(done.counts)
  })
  if (!written.ok) return written
  if (done === undefined) throw new Error('An artifact was made without being built.')
  options.used?.(done.usage)
  return ok({ manifest: written.value, uri: done.uri, notices: done.notices })
}

/** Whether a folder or zip holds files with RF2 names; for whoever must tell kinds of sources apart. A broken zip counts by its name. */
export async function looksLikeRf2(path: string): Promise<boolean> {
  const found = await findRelease([path], { partial: true })
  if (found.ok) {
    found.value.close()
    return true
  }
  const { code } = found.problem
  return code === 'rf2-zip' ? /snomed|rf2/i.test(basename(path)) : code !== 'rf2-no-release' && code !== 'rf2-not-found'
}

function buildInProcess(
  paths: readonly string[],
  file: string,
  { partial, module, version, unpublished, uri, progress, started }: ImportEditionOptions,
): Promise<Result<Done>> {
  return new Promise((resolve) => {
    // The many short-lived rows die young: a small heap keeps the peak low.
    const child = fork(new URL('./import-process.ts', import.meta.url), { execArgv: ['--max-semi-space-size=8'] })
    let result: Result<Done> | undefined
    if (child.pid !== undefined) started?.(child.pid)
    child.on('message', (raw) => {
      const message = messageSchema.parse(raw)
      if ('step' in message) progress?.(message.step)
      else if ('done' in message) result = ok(message.done)
      else result = { ok: false, problem: message.problem }
    })
    child.on('error', () => resolve(died('it could not be started')))
    child.on('exit', (code, signal) =>
      resolve(result ?? died(signal === null ? `it ended with ${code}` : `it was ended by ${signal}`)),
    )
    child.send({ paths, file, options: { partial, module, version, unpublished, uri } })
  })
}

function died(how: string): { readonly ok: false; readonly problem: Problem } {
  return failed(
    'terminology-import-died',
    `The import did not end by itself: ${how}.`,
    'Nothing was changed. Look for a lack of memory or disk space, then import again.',
  )
}
