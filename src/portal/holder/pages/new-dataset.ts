/** A new description: its title and who can get the data; everything else is written in the editor. */
import { newRecord } from '#research/catalogue/editor/editor.ts'
import { ACCESS_RIGHTS } from '#research/catalogue/gate/shapes.ts'
import { writeRecord } from '#research/catalogue/record/write-record.ts'
import { plainWords } from '#research/catalogue/store/facets.ts'
import { refused } from '../../case-desk/refusal.ts'
import { button, choices, errorSummary, type FieldError, form, textField } from '../../ui/components.ts'
import { html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import type { HolderVisit } from '../holder-visit.ts'

export async function showNewDataset(visit: HolderVisit): Promise<Response> {
  return newPage(visit, undefined, [])
}

function newPage(visit: HolderVisit, sent: URLSearchParams | undefined, errors: readonly FieldError[]): Response {
  const { words, person } = visit
  const title = words.messages.text('holder.datasets.new')
  const errorOf = (name: string) => errors.find(({ field }) => field === name)?.message
  const content = html`<p class="crumbs"><a href="${visit.address('')}">${words('holder.area.datasets')}</a></p><h1>${title}</h1>${errorSummary(words, errors)}${form(
    {
      action: visit.address('/new'),
      token: person.token,
      content: html`${textField(words, {
        name: 'title',
        label: words('catalogue.property.dct-title'),
        value: sent?.get('title') ?? undefined,
        error: errorOf('title'),
        longest: 500,
      })}${choices({
        name: 'access',
        legend: words('holder.dataset.access'),
        value: sent?.get('access') ?? 'NON_PUBLIC',
        error: errorOf('access'),
        choices: ACCESS_RIGHTS.map((value) => ({ value, label: words(`holder.access.${value}`) })),
      })}<div class="actions">${button(words('holder.new.create'))}</div>`,
    },
  )}`
  return show(visit, { title, content, status: errors.length > 0 ? 422 : 200 })
}

export async function createDataset(visit: HolderVisit): Promise<Response> {
  const { words, options, person, context } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const title = (sent.get('title') ?? '').trim()
  const access = ACCESS_RIGHTS.find((one) => one === sent.get('access'))
  const wrong = (field: string) => newPage(visit, sent, [{ field, message: words('access-body.fault.missing') }])
  if (title === '') return wrong('title')
  if (!access) return wrong('access')
  const iri = await freeAddress(visit, title)
  const { identifier, name } = person.organisation
  const language = words.language.split('-')[0] ?? 'en'
  const record = {
    ...newRecord(iri, access),
    title: [{ value: title, language }],
    custodian: { node: identifier, name: [{ value: name, language }] },
    ...(options.bodyAgent ? { hdab: options.bodyAgent } : {}),
  }
  const saved = await options.catalogue.saveDraft({ iri, by: person.identifier, graph: writeRecord(record) })
  if (!saved.ok) throw new Error(`A new description was not saved: ${saved.problem.code}`)
  return context.redirect(visit.address('/edit', { dataset: iri }), 303)
}

/** An address made of the title that nobody has yet. */
async function freeAddress({ options }: HolderVisit, title: string): Promise<string> {
  const slug =
    plainWords(title)
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 60)
      .replace(/^-+|-+$/g, '') || 'dataset'
  for (let number = 1; ; number += 1) {
    const iri = `${options.datasetBase}${slug}${number === 1 ? '' : `-${number}`}`
    if ((await options.catalogue.find(iri)) === undefined) return iri
  }
}
