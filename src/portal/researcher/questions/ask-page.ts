/** Asking: what, of whom, by what; then the question goes to every Member State whose permit allows it. */
import type { Problem } from '#platform/result/result.ts'
import { ruleLabel } from '../../public/visit.ts'
import { alert, button, choices, errorSummary, form as formMarkup, linkButton, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { countryName, show } from '../../ui/site.ts'
import { select } from '../cohorts/event-fields.ts'
import { problemAlert, refused } from '../refusal.ts'
import type { SavedCohort } from '../studies/study-store.ts'
import { type LivePermit, livePermits, sharedPurposes, studyCrumbs } from '../studies/study-visit.ts'
import { type CaseVisit, caseAddress, goTo } from '../visit.ts'
import { COVARIATES, OUTCOMES } from '../workspace/regression-form.ts'
import { conceptList, type ListChange, listChange } from './concept-list.ts'
import {
  analysisOf,
  BY,
  CHARACTERISED,
  cohortsOf,
  hasBy,
  KINDS,
  MEASURES,
  type QuestionForm,
  questionFaults,
  readQuestion,
} from './question-form.ts'
import type { AskedOf } from './saved-question.ts'

export async function showAsk(visit: CaseVisit): Promise<Response> {
  const { searchParams } = new URL(visit.context.req.url)
  const form = readQuestion(searchParams)
  const permits = livePermits(visit)
  if (!searchParams.has('kind')) return kindPage(visit, form)
  // The first time everything that may be asked is asked.
  const countries = permits.map(({ part }) => part.memberState)
  const cohorts = form.cohort === '' ? [] : [form.cohort]
  return page(visit, { form: { ...form, cohorts, countries, purpose: sharedPurposes(permits)[0] ?? '' } })
}

export async function askQuestion(visit: CaseVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const form = readQuestion(sent)
  const change = await listChange(visit, form, sent)
  if (change) return page(visit, change)
  if (questionFaults(form).size > 0) return page(visit, { form, checked: true })
  const { options, state, person, now } = visit
  const permits = livePermits(visit).filter(({ part }) => form.countries.includes(part.memberState))
  const purpose = sharedPurposes(permits).find((one) => one === form.purpose)
  const cohorts = new Map((await options.studies.cohorts(state.caseId)).map((one) => [one.id, one]))
  const about = cohortsOf(form).map((id) => cohorts.get(id)?.name)
  if (!purpose || about.length === 0 || about.includes(undefined)) return page(visit, { form, checked: true })
  const analysis = analysisOf(form, cohorts)
  if (!analysis.ok) return page(visit, { form, problem: analysis.problem })
  const task = await options.ask({
    ...{ analysis: analysis.value, purpose, person: person.identifier },
    permits: permits.map(({ permit }) => ({ memberState: permit.memberState, id: permit.id })),
  })
  if (!task.ok) return page(visit, { form, problem: task.problem })
  const question: AskedOf = {
    ...{ kind: form.kind, cohort: about.join(', '), countries: permits.map(({ part }) => part.memberState) },
    ...(form.kind === 'survival' ? { step: Number(form.step) } : {}),
  }
  const title = form.title || `${visit.words.messages.text(`research.analysis.${form.kind}`)}: ${about.join(', ')}`
  const id = await options.studies.saveQuestion(state.caseId, {
    ...{ title, question, task: task.value, askedAt: now.toISOString(), askedBy: person.identifier },
  })
  return goTo(visit, caseAddress(visit, `/study/questions/${id}`))
}

/** The first step: which kind of answer. */
async function kindPage(visit: CaseVisit, form: QuestionForm): Promise<Response> {
  const { words, options, state, context } = visit
  const cohorts = await options.studies.cohorts(state.caseId)
  const title = words.messages.text('research.ask.title')
  const language = context.req.query('language')
  return show(visit, {
    title,
    content: html`${studyCrumbs(visit)}<h1>${title}</h1>${
      cohorts.length === 0
        ? html`<p>${words('research.study.cohorts.none')}</p>`
        : html`<form class="form" method="get" action="${caseAddress(visit, '/study/ask')}">${language && html`<input type="hidden" name="language" value="${language}">`}${cohortSelect(visit, cohorts, 'cohort', form.cohort)}${choices(
            {
              name: 'kind',
              legend: words('research.ask.kind'),
              value: form.kind,
              choices: KINDS.map((value) => ({
                value,
                label: words(`research.analysis.${value}`),
                help: words(`research.analysis.${value}.help`),
              })),
            },
          )}<div class="actions">${button(words('research.ask.next'))}</div></form>`
    }`,
  })
}

interface PageState {
  readonly form: QuestionForm
  readonly checked?: boolean
  readonly problem?: Problem<string>
  readonly found?: ListChange['found']
}

async function page(visit: CaseVisit, { form, checked = false, problem, found }: PageState): Promise<Response> {
  const { words, options, state, person } = visit
  const permits = livePermits(visit)
  const cohorts = await options.studies.cohorts(state.caseId)
  const faults = checked ? questionFaults(form) : new Map()
  const error = (field: string): Html | undefined =>
    faults.has(field) ? words(`research.question-fault.${faults.get(field)}`) : undefined
  const title = words.messages.text(`research.analysis.${form.kind}`)
  const errors = [...faults.keys()].map((field) => ({ field, message: error(field) ?? html`` }))
  const fields = { visit, form, cohorts, error, found }
  return show(visit, {
    title,
    status: problem ? 409 : errors.length > 0 ? 422 : 200,
    content: html`${studyCrumbs(visit)}<h1>${title}</h1><p class="lead">${words(`research.analysis.${form.kind}.help`)}</p>${
      permits.length === 0 && alert('warning', words('research.study.no-permit'))
    }${problem && problemAlert(visit, problem)}${errorSummary(words, errors)}${formMarkup({
      action: caseAddress(visit, '/study/ask'),
      token: person.token,
      content: html`<button class="vh" name="do" value="ask" tabindex="-1" aria-hidden="true"></button><input type="hidden" name="kind" value="${form.kind}">${textField(words, { name: 'title', label: words('research.ask.name'), value: form.title, optional: true })}${aboutField(fields)}${ownFields(fields)}${hasBy(form.kind) && byFields(fields)}${whoFields(fields, permits)}<div class="actions">${button(words('research.ask.do'))}${linkButton(visit.address(`/applications/${state.caseId}/study/ask`, { cohort: cohortsOf(form)[0] ?? '' }), words('research.ask.other'))}</div>`,
    })}`,
  })
}

interface Fields {
  readonly visit: CaseVisit
  readonly form: QuestionForm
  readonly cohorts: readonly SavedCohort[]
  readonly error: (field: string) => Html | undefined
  readonly found: ListChange['found']
}

function cohortSelect(
  { words }: CaseVisit,
  cohorts: readonly SavedCohort[],
  name: 'cohort' | 'event',
  value: string,
  error?: Html,
): Html {
  const options = [['', html``] as const, ...cohorts.map(({ id, name: label }) => [id, html`${label}`] as const)]
  return html`<div class="${error && 'wrong'}">${error && html`<p class="field-error" id="${name}-error">${error}</p>`}${select(name, words(`research.ask.${name}`), options, value)}</div>`
}

/** The cohort that the question is about, or all that are counted. */
function aboutField({ visit, form, cohorts, error }: Fields): Html {
  if (form.kind !== 'cohort-counts') return cohortSelect(visit, cohorts, 'cohort', form.cohort, error('cohort'))
  const legend = visit.words('research.ask.cohorts')
  const offered = cohorts.map(({ id, name }) => [id, html`${name}`] as const)
  return boxes('cohorts', legend, offered, form.cohorts, error('cohorts'))
}

/** What only this kind of question needs. */
function ownFields(fields: Fields): Html | undefined {
  const { visit, form, cohorts, error, found } = fields
  const { words } = visit
  const text = (name: 'classes' | 'step' | 'until', width: 'short' | 'medium') =>
    textField(words, {
      name,
      label: words(`research.ask.${name}`),
      help: words(`research.ask.${name}.help`),
      value: form[name],
      error: error(name),
      width,
    })
  switch (form.kind) {
    case 'time-series':
      return select(
        'unit',
        words('research.ask.unit'),
        (['year', 'month'] as const).map((one) => [one, words(`research.unit.${one}`)]),
        form.unit,
      )
    case 'distribution':
      return html`${choices({
        name: 'measure',
        legend: words('research.ask.measure'),
        value: form.measure,
        choices: MEASURES.map((value) => ({ value, label: words(`research.measure.${value}`) })),
      })}${cohortSelect(visit, cohorts, 'event', form.event, error('event'))}${conceptList(visit, { name: 'measured', value: form.measured, found, error: error('measured') })}${text('classes', 'medium')}`
    case 'survival':
      return html`${cohortSelect(visit, cohorts, 'event', form.event, error('event'))}<div class="pair">${text('step', 'short')}${text('until', 'short')}</div>`
    case 'characterisation':
      return boxes(
        'domains',
        words('research.ask.domains'),
        CHARACTERISED.map((one) => [one, words(`research.domain.${one}`)]),
        form.domains,
        error('domains'),
      )
    case 'linear-regression':
    case 'logistic-regression':
      return regressionFields(fields)
    default:
      return undefined
  }
}

function regressionFields({ visit, form, cohorts, error }: Fields): Html {
  const { words } = visit
  const outcome = select(
    'outcome',
    words('research.ask.outcome'),
    OUTCOMES.map((one) => [one, words(`research.measure.${one}`)]),
    form.outcome,
  )
  return html`${form.kind === 'linear-regression' && outcome}${cohortSelect(visit, cohorts, 'event', form.event, error('event'))}${boxes(
    'covariate',
    words('research.regression.covariates'),
    COVARIATES.map((one) => [one, words(`research.covariate.${one}`)]),
    form.covariates,
    error('covariate'),
  )}`
}

function byFields({ visit, form, error, found }: Fields): Html {
  const { words } = visit
  const offered = form.kind === 'time-series' ? BY.filter((one) => one !== 'calendar-year') : BY
  return html`${boxes(
    'by',
    words('research.ask.by'),
    offered.map((one) => [one, words(`research.dimension.${one}`)]),
    form.by,
    error('by'),
  )}<div class="pair">${textField(words, {
    name: 'ages',
    label: words('research.ask.ages'),
    help: words('research.ask.ages.help'),
    value: form.ages,
    error: error('ages'),
    optional: true,
  })}</div>${conceptList(visit, { name: 'conditions', value: form.conditions, found, error: error('conditions') })}`
}

function whoFields({ visit, form, error }: Fields, permits: readonly LivePermit[]): Html {
  const { words, options, state } = visit
  const { purposes } = options.cases.procedureFor(state).rules
  return html`${boxes(
    'country',
    words('research.ask.country'),
    permits.map(({ part }) => [part.memberState, html`${countryName(visit, part.memberState)}`]),
    form.countries,
    error('country'),
  )}${choices({
    name: 'purpose',
    legend: words('research.ask.purpose'),
    value: form.purpose,
    error: error('purpose'),
    choices: sharedPurposes(permits).map((code) => ({ value: code, label: ruleLabel(visit, purposes, code) })),
  })}`
}

/** Boxes to tick under one legend. */
export function boxes(
  name: string,
  legend: Html,
  options: readonly (readonly [value: string, label: Html])[],
  chosen: readonly string[],
  error: Html | undefined,
): Html {
  return html`<fieldset class="field${error && ' wrong'}" id="${name}" tabindex="-1"><legend>${legend}</legend>${error && html`<p class="field-error">${error}</p>`}${options.map(
    ([value, label], index) =>
      html`<div class="choice"><input type="checkbox" id="${name}-${index + 1}" name="${name}" value="${value}"${chosen.includes(value) && html` checked`}><label for="${name}-${index + 1}">${label}</label></div>`,
  )}</fieldset>`
}
