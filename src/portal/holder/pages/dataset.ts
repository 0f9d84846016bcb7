/** One dataset of the holder: where its description stands, what is missing for publication, what can be done with it. */

import type { Problem, Result } from '#platform/result/result.ts'
import { judgeRecord } from '#research/catalogue/editor/editor.ts'
import { formName } from '#research/catalogue/editor/form.ts'
import { statedAccess } from '#research/catalogue/gate/gate.ts'
import { type DescriptionProblem, problemWords } from '#research/catalogue/gate/problem.ts'
import { LABEL_RULES } from '#research/catalogue/label/elements.ts'
import { labelIn } from '#research/catalogue/label/in-description.ts'
import type { CatalogueProblemCode } from '#research/catalogue/store/catalogue-store.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import { ruleText } from '../../case-desk/case-words.ts'
import { headed } from '../../case-desk/desk.ts'
import { refused } from '../../case-desk/refusal.ts'
import { alert, button, form, linkButton, summaryList, table, tag, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { english, moment, show } from '../../ui/site.ts'
import type { HolderVisit } from '../holder-visit.ts'
import { ownDataset, workingGraph, workingRecord } from '../own-datasets.ts'
import { reviewCell, stateTag } from './datasets.ts'

export async function showDataset(visit: HolderVisit): Promise<Response> {
  const found = await ownDataset(visit, visit.context.req.query('dataset') ?? '')
  return found ? datasetPage(visit, found) : refused(visit, 'not-found')
}

const CHANGES = ['publish', 'withdraw', 'review'] as const
type ChangeKind = (typeof CHANGES)[number]

/** Publishing, taking back, confirming that it is still right (Art. 60(3)). */
export async function changeDataset(visit: HolderVisit): Promise<Response> {
  const { context, options, person, words } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const found = await ownDataset(visit, sent.get('dataset') ?? '')
  const kind = CHANGES.find((one) => one === context.req.param('change'))
  if (!found || !kind) return refused(visit, 'not-found')
  const reason = (sent.get('reason') ?? '').trim()
  if (kind === 'withdraw' && reason === '')
    return datasetPage(visit, found, { missing: words('access-body.fault.missing') })
  const change = { iri: found.iri, by: person.identifier, onVersion: Number(sent.get('version')) }
  const done = await make(options.catalogue, kind, { ...change, reason })
  if (!done.ok) return datasetPage(visit, found, { problem: done.problem })
  return context.redirect(visit.address('/dataset', { dataset: found.iri, done: kind }), 303)
}

function make(
  catalogue: HolderVisit['options']['catalogue'],
  kind: ChangeKind,
  change: { readonly iri: string; readonly by: string; readonly onVersion: number; readonly reason: string },
): Promise<Result<unknown, CatalogueProblemCode>> {
  if (kind === 'publish') return catalogue.publish(change)
  return kind === 'withdraw' ? catalogue.withdraw(change) : catalogue.confirmReview(change)
}

interface PageState {
  readonly problem?: Problem
  readonly missing?: Html
}

async function datasetPage(visit: HolderVisit, stored: StoredRecord, state: PageState = {}): Promise<Response> {
  const { words, context, options } = visit
  const graph = workingGraph(stored)
  const { conforms, problems } = await judgeRecord(workingRecord(stored), statedAccess(graph, stored.iri))
  const all = [...problems.values()].flat()
  const versions = (await options.catalogue.versions(stored.iri)).slice(0, 20)
  const done = CHANGES.find((one) => one === context.req.query('done'))
  const content = html`<p class="crumbs"><a href="${visit.address('')}">${words('holder.area.datasets')}</a></p><h1>${stored.title}</h1>
${done && alert('success', words(`holder.done.${done}`))}${state.problem && changeProblem(visit, state.problem)}
<section class="block">${summaryList([
    [words('holder.column.state'), stateTag(visit, stored)],
    [words('holder.column.review'), stored.state === 'published' ? reviewCell(visit, stored) : undefined],
    [words('holder.dataset.address'), html`<code>${stored.iri}</code>`],
    [words('holder.dataset.access'), words(`holder.access.${stored.access}`)],
    [
      words('holder.dataset.reason'),
      stored.reason === undefined ? undefined : html`<span class="said">${stored.reason}</span>`,
    ],
  ])}<div class="actions">${linkButton(visit.address('/edit', { dataset: stored.iri }), words('holder.dataset.edit'), 'main')}${linkButton(
    visit.address('/releases', { dataset: stored.iri }),
    words('holder.dataset.releases'),
  )}</div></section>
${problemsSection(visit, stored.iri, all)}${changeForms(visit, stored, conforms, state)}${labelSection(visit, stored)}${exportLinks(visit, stored.iri)}
<section><h2>${words('holder.versions')}</h2><div class="framed stacked">${table({
    caption: html`<span class="vh">${words('holder.versions')}</span>`,
    ...headed(
      words,
      ['version', 'state', 'changed', 'by', 'reason'].map((column) => `holder.column.${column}`),
    ),
    rows: versions.map((one) => [
      html`${one.version}`,
      words(`holder.state.${one.state}`),
      moment(visit, one.changed),
      html`<code>${one.changedBy}</code>`,
      html`${one.reason ?? '–'}`,
    ]),
  })}</div></section>`
  const status = state.problem ? 409 : state.missing ? 422 : 200
  return show(visit, { title: stored.title, content, status })
}

export function changeProblem({ words }: HolderVisit, { code, sentence, next }: Problem): Html {
  const key = `holder.problem.${code}`
  const title = words.messages.has(key) ? words(key) : words('holder.problem.other')
  return alert('warning', title, html`<p class="small">${english(`${sentence} ${next}`)}</p>`)
}

/** What stands against publication, each leading to its field. */
function problemsSection(visit: HolderVisit, dataset: string, all: readonly DescriptionProblem[]): Html {
  const { words } = visit
  if (all.length === 0) return alert('success', words('holder.gate.conforms'))
  const violations = all.filter(({ severity }) => severity === 'violation')
  const list = (some: readonly DescriptionProblem[]): Html =>
    html`<ul>${some.map((one) => html`<li><a href="${fieldAddress(visit, dataset, one)}">${problemWords(one, words.messages).wrong}</a></li>`)}</ul>`
  const warnings = all.filter(({ severity }) => severity === 'warning')
  return html`${violations.length > 0 && alert('warning', words('holder.gate.violations', { count: violations.length }), list(violations))}${
    warnings.length > 0 &&
    html`<details class="filter"><summary>${words('holder.gate.warnings', { count: warnings.length })}</summary>${list(warnings)}</details>`
  }`
}

/** `distribution[0].accessUrl`: the page of the distribution, at its field. */
export function fieldAddress(visit: HolderVisit, dataset: string, { field, severity }: DescriptionProblem): string {
  const name = formName(field)
  const steps = name.split('.')
  const last = steps.at(-1) ?? ''
  // A place in a list belongs to its field.
  const inside = /^\d+$/.test(last) ? steps.slice(0, -2) : steps.slice(0, -1)
  const anchor = /^\d+$/.test(last) ? steps.slice(0, -1).join('.') : name
  const at: Record<string, string> = inside.length === 0 ? {} : { at: inside.join('.') }
  // What is only recommended is folded away otherwise.
  const all: Record<string, string> = severity === 'warning' ? { all: '' } : {}
  return `${visit.address('/edit', { dataset, ...at, ...all })}#${anchor}`
}

function changeForms(visit: HolderVisit, stored: StoredRecord, conforms: boolean, { missing }: PageState): Html {
  const { words, person } = visit
  const hidden = html`<input type="hidden" name="dataset" value="${stored.iri}"><input type="hidden" name="version" value="${stored.version}">`
  const one = (kind: ChangeKind, content: Html): Html =>
    html`<section class="block"><h2>${words(`holder.change.${kind}`)}</h2><p>${words(`holder.change.${kind}.text`)}</p>${form(
      {
        action: visit.address(`/dataset/${kind}`),
        token: person.token,
        inline: true,
        content: html`${hidden}${content}<div class="actions">${button(words(`holder.change.${kind}`), kind === 'publish' ? 'main' : 'other')}</div>`,
      },
    )}</section>`
  const reason = textField(words, { name: 'reason', label: words('holder.field.reason'), error: missing, rows: 3 })
  const isNew = stored.state !== 'published' || stored.draft !== undefined
  return html`${isNew && conforms && one('publish', html``)}${stored.state === 'published' && one('review', html``)}${
    stored.state === 'published' && one('withdraw', reason)
  }`
}

/** EHDS Art. 78: the label as it stands in the description. */
function labelSection(visit: HolderVisit, stored: StoredRecord): Html {
  const { words } = visit
  const label = labelIn(workingGraph(stored), stored.iri)
  if (!label)
    return html`<section class="block"><h2>${words('holder.label')}</h2><p>${words('holder.label.none')}</p></section>`
  return html`<section class="block"><h2>${words('holder.label')} <span class="sub">${moment(visit, label.issued)}</span></h2>${summaryList(
    label.statements.map(({ element, basis, values }) => {
      const known = LABEL_RULES.elements.find(({ id }) => id === element)
      return [
        known ? ruleText(visit, known.label) : html`${element}`,
        html`${values.map(({ value }) => html`<span>${value} </span>`)}${tag(words(`holder.basis.${basis}`))}`,
      ]
    }),
  )}<p class="small quiet">${words('holder.label.open', { count: label.open.length })}</p></section>`
}

export const EXPORTS = { turtle: 'ttl', 'json-ld': 'jsonld', 'rdf-xml': 'rdf' } as const

function exportLinks(visit: HolderVisit, dataset: string): Html {
  return html`<section class="block"><h2>${visit.words('holder.export')}</h2><div class="actions">${Object.keys(
    EXPORTS,
  ).map((format) =>
    linkButton(visit.address('/export', { dataset, format }), visit.words(`holder.format.${format}`)),
  )}</div></section>`
}
