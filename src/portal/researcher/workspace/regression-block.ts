/** Fitting a regression inside, on the data of this node; over several countries it is asked as a question. */
import type { CohortDefinition } from '#research/analysis/analysis.ts'
import { readAnalysis } from '#research/analysis/read-analysis.ts'
import { button, choices, errorSummary, form as formMarkup } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { select } from '../cohorts/event-fields.ts'
import { boxes } from '../questions/ask-page.ts'
import { refused } from '../refusal.ts'
import { insidePage } from './inside-page.ts'
import {
  COVARIATES,
  OUTCOMES,
  REGRESSIONS,
  type RegressionForm,
  readRegression,
  regressionFaults,
  regressionOf,
} from './regression-form.ts'
import { type InsideVisit, workspaceAddress } from './visit.ts'

export async function runRegression(visit: InsideVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const { permit } = visit.live
  const [scope] = permit.datasets
  const regression = readRegression(sent)
  if (!scope || regressionFaults(regression).size > 0) return insidePage(visit, { regression })
  const cohorts = await visit.options.studies.cohorts(visit.state.caseId)
  const definitions = new Map<string, CohortDefinition>(cohorts.map(({ id, definition }) => [id, definition]))
  const analysis = readAnalysis(regressionOf(regression, definitions))
  if (!analysis.ok) return insidePage(visit, { regression, problem: analysis.problem })
  const made = await visit.workspace.run(visit.holder, {
    ...{ tool: 'typed-query', dataset: scope.dataset, text: JSON.stringify(analysis.value) },
  })
  return insidePage(visit, { regression, ...(made.ok ? { output: made.value } : { problem: made.problem }) })
}

/** Absent where the permit allows no questions, or no cohort was saved. */
export async function regressionBlock(visit: InsideVisit, sent: RegressionForm | undefined): Promise<Html | undefined> {
  const { words, person, live, options, state } = visit
  const cohorts = await options.studies.cohorts(state.caseId)
  if (!live.permit.tools.includes('typed-query') || cohorts.length === 0) return undefined
  const regression = sent ?? readRegression(new URLSearchParams())
  const faults = sent ? regressionFaults(sent) : new Map()
  const error = (field: string): Html | undefined =>
    faults.has(field) ? words(`research.question-fault.${faults.get(field)}`) : undefined
  const listed = [['', html``] as const, ...cohorts.map(({ id, name }) => [id, html`${name}`] as const)]
  return html`<details class="block"${sent && html` open`}><summary>${words('research.regression')}</summary><p>${words('research.regression.text')}</p>${errorSummary(
    words,
    [...faults.keys()].map((field) => ({ field, message: error(field) ?? html`` })),
  )}${formMarkup({
    action: workspaceAddress(visit, '/regression'),
    token: person.token,
    content: html`${choices({
      name: 'regression',
      legend: words('research.ask.kind'),
      value: regression.kind,
      choices: REGRESSIONS.map((value) => ({ value, label: words(`research.regression.${value}`) })),
    })}${select('cohort', words('research.ask.cohort'), listed, regression.cohort)}${select('event', words('research.ask.event'), listed, regression.event)}${select(
      'outcome',
      words('research.regression.outcome'),
      OUTCOMES.map((one) => [one, words(`research.measure.${one}`)]),
      regression.outcome,
    )}${boxes(
      'covariate',
      words('research.regression.covariates'),
      COVARIATES.map((one) => [one, words(`research.covariate.${one}`)]),
      regression.covariates,
      error('covariate'),
    )}<div class="actions">${button(words('research.regression.do'))}</div>`,
  })}</details>`
}
