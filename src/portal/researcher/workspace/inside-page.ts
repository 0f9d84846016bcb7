/** Inside the workspace: what can be seen, SQL and R over it, what was made, and what was asked to leave. */
import type { Problem } from '#platform/result/result.ts'
import { button, choices, form, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { show } from '../../ui/site.ts'
import { problemAlert, refused } from '../refusal.ts'
import { studyCrumbs } from '../studies/study-visit.ts'
import { outputsBlock, requestsBlock } from './airlock-blocks.ts'
import { regressionBlock } from './regression-block.ts'
import type { RegressionForm } from './regression-form.ts'
import { type InsideVisit, workspaceAddress } from './visit.ts'
import type { OutputTable, WorkspaceOutput } from './workspace-options.ts'

const LONGEST_PROGRAM = 50_000
const MOST_ROWS = 200
const TOOLS = ['sql', 'r'] as const

export async function showInside(visit: InsideVisit): Promise<Response> {
  return insidePage(visit, {})
}

export async function runWork(visit: InsideVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const { permit } = visit.live
  const tool = TOOLS.find((one) => one === sent.get('tool') && permit.tools.includes(one))
  const scope = permit.datasets.find(({ dataset }) => dataset === sent.get('dataset')) ?? permit.datasets[0]
  const text = (sent.get('program') ?? '').slice(0, LONGEST_PROGRAM)
  if (!tool || !scope || text.trim() === '') return insidePage(visit, { text })
  const made = await visit.workspace.run(visit.holder, { tool, dataset: scope.dataset, text })
  return insidePage(visit, made.ok ? { tool, text, output: made.value } : { tool, text, problem: made.problem })
}

export interface InsideState {
  readonly tool?: 'sql' | 'r'
  readonly text?: string
  readonly output?: WorkspaceOutput
  readonly problem?: Problem<string>
  /** A regression as it was asked for. */
  readonly regression?: RegressionForm
}

export async function insidePage(visit: InsideVisit, state: InsideState): Promise<Response> {
  const { words, person, session } = visit
  const title = words.messages.text('research.workspace.title')
  return show(visit, {
    title,
    status: state.problem ? 409 : 200,
    content: html`${studyCrumbs(visit, false)}<h1>${title}</h1><p class="access-bar"><span>${words('research.workspace.person')} <b>${person.name}</b></span><span>${words('research.workspace.until', { time: words.messages.formats.date(session.until) })}</span><span>${words('research.workspace.logged')}</span></p>${
      state.problem && problemAlert(visit, state.problem)
    }${state.output && outputBlock(visit, state.output)}${programBlock(visit, state)}${await regressionBlock(visit, state.regression)}${tablesBlock(visit)}${await outputsBlock(visit)}${await requestsBlock(visit)}${form(
      {
        action: workspaceAddress(visit, '/leave'),
        token: person.token,
        content: html`<div class="actions">${button(words('research.workspace.leave'), 'other')}</div>`,
      },
    )}`,
  })
}

function programBlock(visit: InsideVisit, { tool, text }: InsideState): Html {
  const { words, person, live, workspace } = visit
  const { permit } = live
  const offered = TOOLS.filter((one) => permit.tools.includes(one) && (one !== 'r' || workspace.hasR))
  if (offered.length === 0) return html`<p>${words('research.workspace.no-tool')}</p>`
  return html`<section class="block"><h2>${words('research.workspace.program')}</h2>${form({
    action: workspaceAddress(visit, '/run'),
    token: person.token,
    content: html`${choices({
      name: 'tool',
      legend: words('research.workspace.tool'),
      value: tool ?? offered[0],
      choices: offered.map((one) => ({
        value: one,
        label: words(`research.tool.${one}`),
        help: words(`research.workspace.tool.${one}`),
      })),
    })}${
      permit.datasets.length > 1
        ? choices({
            name: 'dataset',
            legend: words('research.workspace.dataset'),
            value: permit.datasets[0]?.dataset,
            choices: permit.datasets.map(({ dataset }) => ({ value: dataset, label: html`${dataset}` })),
          })
        : undefined
    }${textField(words, { name: 'program', label: words('research.workspace.text'), value: text, rows: 10, longest: LONGEST_PROGRAM })}<div class="actions">${button(words('research.workspace.run'))}</div>`,
  })}</section>`
}

/** The views of the permit: nothing else can be read. */
function tablesBlock({ words, live }: InsideVisit): Html {
  const { formats } = words.messages
  return html`<details class="block"><summary>${words('research.workspace.tables')}</summary>${live.permit.datasets.map(
    ({ dataset, tables, period }) =>
      html`<h3>${dataset}</h3><p>${words('research.workspace.period', { from: formats.date(period.from), to: formats.date(period.to) })}</p><dl class="summary-list">${tables.map(
        ({ table, columns }) =>
          html`<div><dt><code>${table}</code></dt><dd><code>${columns.join(', ')}</code></dd></div>`,
      )}</dl>`,
  )}</details>`
}

function outputBlock({ words }: InsideVisit, { text, tables }: WorkspaceOutput): Html {
  return html`<section class="block" id="output"><h2>${words('research.workspace.output')}</h2><p>${words('research.workspace.inside-only')}</p>${
    text !== undefined && text !== '' && html`<pre>${text}</pre>`
  }${tables.map((table) => outputTable(words, table))}</section>`
}

function outputTable(words: InsideVisit['words'], { name, columns, rows, complete }: OutputTable): Html {
  const more = !complete || rows.length > MOST_ROWS
  return html`<div class="wide" tabindex="0" role="region" aria-label="${name}"><table class="result-table"><caption>${name}</caption><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead><tbody>${rows
    .slice(0, MOST_ROWS)
    .map(
      (row) =>
        html`<tr>${row.map((cell) => html`<td${typeof cell === 'number' && html` class="number"`}>${cell === null ? '' : String(cell)}</td>`)}</tr>`,
    )}</tbody></table></div>${more && html`<p class="small">${words('research.workspace.more-rows', { number: String(MOST_ROWS) })}</p>`}`
}
