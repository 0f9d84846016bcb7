/** What the release commands do. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usedCodesOf } from '#node/releases/used-codes.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { isArtifactId } from '#terminology/artifacts/store.ts'
import type { ReleaseCentre } from '#terminology/releases/centre.ts'
import { differenceText } from '#terminology/releases/diff/text.ts'
import type { Release, ReleaseEvent } from '#terminology/releases/release.ts'
import { pullRelease } from '#terminology/releases/subscription/pull.ts'
import { EXIT } from '../program.ts'
import { DATA, tesseraHome } from '../project.ts'
import { show, tell, withOpenCentre } from './centre.ts'
import type { CentreOptions, DiffOptions, PublishOptions, PullOptions, StageOptions } from './release.ts'

export async function stage(named: readonly string[], options: StageOptions): Promise<number> {
  const artifacts: ArtifactId[] = []
  for (const id of named) {
    if (!isArtifactId(id)) {
      return tell(failed('no-artifact', `“${id}” is not the id of an artifact.`, 'Copy it from the import.').problem)
    }
    artifacts.push(id)
  }
  return withOpenCentre(options, {}, async ({ centre, served }) => {
    const current = options.replace ? ok([]) : await served()
    if (!current.ok) return tell(current.problem)
    const kept = current.value.filter((id) => !artifacts.some((added) => isSameThing(added, id)))
    const { title } = options
    const staged = await centre.stage({
      artifacts: [...artifacts, ...kept],
      ...stepOf(options),
      ...(title !== undefined && { title }),
    })
    return show(staged, options.json, (release) => `Release ${release.number} is staged: ${release.title}.`)
  })
}

/** A newer state of a thing takes the place of the older one, as an import does. */
function isSameThing(added: ArtifactId, id: ArtifactId): boolean {
  return added.slice(0, -17) === id.slice(0, -17)
}

function stepOf({ by, note }: { readonly by: string; readonly note?: string }) {
  return { by, ...(note !== undefined && { note }) }
}

export async function step(
  which: 'approve' | 'reject' | 'publish' | 'rollback',
  number: number,
  options: PublishOptions,
): Promise<number> {
  const settings = options.samePerson ? { separateDuties: false } : {}
  return withOpenCentre(options, settings, async ({ centre }) => {
    const taken = await take(centre, which, number, options)
    return show(taken, options.json, (release) => `Release ${release.number} is ${release.state}.`)
  })
}

function take(
  centre: ReleaseCentre,
  which: 'approve' | 'reject' | 'publish' | 'rollback',
  number: number,
  options: PublishOptions,
): Promise<Result<Release>> {
  const said = stepOf(options)
  return which === 'publish'
    ? centre.publish(number, { ...said, over: options.over ?? false })
    : centre[which](number, said)
}

export async function diff(to: number | undefined, from: number | undefined, options: DiffOptions): Promise<number> {
  return withOpenCentre(options, {}, async (opened) => {
    const after = await artifactsOf(opened.centre, to)
    if (!after.ok) return tell(after.problem)
    const before = from === undefined ? await opened.served() : await artifactsOf(opened.centre, from)
    if (!before.ok) return tell(before.problem)
    const { documents, limit } = options
    const used = documents === false ? undefined : await usedCodesOf(documents ?? join(DATA, 'demo'))
    const found = await opened.diff(before.value, after.value, { limit, ...(used && { used }) })
    if (!found.ok) return tell(found.problem)
    if (options.json) console.log(JSON.stringify(found.value, null, 2))
    else console.log(differenceText(found.value).trimEnd())
    return EXIT.fine
  })
}

async function artifactsOf(centre: ReleaseCentre, number: number | undefined): Promise<Result<readonly ArtifactId[]>> {
  if (number !== undefined) {
    const release = await centre.release(number)
    return release.ok ? ok(release.value.artifacts) : release
  }
  const waiting = (await centre.releases()).find(({ state }) => state === 'staged' || state === 'approved')
  if (waiting) return ok(waiting.artifacts)
  return failed('nothing-staged', 'No release is staged or approved.', 'Name the number of a release.')
}

export async function history(number: number | undefined, options: CentreOptions): Promise<number> {
  return withOpenCentre(options, {}, async ({ centre }) => {
    if (number === undefined) {
      const releases = await centre.releases()
      return show(ok(releases), options.json, () => releases.map(releaseLine).join('\n') || 'There is no release yet.')
    }
    const release = await centre.release(number)
    if (!release.ok) return tell(release.problem)
    const events = await centre.history(number)
    return show(ok({ ...release.value, history: events }), options.json, () =>
      [releaseLine(release.value), ...release.value.artifacts.map((id) => `  ${id}`), ...events.map(eventLine)].join(
        '\n',
      ),
    )
  })
}

function releaseLine({ number, state, title, stagedAt, stagedBy, publishedAt, outside }: Release): string {
  const published = publishedAt === undefined ? '' : `, published ${publishedAt}`
  const how = outside
    ? `published outside the release centre ${stagedAt} by ${stagedBy}`
    : `staged ${stagedAt} by ${stagedBy}${published}`
  return `${String(number).padStart(4)}  ${state.padEnd(11)} ${title} (${how})`
}

function eventLine({ at, by, action, note }: ReleaseEvent): string {
  return `  ${at}  ${action.padEnd(19)} ${by}${note === '' ? '' : `: ${note}`}`
}

/** The first line: a token on the command line would be seen by everybody on the machine. */
async function tokenOf(file: string | undefined): Promise<Result<string | undefined>> {
  if (file === undefined) return ok(undefined)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  const token = text?.trim().split(/\s/)[0]
  if (token !== undefined && /^[\w.~+/-]+=*$/.test(token)) return ok(token)
  return failed('no-token', 'The file holds no token.', 'Write the token that the authority gave into it.', { file })
}

export async function pull(address: string, options: PullOptions): Promise<number> {
  const shown = process.stderr.isTTY === true
  const token = await tokenOf(options.tokenFile)
  if (!token.ok) return tell(token.problem)
  const pulled = await pullRelease(address, options.home ?? tesseraHome(), {
    ...(options.release !== undefined && { version: options.release }),
    serve: options.fetchOnly !== true,
    ...(token.value !== undefined && { token: token.value }),
    rolledBack: options.rolledBack ?? false,
    progress: ({ bytes, of }) => {
      if (shown) process.stderr.write(`\r\x1b[2K${Math.floor((bytes * 100) / Math.max(of, 1))} % of ${of} bytes`)
    },
  })
  if (shown) process.stderr.write('\r\x1b[2K')
  return show(pulled, options.json, ({ release, fetched, served }) => {
    const end = served
      ? `It is served as release ${served.release}.`
      : `It is not served. ${release.artifacts.join(' ')}`
    return `Release ${release.number} (${release.title}): ${fetched} bytes were fetched. ${end}`
  })
}
