/** Taking an answer out: it goes to the way out of the workspace, where an output checker decides. */
import { button, form } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { refused } from '../refusal.ts'
import type { TaskAnswer } from '../researcher-options.ts'
import type { SavedQuestion } from '../studies/study-store.ts'
import { livePermits } from '../studies/study-visit.ts'
import { type CaseVisit, caseAddress, goTo } from '../visit.ts'
import type { OutputTable } from '../workspace/workspace-options.ts'
import { problemPage } from './problem-page.ts'

/** Absent where there is no way out for it. */
export function keepForm(visit: CaseVisit, { id }: SavedQuestion, { tables }: TaskAnswer): Html | undefined {
  const { words, options, person } = visit
  if (!options.workspace || !ownPermit(visit) || tables.length === 0) return undefined
  return html`<section class="block noprint"><h2>${words('research.keep')}</h2><p>${words('research.keep.text')}</p>${form(
    {
      action: caseAddress(visit, `/study/questions/${id}/keep`),
      token: person.token,
      content: html`<div class="actions">${button(words('research.keep.do'), 'other')}</div>`,
    },
  )}</section>`
}

function ownPermit(visit: CaseVisit) {
  return livePermits(visit).find(({ part }) => part.memberState === visit.options.country)?.permit
}

export async function keepAnswer(visit: CaseVisit): Promise<Response> {
  if (!(await readForm(visit))) return refused(visit, 'foreign-form')
  const { options, state, context, person } = visit
  const saved = await options.studies.question(state.caseId, context.req.param('question') ?? '')
  const permit = ownPermit(visit)
  const airlock = options.workspace?.airlock
  const [scope] = permit?.datasets ?? []
  if (!saved || !permit || !airlock || !scope) return refused(visit, 'not-found')
  const answer = await options.answer(saved.task)
  if (!answer) return refused(visit, 'not-found')
  if (!answer.ok) return problemPage(visit, saved, answer.problem)
  const { value } = answer
  const kept = await airlock.keep({
    ...{ permit, dataset: scope.dataset, person: person.identifier, tool: 'typed-query', title: saved.title },
    // Each node has released its part; sums of what is shown tell nothing more.
    content: {
      tables: [...tablesOf(value), ...modelTables(value)],
      released: { question: saved.question, nodes: value.nodes.map(evidenceOf) },
    },
  })
  if (!kept.ok) return problemPage(visit, saved, kept.problem)
  return goTo(visit, visit.address(`/applications/${state.caseId}/study/questions/${saved.id}`, { done: 'kept' }))
}

/** What each node says of its part: that it is there, and what disclosure control did to it. */
function evidenceOf({ node, memberState, state, outcome }: TaskAnswer['nodes'][number]): unknown {
  const tables = outcome?.kind === 'answered' ? outcome.tables.map(({ name, evidence }) => ({ name, evidence })) : []
  return { node, memberState, state, tables }
}

/** The coefficients of a regression, as they are told. */
function modelTables({ model }: TaskAnswer): readonly OutputTable[] {
  if (model?.state !== 'fitted') return []
  const columns = ['term', 'coefficient', 'standard error', '95 % from', '95 % to', 'p']
  const rows = model.coefficients.map((one) => [one.name, one.value, one.standardError, one.low, one.high, one.p])
  return [{ name: 'model', columns, rows, complete: true }]
}

/** Released totals as plain tables: levels, persons, nodes that hide some, and sums. */
function tablesOf({ tables }: TaskAnswer): readonly OutputTable[] {
  return tables.map(({ name, dimensions, cells }) => {
    const sums = [...new Set(cells.flatMap((cell) => Object.keys(cell.sums)))]
    return {
      name,
      columns: [...dimensions.map((one) => one.name), 'persons', 'hidden in', ...sums],
      rows: cells.map(({ key, persons, hiddenIn, sums: values }) => [
        ...key,
        persons === 0 && hiddenIn.length > 0 ? null : persons,
        hiddenIn.join(' '),
        ...sums.map((one) => values[one] ?? null),
      ]),
      complete: true,
    }
  })
}
