/**
 * The releases of a holder's datasets on this node's disk: loading from a folder that was laid there, reports, labels. Health
 * data never go through a browser. A load runs in the process that began it; what it made is found by every replica.
 */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { computeLabel, type QualityLabel } from '#research/omop/quality/label.ts'
import { type LoadOptions, loadRelease } from '#research/omop/release/load.ts'
import { openRelease } from '#research/omop/release/open.ts'
import { identifierFolder, isReleaseName, releaseFile } from '#research/omop/release/place.ts'
import { countRejections, type Rejection, type RejectionCount } from '#research/omop/release/rejections.ts'
import type { LoadProgress, ReleaseMetadata } from '#research/omop/release/report.ts'

export interface HeldRelease {
  readonly release: string
  /** The file that engines open. */
  readonly path: string
  readonly metadata: ReleaseMetadata
}

export interface ReleaseReport extends HeldRelease {
  readonly rejectionCounts: readonly RejectionCount[]
  /** As it was computed last. */
  readonly label?: QualityLabel
}

export interface ShelfLoad {
  readonly dataset: string
  readonly release: string
  readonly folder: string
  /** ISO 8601. */
  readonly began: string
  readonly state: 'running' | 'failed' | 'done'
  readonly progress?: LoadProgress
  readonly problem?: Problem
}

export type ShelfProblemCode = 'folder-unknown' | 'release-name' | 'release-exists' | 'load-running'

export interface NewLoad {
  readonly dataset: string
  readonly holder: string
  /** One of `folders(holder)`. */
  readonly folder: string
  readonly release: string
}

export interface ReleaseShelf {
  /** Newest first. */
  releases(dataset: string): Promise<readonly HeldRelease[]>
  /** Folders that lie ready for this holder. */
  folders(holder: string): Promise<readonly string[]>
  /** Begins a load and comes back at once. */
  begin(load: NewLoad): Promise<Result<void, ShelfProblemCode>>
  /** Loads that this process began, newest first. */
  loads(dataset: string): readonly ShelfLoad[]
  report(dataset: string, release: string): Promise<ReleaseReport | undefined>
  /** Every row that was not loaded, in the order of the files. */
  rejections(dataset: string, release: string): Promise<readonly Rejection[] | undefined>
  /** Runs the checks and keeps the label beside the release (EHDS Art. 78). `day`: ISO 8601. */
  computeLabel(dataset: string, release: string, day: string): Promise<QualityLabel | undefined>
  /** Resolves when what was begun has ended. */
  settled(): Promise<void>
}

export interface ShelfOptions {
  /** Where releases are kept: a folder for each dataset. */
  readonly folder: string
  /** Where holders lay their data: a folder for each holder. */
  readonly inbox: string
  /** Settings of every load. */
  readonly load?: Pick<LoadOptions, 'vocabulary' | 'threads' | 'memory' | 'mostRejected'>
  readonly now?: () => Date
}

export function openReleaseShelf({ folder, inbox, load = {}, now = () => new Date() }: ShelfOptions): ReleaseShelf {
  const known = new Map<string, ReleaseMetadata>()
  const loads: ShelfLoad[] = []
  const running = new Set<Promise<void>>()
  const fileOf = (dataset: string, release: string) => releaseFile(folder, dataset, release)
  const labelOf = (dataset: string, release: string) => fileOf(dataset, release).replace(/\.duckdb$/, '.label.json')

  async function held(dataset: string, release: string): Promise<HeldRelease | undefined> {
    if (!isReleaseName(release)) return undefined
    const path = fileOf(dataset, release)
    const seen = known.get(path)
    if (seen) return { release, path, metadata: seen }
    return withRelease(path, ({ metadata }) => {
      known.set(path, metadata)
      return Promise.resolve({ release, path, metadata })
    })
  }

  async function folders(holder: string): Promise<readonly string[]> {
    const names = await namesIn(join(inbox, identifierFolder('holder', holder)))
    return names.filter(isReleaseName).sort()
  }

  function run(wish: NewLoad): void {
    const { dataset, release, holder } = wish
    const at = loads.length
    const state: ShelfLoad = { dataset, release, folder: wish.folder, began: now().toISOString(), state: 'running' }
    loads.push(state)
    const become = (change: Partial<ShelfLoad>) => {
      loads[at] = { ...(loads[at] ?? state), ...change }
    }
    const sources = [join(inbox, identifierFolder('holder', holder), wish.folder)]
    const work = loadRelease(
      { ...load, now, sources, target: fileOf(dataset, release), dataset, release },
      (progress) => become({ progress }),
    ).then((loaded) => become(loaded.ok ? { state: 'done' } : { state: 'failed', problem: loaded.problem }))
    const watched = work.finally(() => running.delete(watched))
    running.add(watched)
  }

  return {
    folders,
    loads: (dataset) => loads.filter((one) => one.dataset === dataset).reverse(),
    async releases(dataset) {
      const names = await namesIn(join(folder, identifierFolder('dataset', dataset)))
      const releases = names.flatMap((name) => (name.endsWith('.duckdb') ? [name.slice(0, -'.duckdb'.length)] : []))
      const all = await Promise.all(releases.map((release) => held(dataset, release)))
      return all
        .filter((one) => one !== undefined)
        .sort((one, other) => (one.metadata.created < other.metadata.created ? 1 : -1))
    },
    async begin(wish) {
      const { dataset, release } = wish
      if (!isReleaseName(release)) return RELEASE_NAME
      if (!(await folders(wish.holder)).includes(wish.folder)) return FOLDER_UNKNOWN
      if (await held(dataset, release)) return RELEASE_EXISTS
      // Last, so that of two wishes at the same moment one begins.
      if (loads.some((one) => one.dataset === dataset && one.state === 'running')) return LOAD_RUNNING
      run(wish)
      return ok(undefined)
    },
    async report(dataset, release) {
      const found = await held(dataset, release)
      if (!found) return undefined
      const label = await storedLabel(labelOf(dataset, release))
      return withRelease(found.path, async ({ database }) => ({
        ...found,
        rejectionCounts: await countRejections(database),
        ...(label ? { label } : {}),
      }))
    },
    async rejections(dataset, release) {
      const found = await held(dataset, release)
      return found && withRelease(found.path, (open) => open.rejections())
    },
    async computeLabel(dataset, release, day) {
      const found = await held(dataset, release)
      const label = found && (await withRelease(found.path, (open) => computeLabel(open, day)))
      if (label) await storeLabel(labelOf(dataset, release), label)
      return label
    },
    async settled() {
      await Promise.all(running)
    },
  }
}

type Opened = Extract<Awaited<ReturnType<typeof openRelease>>, { readonly ok: true }>['value']

/** Undefined when there is no release that can be read. */
async function withRelease<T>(path: string, work: (release: Opened) => Promise<T>): Promise<T | undefined> {
  const opened = await openRelease(path, { threads: 1 })
  if (!opened.ok) return undefined
  try {
    return await work(opened.value)
  } finally {
    opened.value.close()
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch {
    // Nothing was laid there yet.
    return []
  }
}

async function storedLabel(path: string): Promise<QualityLabel | undefined> {
  try {
    // Written by `storeLabel`.
    return JSON.parse(await readFile(path, 'utf8')) as QualityLabel
  } catch {
    return undefined
  }
}

async function storeLabel(path: string, label: QualityLabel): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(`${path}.part`, JSON.stringify(label), { mode: 0o600 })
  await rename(`${path}.part`, path)
}

const RELEASE_NAME = failed(
  'release-name',
  'A release is named with letters, digits, points and lines.',
  'Choose another name, for example 2029-05.',
)
const RELEASE_EXISTS = failed('release-exists', 'A release is never changed.', 'Give the new release its own name.')
const LOAD_RUNNING = failed('load-running', 'This dataset is being loaded.', 'Wait until it is done.')
const FOLDER_UNKNOWN = failed('folder-unknown', 'No such folder lies ready.', 'Lay the files into the inbox first.')
