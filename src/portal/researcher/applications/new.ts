/** Beginning an application (Art. 67) or a data request (Art. 69): it is a draft until it is submitted. */
import { randomUUID } from 'node:crypto'
import type { Answers, DatasetChoice } from '#research/applications/rules/application.ts'
import { button, choices, errorSummary, form } from '../../ui/components.ts'
import { html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import { problemAlert, refused } from '../refusal.ts'
import { goTo, type ResearcherVisit } from '../visit.ts'
import { choiceOf, publishedDataset } from './dataset-choice.ts'

const KINDS = ['data-permit', 'data-request'] as const

export async function showNew(visit: ResearcherVisit): Promise<Response> {
  const { context } = visit
  return page(visit, { iri: context.req.query('dataset') ?? '', source: context.req.query('source') ?? '' })
}

export async function beginApplication(visit: ResearcherVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const wanted = { iri: sent.get('dataset') ?? '', source: sent.get('source') ?? '' }
  const kind = KINDS.find((one) => one === sent.get('kind'))
  if (!kind) return page(visit, wanted, true)
  const { options, now, person } = visit
  const record = await publishedDataset(visit, wanted.iri, wanted.source)
  const choice = record && choiceOf(visit, record)
  const caseId = randomUUID()
  const handled = await options.cases.handle(caseId, {
    kind: 'draft',
    at: now.toISOString(),
    by: { person: person.identifier, role: 'applicant' },
    caseId,
    applicationKind: kind,
    answers: firstAnswers(visit, choice),
  })
  if (!handled.ok) return show(visit, { title: '', status: 409, content: problemAlert(visit, handled.problem) })
  const [first] = options.cases.procedureFor(handled.value.state).rules.forms[kind].sections
  return goTo(visit, visit.address(`/applications/${caseId}/form/${first?.id ?? ''}`))
}

/** Whoever begins is the principal investigator until the form says otherwise. */
function firstAnswers({ person, options }: ResearcherVisit, choice: DatasetChoice | undefined): Answers {
  return {
    applicantCountry: options.country,
    persons: [{ identifier: person.identifier, name: person.name, role: 'principal-investigator' }],
    ...(choice ? { datasets: [choice] } : {}),
  }
}

async function page(
  visit: ResearcherVisit,
  { iri, source }: { readonly iri: string; readonly source: string },
  isWrong = false,
): Promise<Response> {
  const { words, person } = visit
  const record = await publishedDataset(visit, iri, source)
  const title = words.messages.text('research.new.title')
  const error = isWrong ? words('research.new.kind.missing') : undefined
  return show(visit, {
    title,
    status: isWrong ? 422 : 200,
    content: html`<h1>${title}</h1>${errorSummary(words, error ? [{ field: 'kind', message: error }] : [])}${
      record && html`<p class="lead">${words('research.new.dataset', { title: record.title })}</p>`
    }${form({
      action: visit.address('/applications/new'),
      token: person.token,
      content: html`<input type="hidden" name="dataset" value="${record ? iri : ''}"><input type="hidden" name="source" value="${source}">${choices(
        {
          name: 'kind',
          legend: words('research.new.kind'),
          error,
          choices: KINDS.map((value) => ({
            value,
            label: words(`research.kind.${value}`),
            help: words(`research.new.kind.${value}`),
          })),
        },
      )}<div class="actions">${button(words('research.new.do'))}</div>`,
    })}`,
  })
}
