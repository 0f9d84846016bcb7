/** Which release of a dataset answers questions under permits: what the holder sees of it, and his choice, with a confirmation. */
import type { Problem } from '#platform/result/result.ts'
import type { CurrentRelease } from '#research/omop/current/current-releases.ts'
import { refused } from '../../case-desk/refusal.ts'
import {
  alert,
  button,
  checkbox,
  errorSummary,
  type FieldError,
  form,
  linkButton,
  summaryList,
} from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { moment, show } from '../../ui/site.ts'
import type { HolderVisit } from '../holder-visit.ts'
import { ownDataset } from '../own-datasets.ts'
import type { HeldRelease } from '../release-shelf.ts'
import { changeProblem } from './dataset.ts'

/** What is to be confirmed. */
interface Use {
  readonly dataset: string
  readonly title: string
  readonly wanted: HeldRelease
  readonly current: CurrentRelease | undefined
}

interface UseState {
  readonly problem?: Problem
  /** Tables of which it must be confirmed that they have no rows any more. */
  readonly emptied?: readonly string[]
  readonly errors?: readonly FieldError[]
}

/** Above the list of releases. */
export function answeringSection(
  visit: HolderVisit,
  dataset: string,
  current: CurrentRelease | undefined,
  releases: readonly HeldRelease[],
): Html {
  const { words, options, context } = visit
  if (!current) return html`<p>${words('holder.use.nothing')}</p>`
  const { release, chosen } = current
  if (options.current.fileOf(dataset, release) === undefined && chosen !== undefined)
    return alert('warning', words('holder.use.gone', { release }))
  if (context.req.query('done') === 'use') return alert('success', words('holder.use.done', { release }))
  if (chosen === undefined && !releases.some(({ path }) => path === current.file))
    return html`<p>${words('holder.use.configured', { release })}</p>`
  return html`<p>${words('holder.use.answering', { release })}</p>`
}

/** Says what will happen, or why it cannot. */
export async function showUse(visit: HolderVisit): Promise<Response> {
  const { req } = visit.context
  const use = await wantedUse(visit, req.query('dataset') ?? '', req.query('release') ?? '')
  if (!use) return refused(visit, 'not-found')
  return checkedPage(visit, use)
}

export async function useRelease(visit: HolderVisit): Promise<Response> {
  const { options, person, context, words } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const use = await wantedUse(visit, sent.get('dataset') ?? '', sent.get('release') ?? '')
  if (!use) return refused(visit, 'not-found')
  const { identifier, name, organisation } = person
  const { dataset, wanted } = use
  const used = await options.current.use({
    ...{ dataset, release: wanted.release, holder: organisation.identifier, by: { identifier, name } },
    instead: sent.get('instead') || undefined,
    // What was shown, and ticked: nothing else is confirmed.
    without: sent.has('without') ? sent.getAll('emptied') : [],
  })
  if (used.ok) return context.redirect(visit.address('/releases', { dataset, done: 'use' }), 303)
  if (used.problem.code !== 'release-tables-emptied') return usePage(visit, use, { problem: used.problem })
  return checkedPage(visit, use, [{ field: 'without', message: words('holder.problem.release-tables-emptied') }])
}

/** Of a dataset of this holder, a release that is on the shelf. */
async function wantedUse(visit: HolderVisit, dataset: string, release: string): Promise<Use | undefined> {
  const { options } = visit
  const stored = await ownDataset(visit, dataset)
  const wanted = stored && (await options.releases.releases(stored.iri)).find((one) => one.release === release)
  if (!stored || !wanted) return undefined
  return { dataset: stored.iri, title: stored.title, wanted, current: await options.current.currentOf(stored.iri) }
}

async function checkedPage(visit: HolderVisit, use: Use, errors: readonly FieldError[] = []): Promise<Response> {
  const holder = visit.person.organisation.identifier
  const { dataset, wanted } = use
  const checked = await visit.options.current.check({ dataset, release: wanted.release, holder })
  return usePage(visit, use, checked.ok ? { emptied: checked.value.emptied, errors } : { problem: checked.problem })
}

function usePage(visit: HolderVisit, use: Use, state: UseState): Response {
  const { words } = visit
  const { dataset, title, wanted, current } = use
  const { problem, errors = [] } = state
  const { release, metadata } = wanted
  const heading = words.messages.text('holder.use.title', { release })
  const content = html`<p class="crumbs"><a href="${visit.address('/dataset', { dataset })}">${title}</a> › <a href="${visit.address('/releases', { dataset })}">${words('holder.dataset.releases')}</a> › <a href="${visit.address('/release', { dataset, release })}">${release}</a></p><h1>${heading}</h1>${errorSummary(words, errors)}${
    problem && changeProblem(visit, problem)
  }<section class="block">${summaryList([
    [words('holder.use.now'), current ? html`${current.release}` : words('holder.use.none')],
    [words('holder.use.then'), html`${release}`],
    [words('holder.column.created'), moment(visit, metadata.created)],
    [words('holder.column.persons'), html`${words.messages.formats.number(metadata.persons)}`],
  ])}${problem ? backTo(visit, dataset) : confirmation(visit, use, state)}</section>`
  return show(visit, { title: heading, content, status: problem ? 409 : errors.length > 0 ? 422 : 200 })
}

function confirmation(visit: HolderVisit, { dataset, wanted, current }: Use, state: UseState): Html {
  const { words, person } = visit
  return html`<p>${words('holder.use.text')}</p>${form({
    action: visit.address('/use'),
    token: person.token,
    inline: true,
    content: html`<input type="hidden" name="dataset" value="${dataset}"><input type="hidden" name="release" value="${wanted.release}"><input type="hidden" name="instead" value="${current?.release ?? ''}">${emptiedTables(visit, state)}<div class="actions">${button(words('holder.use.confirm'))}${linkButton(visit.address('/releases', { dataset }), words('holder.use.leave'))}</div>`,
  })}`
}

function emptiedTables({ words }: HolderVisit, { emptied = [], errors = [] }: UseState): Html | undefined {
  if (emptied.length === 0) return undefined
  const names = emptied.map(
    (name) => html`<li><code>${name}</code><input type="hidden" name="emptied" value="${name}"></li>`,
  )
  return html`${alert('warning', words('holder.use.emptied'), html`<ul>${names}</ul>`)}${checkbox('without', words('holder.use.without'), errors[0]?.message)}`
}

function backTo(visit: HolderVisit, dataset: string): Html {
  return html`<div class="actions">${linkButton(visit.address('/releases', { dataset }), visit.words('holder.dataset.releases'))}</div>`
}
