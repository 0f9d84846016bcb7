/** Editing a description, one node on each page. Everything that is written is kept as a draft, right or not; the gate says what is missing. */

import type { Problem } from '#platform/result/result.ts'
import { editorFields, judgeRecord } from '#research/catalogue/editor/editor.ts'
import { formValues, readForm as readRecordForm } from '#research/catalogue/editor/form.ts'
import { statedAccess } from '#research/catalogue/gate/gate.ts'
import type { DescriptionProblem } from '#research/catalogue/gate/problem.ts'
import type { DatasetRecord } from '#research/catalogue/record/dataset-record.ts'
import { writeRecord } from '#research/catalogue/record/write-record.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import { refused } from '../../case-desk/refusal.ts'
import { alert, button, form } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import { editorForm, type FieldValues, valuesOf } from '../editor-form.ts'
import { type EditorPlace, placeAt } from '../editor-place.ts'
import type { HolderVisit } from '../holder-visit.ts'
import { ownDataset, workingGraph, workingRecord } from '../own-datasets.ts'
import { changeProblem } from './dataset.ts'

interface Editing {
  readonly stored: StoredRecord
  readonly record: DatasetRecord
  readonly place: EditorPlace
}

async function openEditing(visit: HolderVisit, dataset: string, at: string): Promise<Editing | undefined> {
  const stored = await ownDataset(visit, dataset)
  if (!stored) return undefined
  const record = workingRecord(stored)
  const place = placeAt(record, editorFields(statedAccess(workingGraph(stored), stored.iri)), at)
  return place && { stored, record, place }
}

export async function showEditor(visit: HolderVisit): Promise<Response> {
  const { req } = visit.context
  const editing = await openEditing(visit, req.query('dataset') ?? '', req.query('at') ?? '')
  return editing ? editorPage(visit, editing, {}) : refused(visit, 'not-found')
}

export async function saveEditor(visit: HolderVisit): Promise<Response> {
  const { options, person, context } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const { req } = context
  const editing = await openEditing(visit, req.query('dataset') ?? '', req.query('at') ?? '')
  if (!editing) return refused(visit, 'not-found')
  const { stored, record, place } = editing
  // What is not of the description has a hyphen in its name, which no field of a record has.
  const read = readRecordForm(sent, record)
  const values = valuesOf(sent)
  if (read.problems.length > 0) return editorPage(visit, editing, { values, wrong: read.problems })
  const saved = await options.catalogue.saveDraft({
    iri: stored.iri,
    by: person.identifier,
    onVersion: Number(sent.get('stored-version')),
    graph: writeRecord(heldBy(read.record, person.organisation.identifier)),
  })
  if (!saved.ok) return editorPage(visit, editing, { values, problem: saved.problem })
  return context.redirect(visit.address('/edit', { dataset: stored.iri, at: place.at, saved: 'yes' }), 303)
}

/** Whatever was written, the description stays with its holder. */
function heldBy(record: DatasetRecord, holder: string): DatasetRecord {
  return { ...record, custodian: { ...record.custodian, node: holder } }
}

interface PageState {
  readonly values?: FieldValues
  readonly wrong?: readonly DescriptionProblem[]
  readonly problem?: Problem
}

async function editorPage(visit: HolderVisit, editing: Editing, state: PageState): Promise<Response> {
  const { words, person, context } = visit
  const { stored, record, place } = editing
  const judged = await judgeRecord(record, statedAccess(workingGraph(stored), stored.iri))
  const problems = [...(state.wrong ?? []), ...[...judged.problems.values()].flat()]
  const inside = (at: string) => visit.address('/edit', { dataset: stored.iri, at })
  const last = place.trail.at(-1)
  const title = last ? words.messages.text(last.field.labelKey) : words.messages.text('holder.editor.title')
  const kept = place.kept.filter(([name]) => name !== `${place.at}.node` || place.node !== undefined)
  const content = html`${crumbs(visit, editing)}<h1>${title}</h1>${
    context.req.query('saved') !== undefined && alert('success', words('holder.editor.saved'))
  }${state.problem && changeProblem(visit, state.problem)}${state.wrong && alert('warning', words('holder.editor.wrong', { count: state.wrong.length }))}
<p class="lead">${words('holder.editor.lead')}</p>${form({
    action: visit.address('/edit', { dataset: stored.iri, at: place.at }),
    token: person.token,
    content: html`<input type="hidden" name="stored-version" value="${stored.version}">${kept.map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
    )}${editorForm({
      words,
      values: state.values ?? valuesOf(formValues(record)),
      problems,
      place,
      isOpen: context.req.query('all') !== undefined || place.at !== '' || state.wrong !== undefined,
      inside,
      codeName: (code) => codeName(visit, code),
    })}<div class="actions">${button(words('holder.editor.save'))}</div>`,
  })}`
  const status = state.wrong ? 422 : state.problem ? 409 : 200
  return show(visit, { title, content, status })
}

function codeName({ words }: HolderVisit, code: string): Html | undefined {
  const key = [`catalogue.category.${code}`, `holder.access.${code}`].find((one) => words.messages.has(one))
  return key === undefined ? undefined : words(key)
}

function crumbs(visit: HolderVisit, { stored, place }: Editing): Html {
  const { words } = visit
  const at = (path: string) => visit.address('/edit', { dataset: stored.iri, at: path })
  return html`<p class="crumbs"><a href="${visit.address('/dataset', { dataset: stored.iri })}">${stored.title}</a>${
    place.at !== '' && html` › <a href="${at('')}">${words('holder.editor.title')}</a>`
  }${place.trail
    .slice(0, -1)
    .map(
      ({ field, at: path, number }) =>
        html` › <a href="${at(path)}">${words(field.labelKey)}${number === undefined ? undefined : html` ${number + 1}`}</a>`,
    )}</p>`
}
