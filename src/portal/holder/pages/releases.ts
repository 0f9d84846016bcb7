/** Releases of a dataset: what lies ready, loading, reports with every rejected row, and the label (EHDS Art. 60, 78). */
import type { Problem } from '#platform/result/result.ts'
import { REJECTION_REASONS } from '#research/omop/release/rejections.ts'
import { csvFile, headed } from '../../case-desk/desk.ts'
import { refused } from '../../case-desk/refusal.ts'
import {
  alert,
  button,
  choices,
  errorSummary,
  type FieldError,
  form,
  linkButton,
  summaryList,
  table,
  tag,
  textField,
} from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { moment, show } from '../../ui/site.ts'
import type { HolderVisit } from '../holder-visit.ts'
import { ownDataset } from '../own-datasets.ts'
import type { ReleaseReport, ShelfLoad } from '../release-shelf.ts'
import { changeProblem } from './dataset.ts'
import { answeringSection } from './use-release.ts'

export async function showReleases(visit: HolderVisit): Promise<Response> {
  return releasesPage(visit, visit.context.req.query('dataset') ?? '', { errors: [] })
}

/** Begins a load: the page comes back at once and shows how far it is. */
export async function beginLoad(visit: HolderVisit): Promise<Response> {
  const { options, person, words, context } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const dataset = sent.get('dataset') ?? ''
  if (!(await ownDataset(visit, dataset))) return refused(visit, 'not-found')
  const [folder, release] = [sent.get('folder') ?? '', (sent.get('release') ?? '').trim()]
  const missing = [...(folder === '' ? ['folder'] : []), ...(release === '' ? ['release'] : [])]
  const errors = missing.map((field) => ({ field, message: words('access-body.fault.missing') }))
  if (errors.length > 0) return releasesPage(visit, dataset, { errors, sent })
  const begun = await options.releases.begin({ dataset, folder, release, holder: person.organisation.identifier })
  if (!begun.ok) return releasesPage(visit, dataset, { errors: [], sent, problem: begun.problem })
  return context.redirect(visit.address('/releases', { dataset }), 303)
}

interface PageState {
  readonly errors: readonly FieldError[]
  readonly sent?: URLSearchParams
  readonly problem?: Problem
}

async function releasesPage(visit: HolderVisit, dataset: string, state: PageState): Promise<Response> {
  const { words, options, person } = visit
  const stored = await ownDataset(visit, dataset)
  if (!stored) return refused(visit, 'not-found')
  const releases = await options.releases.releases(dataset)
  const folders = await options.releases.folders(person.organisation.identifier)
  const current = await options.current.currentOf(dataset)
  const title = words.messages.text('holder.dataset.releases')
  const content = html`<p class="crumbs"><a href="${visit.address('/dataset', { dataset })}">${stored.title}</a></p><h1>${title}</h1>${errorSummary(words, state.errors)}${
    state.problem && changeProblem(visit, state.problem)
  }${answeringSection(visit, dataset, current, releases)}${options.releases.loads(dataset).map((load) => loadSection(visit, load))}${
    releases.length === 0
      ? html`<p>${words('holder.releases.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words('holder.releases.count', { count: releases.length }),
          ...headed(
            words,
            ['release', 'created', 'persons', 'loaded', 'rejected'].map((column) => `holder.column.${column}`),
          ),
          rows: releases.map(({ release, metadata }) => [
            html`<a href="${visit.address('/release', { dataset, release })}">${release}</a>${release === current?.release && html` ${tag(words('holder.use.current'), 'good')}`}`,
            moment(visit, metadata.created),
            html`${words.messages.formats.number(metadata.persons)}`,
            html`${words.messages.formats.number(sum(metadata.sources.map(({ loaded }) => loaded)))}`,
            html`${words.messages.formats.number(sum(metadata.sources.map(({ rejected }) => rejected)))}`,
          ]),
        })}</div>`
  }${loadForm(visit, dataset, folders, state)}`
  return show(visit, { title, content, status: state.problem ? 409 : state.errors.length > 0 ? 422 : 200 })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

function loadSection(visit: HolderVisit, { state, release, began, progress, problem }: ShelfLoad): Html {
  const { words } = visit
  const tone = state === 'done' ? 'success' : state === 'failed' ? 'warning' : 'information'
  const step =
    progress &&
    html`<p>${words(`holder.step.${progress.step}`)} ${words('holder.load.files', { done: progress.done, all: progress.of })} ${progress.table}</p>`
  const why = problem && html`<p class="small" lang="en">${problem.sentence} ${problem.next}</p>`
  return alert(
    tone,
    html`${words(`holder.load.${state}`)} ${release}`,
    html`<p class="small quiet">${moment(visit, began)}</p>${state === 'running' && step}${why}`,
  )
}

function loadForm(visit: HolderVisit, dataset: string, folders: readonly string[], { errors, sent }: PageState): Html {
  const { words, person } = visit
  const errorOf = (name: string) => errors.find(({ field }) => field === name)?.message
  if (folders.length === 0)
    return html`<section class="block"><h2>${words('holder.load')}</h2><p>${words('holder.load.nothing')}</p></section>`
  return html`<h2>${words('holder.load')}</h2><p>${words('holder.load.lead')}</p>${form({
    action: visit.address('/releases'),
    token: person.token,
    content: html`<input type="hidden" name="dataset" value="${dataset}">${choices({
      name: 'folder',
      legend: words('holder.load.folder'),
      value: sent?.get('folder') ?? (folders.length === 1 ? folders[0] : undefined),
      error: errorOf('folder'),
      choices: folders.map((value) => ({ value, label: html`<code>${value}</code>` })),
    })}${textField(words, {
      name: 'release',
      label: words('holder.load.release'),
      help: words('holder.load.release.help'),
      value: sent?.get('release') ?? visit.now.toISOString().slice(0, 10),
      error: errorOf('release'),
      width: 'medium',
    })}<div class="actions">${button(words('holder.load.begin'))}</div>`,
  })}`
}

async function reportOf(
  visit: HolderVisit,
): Promise<(ReleaseReport & { readonly dataset: string; readonly title: string }) | undefined> {
  const { req } = visit.context
  const stored = await ownDataset(visit, req.query('dataset') ?? '')
  const report = stored && (await visit.options.releases.report(stored.iri, req.query('release') ?? ''))
  return stored && report && { ...report, dataset: stored.iri, title: stored.title }
}

export async function showRelease(visit: HolderVisit): Promise<Response> {
  const report = await reportOf(visit)
  if (!report) return refused(visit, 'not-found')
  const { words } = visit
  const { dataset, release, metadata } = report
  const { number } = words.messages.formats
  const current = await visit.options.current.currentOf(dataset)
  const rejected = sum(metadata.sources.map((source) => source.rejected))
  const content = html`<p class="crumbs"><a href="${visit.address('/dataset', { dataset })}">${report.title}</a> › <a href="${visit.address('/releases', { dataset })}">${words('holder.dataset.releases')}</a></p>
<h1>${words('holder.column.release')} ${release}${release === current?.release && html` ${tag(words('holder.use.current'), 'good')}`}</h1><section class="block">${summaryList(
    [
      [words('holder.column.created'), moment(visit, metadata.created)],
      [words('holder.column.persons'), html`${number(metadata.persons)}`],
      [
        words('holder.release.observed'),
        metadata.observedFrom === undefined
          ? undefined
          : html`${moment(visit, metadata.observedFrom)} – ${moment(visit, metadata.observedTo ?? '')}`,
      ],
      [words('holder.column.loaded'), html`${number(sum(metadata.sources.map(({ loaded }) => loaded)))}`],
      [
        words('holder.column.rejected'),
        html`${number(rejected)} ${rejected > 0 && tag(words('holder.release.look'), 'warn')}`,
      ],
      [
        words('holder.release.ignored'),
        metadata.ignored.length === 0 ? undefined : html`${metadata.ignored.join(', ')}`,
      ],
    ],
  )}<div class="actions">${
    release !== current?.release && linkButton(visit.address('/use', { dataset, release }), words('holder.use'), 'main')
  }${linkButton(visit.address('/label', { dataset, release }), words('holder.label'))}${
    rejected > 0 &&
    linkButton(visit.address('/rejections.csv', { dataset, release }), words('holder.release.rejections'))
  }</div></section>${sources(visit, report)}${rejections(visit, report)}`
  return show(visit, { title: release, content })
}

function sources({ words }: HolderVisit, { metadata }: ReleaseReport): Html {
  const { number } = words.messages.formats
  return html`<div class="framed stacked">${table({
    caption: words('holder.release.sources'),
    ...headed(
      words,
      ['file', 'table', 'rows', 'loaded', 'rejected'].map((column) => `holder.column.${column}`),
    ),
    rows: metadata.sources.map(({ file, table: name, rows, loaded, rejected, notes }) => [
      html`<code>${file}</code>${notes.map((note) => html`<span class="sub" lang="en">${note}</span>`)}`,
      html`<code>${name}</code>`,
      html`${number(rows)}`,
      html`${number(loaded)}`,
      html`${number(rejected)}`,
    ]),
  })}</div>`
}

function rejections({ words }: HolderVisit, { rejectionCounts }: ReleaseReport): Html | undefined {
  if (rejectionCounts.length === 0) return undefined
  return html`<div class="framed stacked">${table({
    caption: words('holder.release.why'),
    ...headed(
      words,
      ['table', 'column', 'why', 'rows'].map((column) => `holder.column.${column}`),
    ),
    rows: rejectionCounts
      .slice(0, 200)
      .map(({ table: name, column, reason, rows }) => [
        html`<code>${name}</code>`,
        html`<code>${column ?? '–'}</code>`,
        words(`holder.reason.${reason}`),
        html`${words.messages.formats.number(rows)}`,
      ]),
  })}</div>`
}

/** Every row that was not loaded: where it stands and why, never what it says. */
export async function downloadRejections(visit: HolderVisit): Promise<Response> {
  const { req } = visit.context
  const stored = await ownDataset(visit, req.query('dataset') ?? '')
  const release = req.query('release') ?? ''
  const rows = stored && (await visit.options.releases.rejections(stored.iri, release))
  if (!rows) return refused(visit, 'not-found')
  return csvFile(`rejections-${release}.csv`, [
    ['file', 'line', 'table', 'column', 'reason', 'explanation'],
    ...rows.map(({ file, line, table: name, column = '', reason }) => [
      file,
      line,
      name,
      column,
      reason,
      REJECTION_REASONS[reason],
    ]),
  ])
}
