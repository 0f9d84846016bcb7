/** The answer to a question: numbers with their pictures, who has answered, who is missing and why, what was done to protect persons. */
import { z } from 'zod'
import type { AskedState } from '#research/federation/coordinator-store.ts'
import { alert, linkButton, table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, day, show } from '../../ui/site.ts'
import { problemLines } from '../problem-words.ts'
import { refused } from '../refusal.ts'
import type { TaskAnswer } from '../researcher-options.ts'
import { studyCrumbs } from '../studies/study-visit.ts'
import type { CaseVisit } from '../visit.ts'
import { figure, figuresOf } from './figures.ts'
import { keepForm } from './keep-answer.ts'
import { levelWords, modelLevels } from './level-words.ts'
import { modelNumbers } from './model-figure.ts'
import { problemPage } from './problem-page.ts'
import { type AskedOf, SavedQuestionSchema } from './saved-question.ts'

export async function showAnswer(visit: CaseVisit): Promise<Response> {
  const { options, state, context, words } = visit
  const saved = await options.studies.question(state.caseId, context.req.param('question') ?? '')
  const read = SavedQuestionSchema.safeParse(saved?.question)
  if (!saved || !read.success) return refused(visit, 'not-found')
  const told = await options.answer(saved.task)
  if (told && !told.ok) return problemPage(visit, saved, told.problem)
  const answer = told?.value ?? { nodes: [], tables: [] }
  const { nodes } = answer
  const done = context.req.query('done')
  return show(visit, {
    title: saved.title,
    content: html`${studyCrumbs(visit)}<h1>${saved.title}</h1><p class="facts">${words(`research.analysis.${read.data.kind}`)} · ${read.data.cohort} · ${words('research.study.asked')} ${day(visit, saved.askedAt)}</p>${
      done === 'kept' && alert('success', words('research.keep.done'))
    }${completeness(visit, answer)}${await numbersOf(visit, read.data, answer)}${nodeTable(visit, nodes)}${protection(
      visit,
      nodes,
      answer.model !== undefined,
    )}${keepForm(visit, saved, answer)}`,
  })
}

/** Nobody takes an answer of some for an answer of all. */
function completeness(visit: CaseVisit, { nodes, model }: TaskAnswer): Html | undefined {
  const { words, context } = visit
  const missing = nodes.filter(({ state }) => state !== 'answered')
  if (nodes.length > 0 && missing.length === 0) {
    // Of a model that is not fitted the model itself says how far it is.
    if (model && model.state !== 'fitted') return undefined
    return alert('success', words('research.answer.complete', { count: nodes.length }))
  }
  const open = missing.some(({ state }) => state === 'waiting' || state === 'taken' || state === 'unreachable')
  const names = missing.map(({ memberState }) => countryName(visit, memberState)).join(', ')
  return alert(
    'warning',
    missing.length === nodes.length
      ? words('research.answer.none')
      : words('research.answer.missing', { countries: names }),
    open
      ? html`<p>${words('research.answer.wait')}</p><p>${linkButton(context.req.path, words('research.answer.again'))}</p>`
      : undefined,
  )
}

async function numbersOf(visit: CaseVisit, asked: AskedOf, answer: TaskAnswer): Promise<Html | undefined> {
  const { nodes, tables, secure, model } = answer
  if (secure) return secureNumbers(visit, answer)
  if (model) return modelNumbers({ visit, nodes, model, levels: await modelLevels(visit, model) })
  if (tables.length === 0) return undefined
  const levels = await levelWords(visit, tables)
  const hides = tables.some(({ cells }) => cells.some(({ hiddenIn }) => hiddenIn.length > 0))
  return html`${figuresOf({ visit, nodes, levels }, asked.kind, tables, asked.step ?? 1)}${
    hides && html`<p class="small">${visit.words('research.hidden.why')}</p>`
  }`
}

function secureNumbers(visit: CaseVisit, { secure = [] }: TaskAnswer): Html {
  const { text, formats } = visit.words.messages
  return html`${secure.map(({ name, dimensions, cells }, index) =>
    figure(`answer-${index}`, {
      ...{ title: `${text('research.figure.secure')} (${name})`, picture: undefined, numbers: 2 },
      columns: [
        ...dimensions.map((one) => one.name),
        text('research.column.persons'),
        text('research.column.hidden-at'),
      ],
      rows: cells.map(({ key, persons, hiddenAt }) => [
        ...key.map((level) => level ?? text('research.everybody')),
        formats.number(persons),
        formats.number(hiddenAt),
      ]),
    }),
  )}`
}

function nodeTable(visit: CaseVisit, nodes: readonly AskedState[]): Html {
  const { words } = visit
  const keys = [
    'research.column.country',
    'research.column.node',
    'research.column.state',
    'research.column.reason',
  ] as const
  return html`<div class="framed stacked">${table({
    caption: words('research.answer.nodes'),
    columns: keys.map((key) => words(key)),
    labels: keys.map((key) => words.messages.text(key)),
    rows: nodes.map(({ node, memberState, state, outcome }) => [
      html`${countryName(visit, memberState)}`,
      html`<code>${node}</code>`,
      tag(
        words(`research.node.${state}`),
        state === 'answered' ? 'good' : state === 'waiting' || state === 'taken' ? 'plain' : 'warn',
      ),
      outcome?.kind === 'refused' ? problemLines(visit, outcome) : words(`research.node.${state}.text`),
    ]),
  })}</div>`
}

const Evidence = z.object({
  frequencyFloor: z.number(),
  hidden: z.number(),
  shown: z.number(),
  noise: z.object({
    kind: z.enum(['round', 'cell-key', 'geometric']),
    base: z.number().optional(),
    spread: z.number().optional(),
  }),
})

/** What disclosure control has done, node by node, as its evidence says. */
function protection(visit: CaseVisit, nodes: readonly AskedState[], isModel: boolean): Html | undefined {
  const { words } = visit
  const items = nodes.flatMap(({ memberState, outcome }) => {
    if (outcome?.kind !== 'answered') return []
    const read = outcome.tables.flatMap(({ evidence }) => {
      const one = Evidence.safeParse(evidence)
      return one.success ? [one.data] : []
    })
    const [first] = read
    if (!first) return []
    const sum = (name: 'hidden' | 'shown'): number => read.reduce((all, one) => all + one[name], 0)
    return [
      html`<li><b>${countryName(visit, memberState)}</b>: ${words('research.protection.floor', { number: first.frequencyFloor })} ${words('research.protection.cells', { shown: sum('shown'), hidden: sum('hidden') })} ${words(
        `research.protection.${first.noise.kind}`,
        { number: first.noise.base ?? first.noise.spread ?? 0 },
      )}</li>`,
    ]
  })
  if (items.length === 0) return undefined
  return html`<section class="block"><h2>${words('research.protection')}</h2><p>${words('research.protection.text')}${isModel && html` ${words('research.protection.model')}`}</p><ul>${items}</ul></section>`
}
