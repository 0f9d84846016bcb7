/** Descriptions in and out, in the three forms in which catalogues are exchanged. */

import type { Problem } from '#platform/result/result.ts'
import { problemWords } from '#research/catalogue/gate/problem.ts'
import { type ImportedDataset, importCatalogue } from '#research/catalogue/import.ts'
import { MEDIA_TYPES } from '#research/catalogue/rdf/read.ts'
import { writeRdf } from '#research/catalogue/rdf/write.ts'
import { readRecord } from '#research/catalogue/record/read-record.ts'
import { writeRecord } from '#research/catalogue/record/write-record.ts'
import { titleOf } from '#research/catalogue/store/facets.ts'
import { downloadHeaders } from '../../case-desk/desk.ts'
import { refused } from '../../case-desk/refusal.ts'
import { alert, button, tag, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { show } from '../../ui/site.ts'
import type { HolderVisit } from '../holder-visit.ts'
import { isHeldBy, ownDataset, workingGraph } from '../own-datasets.ts'
import { changeProblem, EXPORTS } from './dataset.ts'

export async function exportDataset(visit: HolderVisit): Promise<Response> {
  const { req } = visit.context
  const found = await ownDataset(visit, req.query('dataset') ?? '')
  const format = (['turtle', 'json-ld', 'rdf-xml'] as const).find((one) => one === req.query('format'))
  if (!found || !format) return refused(visit, 'not-found')
  const written = writeRdf(workingGraph(found), format)
  if (!written.ok) return importPage(visit, { problem: written.problem })
  const name = found.iri.slice(found.iri.lastIndexOf('/') + 1) || 'dataset'
  return new Response(written.value, {
    headers: downloadHeaders(`${name}.${EXPORTS[format]}`, `${MEDIA_TYPES[format]}; charset=utf-8`),
  })
}

export async function showImport(visit: HolderVisit): Promise<Response> {
  return importPage(visit, {})
}

/** Takes what is this holder's as drafts; what it says of others is not touched. */
export async function importDocument(visit: HolderVisit): Promise<Response> {
  const { context, person, words } = visit
  // What is no form has no token either.
  const sent = await context.req.formData().catch(() => undefined)
  if (!sent || !person.isToken(textIn(sent, 'form-token'))) return refused(visit, 'foreign-form')
  const file = sent.get('file')
  const document =
    file instanceof File && file.size > 0 ? new Uint8Array(await file.arrayBuffer()) : textIn(sent, 'text').trim()
  if (document.length === 0) return importPage(visit, { missing: words('access-body.fault.missing') })
  const imported = await importCatalogue(document)
  if (!imported.ok) return importPage(visit, { problem: imported.problem })
  const taken: Taken[] = []
  for (const one of imported.value.datasets) taken.push({ ...one, outcome: await take(visit, one) })
  return importPage(visit, { taken, unattached: imported.value.unattached.size })
}

function textIn(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

type Outcome = 'saved' | 'of-another' | 'without-address' | 'changed'
type Taken = ImportedDataset & { readonly outcome: Outcome }

async function take({ options, person }: HolderVisit, { dataset, graph }: ImportedDataset): Promise<Outcome> {
  const { identifier, name } = person.organisation
  if (dataset.startsWith('_:')) return 'without-address'
  const record = readRecord(graph, dataset)
  const known = await options.catalogue.find(dataset)
  const isForeign =
    (known && !isHeldBy(known, identifier)) || (record.custodian && record.custodian.node !== identifier)
  if (isForeign) return 'of-another'
  // A description that names no holder becomes that of whoever brings it.
  const held = record.custodian
    ? graph
    : writeRecord({ ...record, custodian: { node: identifier, name: [{ value: name }] } })
  const saved = await options.catalogue.saveDraft({
    iri: dataset,
    by: person.identifier,
    graph: held,
    ...(known ? { onVersion: known.version } : {}),
  })
  return saved.ok ? 'saved' : 'changed'
}

interface PageState {
  readonly problem?: Problem
  readonly missing?: Html
  readonly taken?: readonly Taken[]
  /** Statements that belong to no dataset. */
  readonly unattached?: number
}

function importPage(visit: HolderVisit, state: PageState): Response {
  const { words, person } = visit
  const title = words.messages.text('holder.area.import')
  const { taken, unattached = 0 } = state
  const content = html`<h1>${title}</h1><p class="lead">${words('holder.import.lead')}</p>${state.problem && changeProblem(visit, state.problem)}${
    taken &&
    html`<p>${words('holder.import.count', { count: taken.length })}</p>${taken.map((one) => takenSection(visit, one))}`
  }${unattached > 0 && alert('warning', words('holder.import.unattached', { count: unattached }))}
<form method="post" action="${visit.address('/import')}" enctype="multipart/form-data" class="form" novalidate><input type="hidden" name="form-token" value="${person.token}">
<div class="field"><label for="file">${words('holder.import.file')}</label><p class="help" id="file-help">${words('holder.import.file.help')}</p><input type="file" id="file" name="file" accept=".ttl,.jsonld,.json,.rdf,.xml,.nt" aria-describedby="file-help"></div>
${textField(words, { name: 'text', label: words('holder.import.text'), error: state.missing, optional: true, rows: 8, longest: 1_000_000 })}<div class="actions">${button(words('holder.import.send'))}</div></form>`
  return show(visit, { title, content, status: state.problem || state.missing ? 422 : 200 })
}

function takenSection(visit: HolderVisit, { dataset, graph, changes, verdict, outcome }: Taken): Html {
  const { words } = visit
  const title = titleOf(readRecord(graph, dataset).title, words.language) || dataset
  const violations = verdict.problems.filter(({ severity }) => severity === 'violation')
  return html`<section class="block"><h2>${
    outcome === 'saved' ? html`<a href="${visit.address('/dataset', { dataset })}">${title}</a>` : title
  } ${tag(words(`holder.import.${outcome}`), outcome === 'saved' ? 'good' : 'warn')}</h2>${
    changes.length > 0 &&
    html`<ul>${changes.map(({ kind, count }) => html`<li>${words(`catalogue.change.${kind}`, { count })}</li>`)}</ul>`
  }${
    outcome === 'saved' &&
    (verdict.conforms
      ? html`<p>${words('holder.gate.conforms')}</p>`
      : html`<p>${words('holder.gate.violations', { count: violations.length })}</p><ul>${violations
          .slice(0, 20)
          .map((one) => html`<li>${problemWords(one, words.messages).wrong}</li>`)}</ul>`)
  }</section>`
}
