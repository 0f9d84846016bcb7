/** The answer to a question: numbers with their pictures, who has answered, who is missing and why, what was done to protect persons. */
import { z } from 'zod'
import type { AskedState } from '#research/federation/coordinator-store.ts'
import { barChart } from '../../ui/charts/bars.ts'
import { alert, linkButton, table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, day, inTongue, show } from '../../ui/site.ts'
import { problemAlert, refused } from '../refusal.ts'
import type { TaskAnswer } from '../researcher-options.ts'
import type { SavedQuestion } from '../studies/study-store.ts'
import { studyCrumbs } from '../studies/study-visit.ts'
import type { CaseVisit } from '../visit.ts'
import { rowsOf } from './answer-rows.ts'
import { figure, figuresOf, shownPersons } from './figures.ts'
import { keepForm } from './keep-answer.ts'
import { levelWords, modelLevels } from './level-words.ts'
import { modelNumbers } from './model-figure.ts'
import { type AskedOf, SavedQuestionSchema } from './saved-question.ts'

export async function showAnswer(visit: CaseVisit): Promise<Response> {
  const { options, state, context, words } = visit
  const saved = await options.studies.question(state.caseId, context.req.param('question') ?? '')
  const read = SavedQuestionSchema.safeParse(saved?.question)
  if (!saved || !read.success) return refused(visit, 'not-found')
  const answers = await answersTo(visit, saved)
  if (!answers.ok) {
    return show(visit, {
      title: saved.title,
      status: 409,
      content: html`${studyCrumbs(visit)}<h1>${saved.title}</h1>${problemAlert(visit, answers.problem)}`,
    })
  }
  const nodes = together(answers.value.map((one) => one.nodes))
  const done = context.req.query('done')
  return show(visit, {
    title: saved.title,
    content: html`${studyCrumbs(visit)}<h1>${saved.title}</h1><p class="facts">${words(`research.analysis.${read.data.kind}`)} · ${read.data.cohort} · ${words('research.study.asked')} ${day(visit, saved.askedAt)}</p>${
      done === 'kept' && alert('success', words('research.keep.done'))
    }${completeness(visit, nodes, answers.value)}${await numbersOf(visit, read.data, answers.value)}${nodeTable(visit, nodes)}${protection(
      visit,
      nodes,
      answers.value.some(({ model }) => model),
    )}${keepForm(visit, saved, answers.value)}`,
  })
}

async function answersTo({ options }: CaseVisit, { tasks }: SavedQuestion) {
  const answers: TaskAnswer[] = []
  for (const task of tasks) {
    const answer = await options.answer(task)
    if (answer && !answer.ok) return answer
    answers.push(answer?.value ?? { nodes: [], tables: [] })
  }
  return { ok: true, value: answers } as const
}

const WORST: readonly AskedState['state'][] = ['refused', 'unreachable', 'late', 'waiting', 'taken', 'answered']

/** A question of several tasks: of each node the state that stands most against an answer. */
function together(lists: readonly (readonly AskedState[])[]): readonly AskedState[] {
  const byNode = new Map<string, AskedState>()
  for (const one of lists.flat()) {
    const known = byNode.get(one.node)
    if (!known || WORST.indexOf(one.state) < WORST.indexOf(known.state)) byNode.set(one.node, one)
  }
  return [...byNode.values()]
}

/** Nobody takes an answer of some for an answer of all. */
function completeness(
  visit: CaseVisit,
  nodes: readonly AskedState[],
  answers: readonly TaskAnswer[],
): Html | undefined {
  const { words, context } = visit
  const missing = nodes.filter(({ state }) => state !== 'answered')
  if (nodes.length > 0 && missing.length === 0) {
    // Of a model that is not fitted the model itself says how far it is.
    if (answers.some(({ model }) => model && model.state !== 'fitted')) return undefined
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

async function numbersOf(visit: CaseVisit, asked: AskedOf, answers: readonly TaskAnswer[]): Promise<Html | undefined> {
  const [first] = answers
  if (asked.kind === 'attrition') return attrition(visit, asked, answers)
  if (!first) return undefined
  if (first.secure) return secureNumbers(visit, first)
  if (first.model)
    return modelNumbers({
      visit,
      nodes: first.nodes,
      model: first.model,
      levels: await modelLevels(visit, first.model),
    })
  if (first.tables.length === 0) return undefined
  const levels = await levelWords(visit, first.tables)
  const hides = first.tables.some(({ cells }) => cells.some(({ hiddenIn }) => hiddenIn.length > 0))
  return html`${figuresOf({ visit, nodes: first.nodes, levels }, asked.kind, first.tables, asked.step ?? 1)}${
    hides && html`<p class="small">${visit.words('research.hidden.why')}</p>`
  }`
}

/** Each rule with how many are left. */
function attrition(visit: CaseVisit, { parts }: AskedOf, answers: readonly TaskAnswer[]): Html {
  const { text } = visit.words.messages
  const rows = answers.map(({ tables, nodes }, index) => {
    const [persons] = tables
    const row = persons && rowsOf(persons).rows[0]
    const name = index === 0 ? text('research.attrition.entry') : `${index}. ${parts[index] ?? ''}`
    const figured = { visit, nodes, levels: (_: string, level: string) => level }
    return { name, row, shown: row ? shownPersons(figured, row) : text('research.answer.not-yet') }
  })
  const title = text('research.figure.attrition')
  const bars = rows.map(({ name, row, shown }) => ({
    ...{ label: name, shown },
    value: row && row.hiddenIn.length === 0 ? row.persons : undefined,
  }))
  const description = text('research.picture.bars', { count: bars.length })
  return figure('answer-0', {
    ...{ title, numbers: 1, picture: barChart({ id: 'answer-0', title, description, bars }) },
    columns: [text('research.column.rule'), text('research.column.persons')],
    rows: rows.map(({ name, shown }) => [name, shown]),
  })
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
      outcome?.kind === 'refused'
        ? inTongue(visit, 'en', `${outcome.sentence} ${outcome.next}`)
        : words(`research.node.${state}.text`),
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
