/** Bringing a cohort as an OHDSI Circe expression: problems are told with their place in the JSON. */
import { errorSummary, form, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import { refused } from '../refusal.ts'
import { studyCrumbs } from '../studies/study-visit.ts'
import { type CaseVisit, caseAddress, goTo } from '../visit.ts'
import { checkView } from './check-view.ts'

const LONGEST = 500_000

export async function showCirce(visit: CaseVisit): Promise<Response> {
  const id = visit.context.req.param('cohort') ?? ''
  if (id === 'new') return page(visit, { name: '', text: '' })
  const saved = await visit.options.studies.cohort(visit.state.caseId, id)
  if (!saved) return refused(visit, 'not-found')
  const text = JSON.stringify(saved.definition, null, 2)
  return page(visit, { name: saved.name, text, version: saved.version, checked: true })
}

export async function changeCirce(visit: CaseVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const { options, state, person, now, context } = visit
  const id = context.req.param('cohort') ?? 'new'
  const name = (sent.get('name') ?? '').trim().slice(0, 200)
  const text = (sent.get('circe') ?? '').slice(0, LONGEST)
  const version = Number(sent.get('cohort-version') ?? '') || undefined
  const definition = parsed(text)
  const isSound = definition !== undefined && checkView(visit, definition).sound
  if (sent.get('do') !== 'save' || name === '' || !isSound) return page(visit, { name, text, version, checked: true })
  const saved = await options.studies.saveCohort(state.caseId, {
    ...(id === 'new' ? {} : { id, version: version ?? 0 }),
    ...{ name, definition, by: person.identifier, at: now.toISOString() },
  })
  if (saved === undefined) return page(visit, { name, text, version, checked: true, changed: true })
  return goTo(visit, caseAddress(visit, '/study'))
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : undefined
  } catch {
    return undefined
  }
}

interface PageState {
  readonly name: string
  readonly text: string
  readonly version?: number | undefined
  readonly checked?: boolean
  readonly changed?: boolean
}

function page(visit: CaseVisit, { name, text, version, checked = false, changed = false }: PageState): Response {
  const { words, person, context } = visit
  const id = context.req.param('cohort') ?? 'new'
  const definition = parsed(text)
  const errors = new Map<string, Html>()
  if (checked && name === '') errors.set('name', words('research.cohort-fault.name-missing'))
  if (checked && definition === undefined) errors.set('circe', words('research.circe.no-json'))
  const check = checked && definition ? checkView(visit, definition) : undefined
  const title = words.messages.text('research.circe.new')
  const isWrong = errors.size > 0 || check?.sound === false
  return show(visit, {
    title,
    status: changed ? 409 : isWrong && context.req.method === 'POST' ? 422 : 200,
    content: html`${studyCrumbs(visit)}<h1>${title}</h1><p class="lead">${words('research.circe.lead')}</p>${
      changed && html`<p class="alert warning">${words('research.cohort.changed')}</p>`
    }${errorSummary(
      words,
      [...errors].map(([field, message]) => ({ field, message })),
    )}${check?.markup}${form({
      action: caseAddress(visit, `/study/circe/${id}`),
      token: person.token,
      content: html`<input type="hidden" name="cohort-version" value="${version ?? ''}">${textField(words, { name: 'name', label: words('research.cohort.name'), value: name, error: errors.get('name') })}${textField(
        words,
        {
          name: 'circe',
          label: words('research.circe.json'),
          help: words('research.circe.help'),
          value: text,
          rows: 16,
          longest: LONGEST,
          error: errors.get('circe'),
        },
      )}<div class="actions"><button class="btn main" name="do" value="save">${words('research.cohort.save')}</button><button class="btn other" name="do" value="check">${words('research.cohort.check')}</button></div>`,
    })}`,
  })
}
