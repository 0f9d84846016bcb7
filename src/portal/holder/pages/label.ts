/** The data quality and utility label (EHDS Art. 78): measured on a release, described, or stated by the holder; then part of the description. */

import type { DatasetLabel } from '#research/catalogue/label/compose.ts'
import { composeLabel } from '#research/catalogue/label/compose.ts'
import { LABEL_RULES } from '#research/catalogue/label/elements.ts'
import { withLabel } from '#research/catalogue/label/in-description.ts'
import type { Text } from '#research/catalogue/record/shape.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import { ruleText } from '../../case-desk/case-words.ts'
import { refused } from '../../case-desk/refusal.ts'
import { button, form, summaryList, tag, textField } from '../../ui/components.ts'
import { html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import type { HolderVisit } from '../holder-visit.ts'
import { ownDataset, workingGraph, workingRecord } from '../own-datasets.ts'
import type { ReleaseReport } from '../release-shelf.ts'
import { changeProblem } from './dataset.ts'

interface Labelled {
  readonly stored: StoredRecord
  readonly report: ReleaseReport
}

async function openLabel(
  { options, ...visit }: HolderVisit,
  dataset: string,
  release: string,
): Promise<Labelled | undefined> {
  const stored = await ownDataset({ options, ...visit }, dataset)
  const report = stored && (await options.releases.report(stored.iri, release))
  return stored && report && { stored, report }
}

export async function showLabel(visit: HolderVisit): Promise<Response> {
  const { req } = visit.context
  const found = await openLabel(visit, req.query('dataset') ?? '', req.query('release') ?? '')
  if (!found) return refused(visit, 'not-found')
  return labelPage(visit, found)
}

/** `check`: runs the checks of quality on the release. `attach`: the label goes into the draft of the description. */
export async function changeLabel(visit: HolderVisit): Promise<Response> {
  const { options, person, now, context } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const [dataset, release] = [sent.get('dataset') ?? '', sent.get('release') ?? '']
  const found = await openLabel(visit, dataset, release)
  if (!found) return refused(visit, 'not-found')
  const day = now.toISOString().slice(0, 10)
  if (sent.get('do') === 'check') {
    await options.releases.computeLabel(dataset, release, day)
    return context.redirect(visit.address('/label', { dataset, release }), 303)
  }
  const label = labelOf(visit, found, statedIn(sent, visit.words.language.split('-')[0] ?? 'en'))
  const saved = await options.catalogue.saveDraft({
    iri: dataset,
    by: person.identifier,
    onVersion: Number(sent.get('version')),
    graph: withLabel(workingGraph(found.stored), dataset, label),
  })
  if (saved.ok) return context.redirect(visit.address('/dataset', { dataset }), 303)
  return show(visit, { title: '…', content: changeProblem(visit, saved.problem), status: 409 })
}

function statedIn(form: URLSearchParams, language: string): Readonly<Record<string, readonly Text[]>> {
  const stated = LABEL_RULES.elements.flatMap(({ id }) => {
    const value = (form.get(`stated-${id}`) ?? '').trim()
    return value === '' ? [] : [[id, [{ value, language }]] as const]
  })
  return Object.fromEntries(stated)
}

function labelOf(
  { now }: HolderVisit,
  { stored, report }: Labelled,
  stated: Readonly<Record<string, readonly Text[]>>,
): DatasetLabel {
  const sources = { record: workingRecord(stored), stated, ...(report.label ? { checked: report.label } : {}) }
  return composeLabel(sources, now.toISOString().slice(0, 10))
}

function labelPage(visit: HolderVisit, found: Labelled): Response {
  const { words, person } = visit
  const { stored, report } = found
  const label = labelOf(visit, found, {})
  const elementOf = (id: string) => LABEL_RULES.elements.find((one) => one.id === id)
  const hidden = html`<input type="hidden" name="dataset" value="${stored.iri}"><input type="hidden" name="release" value="${report.release}"><input type="hidden" name="version" value="${stored.version}">`
  const send = { action: visit.address('/label'), token: person.token }
  const content = html`<p class="crumbs"><a href="${visit.address('/dataset', { dataset: stored.iri })}">${stored.title}</a> › <a href="${visit.address('/release', { dataset: stored.iri, release: report.release })}">${report.release}</a></p>
<h1>${words('holder.label')}</h1><p class="lead">${words('holder.label.lead')}</p>${form({
    ...send,
    inline: true,
    content: html`${hidden}<input type="hidden" name="do" value="check"><p>${
      report.label
        ? words('holder.label.checked', { date: words.messages.formats.date(report.label.checked) })
        : words('holder.label.unchecked')
    }</p><div class="actions">${button(words('holder.label.check'), report.label ? 'other' : 'main')}</div>`,
  })}<section class="block">${summaryList(
    label.statements.map(({ element, basis, values }) => {
      const known = elementOf(element)
      return [
        known ? ruleText(visit, known.label) : html`${element}`,
        html`${values.map(({ value }) => html`${value} `)}${tag(words(`holder.basis.${basis}`))}`,
      ]
    }),
  )}</section><h2>${words('holder.label.stated')}</h2>${form({
    ...send,
    content: html`${hidden}<input type="hidden" name="do" value="attach">${label.open.map((id) => {
      const known = elementOf(id)
      // Art. 78(3)(b) is measured, never stated.
      if (known?.group === 'b') return undefined
      return textField(words, {
        name: `stated-${id}`,
        label: known ? ruleText(visit, known.label) : html`${id}`,
        optional: true,
        rows: 2,
      })
    })}<div class="actions">${button(words('holder.label.attach'))}</div>`,
  })}`
  return show(visit, { title: words.messages.text('holder.label'), content })
}
