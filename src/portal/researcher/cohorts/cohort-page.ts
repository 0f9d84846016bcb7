/** Building a cohort without code. Every button sends the whole form and gets it back, so that nothing is kept in between. */
import { button, checkbox, errorSummary, form as formMarkup, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import { refused } from '../refusal.ts'
import { studyCrumbs } from '../studies/study-visit.ts'
import { type CaseVisit, caseAddress, goTo } from '../visit.ts'
import { checkView } from './check-view.ts'
import {
  type CohortForm,
  CohortFormSchema,
  EMPTY_COHORT,
  EMPTY_RULE,
  eventAt,
  faultsOf,
  MOST_RULES,
  OCCURS,
  type Place,
  placesOf,
  readCohortForm,
  SEXES,
  withEvent,
} from './cohort-form.ts'
import { eventFields, type Found, select, small } from './event-fields.ts'
import { toCirce, VOCABULARY_DOMAIN } from './to-circe.ts'

const FOUND = 15

export async function showCohort(visit: CaseVisit): Promise<Response> {
  const id = visit.context.req.param('cohort') ?? ''
  if (id === 'new') return page(visit, { form: EMPTY_COHORT })
  const saved = await visit.options.studies.cohort(visit.state.caseId, id)
  const read = CohortFormSchema.safeParse(saved?.form)
  if (!saved || !read.success) return refused(visit, 'not-found')
  return page(visit, { form: read.data, version: saved.version, checked: true })
}

export async function changeCohort(visit: CaseVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const form = readCohortForm(sent)
  const version = Number(sent.get('cohort-version') ?? '') || undefined
  const [what = '', place = '', concept = ''] = (sent.get('do') ?? 'check').split(':')
  const at = placesOf(form).find((one) => one === place)
  switch (what) {
    case 'find':
      return at
        ? page(visit, { form, version, found: [at, await find(visit, form, at, sent)] })
        : refused(visit, 'not-found')
    case 'pick':
      return page(visit, { form: at ? await pick(visit, form, at, Number(concept)) : form, version })
    case 'drop':
      return page(visit, { form: at ? drop(form, at, Number(concept)) : form, version })
    case 'add-rule':
      return page(visit, { form: { ...form, rules: [...form.rules, EMPTY_RULE].slice(0, MOST_RULES) }, version })
    case 'remove-rule':
      return page(visit, {
        form: { ...form, rules: form.rules.filter((_, index) => index !== Number(place)) },
        version,
      })
    case 'save':
      return save(visit, form, version)
    default:
      return page(visit, { form, version, checked: true })
  }
}

export async function removeCohort(visit: CaseVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const back = caseAddress(visit, '/study')
  if (sent.get('sure') !== 'yes') return goTo(visit, back)
  await visit.options.studies.removeCohort(visit.state.caseId, visit.context.req.param('cohort') ?? '')
  return goTo(visit, back)
}

async function find({ options }: CaseVisit, form: CohortForm, place: Place, sent: URLSearchParams): Promise<Found> {
  const text = (sent.get(`${place}-find`) ?? '').trim().slice(0, 200)
  const domain = eventAt(form, place)?.domain ?? 'condition'
  const concepts =
    text === '' ? [] : await options.concepts({ text, domains: [VOCABULARY_DOMAIN[domain]], limit: FOUND })
  return { text, concepts }
}

/** The name comes from the vocabulary, not from the form. */
async function pick({ options }: CaseVisit, form: CohortForm, place: Place, id: number): Promise<CohortForm> {
  const event = eventAt(form, place)
  const found = await options.concepts({ text: String(id), limit: 5 })
  const concept = found.find((one) => one.id === id)
  if (!event || !concept || event.concepts.some((one) => one.id === id)) return form
  return withEvent(form, place, { ...event, concepts: [...event.concepts, { id, name: concept.name.slice(0, 500) }] })
}

function drop(form: CohortForm, place: Place, id: number): CohortForm {
  const event = eventAt(form, place)
  return event ? withEvent(form, place, { ...event, concepts: event.concepts.filter((one) => one.id !== id) }) : form
}

async function save(visit: CaseVisit, form: CohortForm, version: number | undefined): Promise<Response> {
  const { options, state, person, now, context } = visit
  if (faultsOf(form).size > 0) return page(visit, { form, version, checked: true })
  const id = context.req.param('cohort') ?? 'new'
  const saved = await options.studies.saveCohort(state.caseId, {
    ...(id === 'new' ? {} : { id, version: version ?? 0 }),
    ...{ name: form.name, definition: circeOf(visit, form), form, by: person.identifier, at: now.toISOString() },
  })
  if (saved === undefined) return page(visit, { form, version, checked: true, changed: true })
  return goTo(visit, visit.address(`/applications/${state.caseId}/study`))
}

/** Rules that the author did not name are named in the language of the page. */
function circeOf({ words: { messages } }: CaseVisit, form: CohortForm): ReturnType<typeof toCirce> {
  return toCirce(form, {
    person: messages.text('research.cohort.who'),
    rule: (number) => messages.text('research.rule', { number }),
  })
}

interface PageState {
  readonly form: CohortForm
  readonly version?: number | undefined
  readonly found?: readonly [Place, Found]
  /** Say what is missing and what the cohort means. */
  readonly checked?: boolean
  /** Somebody else saved it since. */
  readonly changed?: boolean
}

function page(visit: CaseVisit, { form, version, found, checked = false, changed = false }: PageState): Response {
  const { words, person, context } = visit
  const id = context.req.param('cohort') ?? 'new'
  const faults = checked ? faultsOf(form) : new Map()
  const error = (field: string): Html | undefined =>
    faults.has(field) ? words(`research.cohort-fault.${faults.get(field)}`) : undefined
  const errors = [...faults.keys()].map((field) => ({ field, message: error(field) ?? html`` }))
  const check = checked && faults.size === 0 ? checkView(visit, circeOf(visit, form)) : undefined
  const foundAt = (place: Place): Found | undefined => (found?.[0] === place ? found[1] : undefined)
  const title = words.messages.text(id === 'new' ? 'research.cohort.new' : 'research.cohort.change')
  const action = caseAddress(visit, `/study/cohorts/${id}`)
  return show(visit, {
    title,
    status: changed ? 409 : errors.length > 0 && context.req.method === 'POST' ? 422 : 200,
    content: html`${studyCrumbs(visit)}<h1>${title}</h1><p class="lead">${words('research.cohort.lead')}</p>${
      changed && html`<p class="alert warning">${words('research.cohort.changed')}</p>`
    }${errorSummary(words, errors)}${check?.markup}${formMarkup({
      action,
      token: person.token,
      content: html`<button class="vh" name="do" value="check" tabindex="-1" aria-hidden="true"></button><input type="hidden" name="cohort-version" value="${version ?? ''}"><input type="hidden" name="rules" value="${form.rules.length}">${textField(
        words,
        { name: 'name', label: words('research.cohort.name'), value: form.name, error: error('name') },
      )}<fieldset class="group"><legend>${words('research.cohort.entry')}</legend>${eventFields(visit, { action, place: 'entry', event: form.entry, found: foundAt('entry'), error })}<div class="row-fields">${select(
        'entries',
        words('research.cohort.entries'),
        [
          ['first', words('research.cohort.entries.first')],
          ['all', words('research.cohort.entries.all')],
        ],
        form.entries,
      )}${small({ name: 'priorDays', label: words('research.cohort.prior'), value: form.priorDays, error: error('priorDays') })}</div></fieldset>
<fieldset class="group"><legend>${words('research.cohort.who')}</legend><div class="row-fields">${small({ name: 'ageFrom', label: words('research.cohort.age-from'), value: form.ageFrom, error: error('ageFrom') })}${small(
        { name: 'ageTo', label: words('research.cohort.age-to'), value: form.ageTo, error: error('ageTo') },
      )}${select(
        'sex',
        words('research.cohort.sex'),
        SEXES.map((sex) => [sex, words(`research.sex.${sex}`)]),
        form.sex,
      )}</div></fieldset>${form.rules.map((rule, index) => {
        const place: Place = `rule-${index}`
        return html`<fieldset class="group"><legend>${words('research.rule', { number: String(index + 1) })}</legend><p class="help">${words('research.rule.text')}</p><div class="row-fields">${small(
          { name: `${place}-name`, label: words('research.rule.name'), value: rule.name },
        )}${select(
          `${place}-occurs`,
          words('research.rule.occurs'),
          OCCURS.map((one) => [one, words(`research.occurs.${one}`)]),
          rule.occurs,
        )}${small({
          name: `${place}-count`,
          label: words('research.rule.count'),
          value: rule.count,
          error: error(`${place}-count`),
        })}</div>${eventFields(visit, { action, place, event: rule.event, found: foundAt(place), error })}<div class="row-fields">${small(
          {
            name: `${place}-before`,
            label: words('research.rule.before'),
            value: rule.before,
            help: words('research.rule.any-time'),
            error: error(`${place}-before`),
          },
        )}${small({ name: `${place}-after`, label: words('research.rule.after'), value: rule.after, help: words('research.rule.any-time'), error: error(`${place}-after`) })}</div><p><button class="link" name="do" value="remove-rule:${index}">${words('research.rule.remove', { number: String(index + 1) })}</button></p></fieldset>`
      })}${
        form.rules.length < MOST_RULES &&
        html`<p><button class="btn other" name="do" value="add-rule" formaction="${action}#rule-${form.rules.length}-name">${words('research.rule.add')}</button></p>`
      }<div class="actions"><button class="btn main" name="do" value="save">${words('research.cohort.save')}</button><button class="btn other" name="do" value="check">${words('research.cohort.check')}</button></div>`,
    })}${
      id !== 'new' &&
      formMarkup({
        action: caseAddress(visit, `/study/cohorts/${id}/remove`),
        token: person.token,
        content: html`${checkbox('sure', words('research.cohort.remove.sure'))}${button(words('research.cohort.remove'), 'other')}`,
      })
    }`,
  })
}
