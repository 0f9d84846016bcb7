/** The desk of the output checker: what wants to leave a workspace, what programs saw in it, and the decision (EHDS Art. 73(2)). */

import type { Problem } from '#platform/result/result.ts'
import { checkSeparation } from '#research/applications/case/guard.ts'
import type { OutputFinding, OutputTable } from '#research/disclosure/airlock.ts'
import type { OutputFile } from '#research/workspace/airlock/content.ts'
import type { OutputDetails, OutputSummary } from '#research/workspace/airlock/views.ts'
import { problemAlert, problemWords } from '../../case-desk/act-page.ts'
import { downloadHeaders, headed } from '../../case-desk/desk.ts'
import { refused } from '../../case-desk/refusal.ts'
import {
  alert,
  button,
  choices,
  errorSummary,
  type FieldError,
  form,
  summaryList,
  table,
  tag,
  textField,
} from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { moment, show } from '../../ui/site.ts'
import { actorsOf, type BodyVisit } from '../body-visit.ts'

type OutputState = OutputSummary['state']
const GROUPS: readonly OutputState[] = ['waiting', 'asked', 'approved', 'refused']
const SHOWN = 50
/** Rows of a table that are shown; the file itself has all of them. */
const ROWS = 100

export async function showOutputs(visit: BodyVisit): Promise<Response> {
  const { words, options } = visit
  const lists = await Promise.all(
    GROUPS.map(async (state) => [state, await options.outputs.list(state, SHOWN)] as const),
  )
  const content = html`<h1>${words('access-body.area.outputs')}</h1><p class="lead">${words('access-body.outputs.lead')}</p>${lists.map(
    ([state, outputs]) => outputGroup(visit, state, outputs),
  )}`
  return show(visit, { title: words.messages.text('access-body.area.outputs'), content })
}

function outputGroup(visit: BodyVisit, state: OutputState, outputs: readonly OutputSummary[]): Html {
  const { words } = visit
  return html`<section><h2>${words(`access-body.outputs.${state}`)}</h2>${
    outputs.length === 0
      ? html`<p class="quiet">${words('access-body.board.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: html`<span class="vh">${words(`access-body.outputs.${state}`)}</span>`,
          ...headed(
            words,
            ['output', 'permit', 'tool', 'asked', 'files'].map((column) => `access-body.column.${column}`),
          ),
          rows: outputs.map((one) => [
            html`<a href="${visit.address(`/outputs/${encodeURIComponent(one.id)}`)}">${one.description || one.id}</a>`,
            html`<code>${one.permit}</code>`,
            html`${one.tool}`,
            moment(visit, one.requestedAt),
            html`${one.files}`,
          ]),
        })}</div>`
  }</section>`
}

export async function showOutput(visit: BodyVisit): Promise<Response> {
  const output = await visit.options.outputs.find(visit.context.req.param('output') ?? '')
  return output ? outputPage(visit, output, { errors: [] }) : refused(visit, 'not-found')
}

const DECISIONS = ['approve', 'refuse', 'ask'] as const

export async function decideOutput(visit: BodyVisit): Promise<Response> {
  const { options, words, person, context } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const output = await options.outputs.find(context.req.param('output') ?? '')
  if (!output) return refused(visit, 'not-found')
  if (await standsAgainst(visit, output)) return outputPage(visit, output, { errors: [] })
  const kind = DECISIONS.find((one) => one === sent.get('decision'))
  const said = (sent.get('words') ?? '').trim()
  const errors: readonly FieldError[] = [
    ...(kind === undefined ? [{ field: 'decision', message: words('access-body.fault.missing') }] : []),
    ...(kind !== 'approve' && said === '' ? [{ field: 'words', message: words('access-body.fault.missing') }] : []),
  ]
  if (kind === undefined || errors.length > 0) return outputPage(visit, output, { errors, sent })
  const decision = {
    kind,
    words: said,
    by: person.identifier,
    version: sent.get('version') ?? '',
  }
  const decided = await options.outputs.decide(output.id, decision)
  if (!decided.ok) return outputPage(visit, output, { errors: [], sent, problem: decided.problem })
  return context.redirect(visit.address(`/outputs/${encodeURIComponent(output.id)}`, { done: kind }), 303)
}

export async function downloadOutput(visit: BodyVisit): Promise<Response> {
  const { context, options } = visit
  const [id, name] = [context.req.param('output') ?? '', context.req.query('name') ?? '']
  const output = await options.outputs.find(id)
  if (!output || (await standsAgainst(visit, output))) return refused(visit, 'not-found')
  const bytes = await options.outputs.file(id, name)
  if (!bytes) return refused(visit, 'not-found')
  return new Response(bytes, { headers: downloadHeaders(name, 'application/octet-stream') })
}

/** Code of why this officer may not check this output: not his task, or he had another one in this case (Art. 55(2)). */
async function standsAgainst(
  { options, person }: BodyVisit,
  { caseId, requestedBy }: OutputDetails,
): Promise<string | undefined> {
  const checker = actorsOf(person, options.procedures.body.id).find(({ role }) => role === 'output-checker')
  if (!checker) return 'role-not-allowed'
  if (requestedBy === person.identifier) return 'duties-separated'
  const state = await options.cases.load(caseId)
  const refusal = state && checkSeparation(checker, state, options.cases.procedureFor(state))
  return refusal && !refusal.ok ? refusal.problem.code : undefined
}

interface PageState {
  readonly errors: readonly FieldError[]
  readonly sent?: URLSearchParams
  readonly problem?: Problem
}

async function outputPage(visit: BodyVisit, output: OutputDetails, state: PageState): Promise<Response> {
  const { words, context } = visit
  const against = await standsAgainst(visit, output)
  const title = output.description || output.id
  const content = html`<p class="crumbs"><a href="${visit.address('/outputs')}">${words('access-body.area.outputs')}</a></p><h1>${title}</h1>
${context.req.query('done') !== undefined && alert('success', words('access-body.done'))}${errorSummary(words, state.errors)}${
  state.problem && problemAlert(visit, state.problem)
}<section class="block">${summaryList([
    [words('access-body.column.status'), tag(words(`access-body.outputs.${output.state}`))],
    [
      words('access-body.column.case'),
      html`<a href="${visit.address(`/cases/${output.caseId}`)}"><code>${output.caseId}</code></a>`,
    ],
    [words('access-body.column.permit'), html`<code>${output.permit}</code>`],
    [words('access-body.column.asked'), moment(visit, output.requestedAt)],
    [words('access-body.output.by'), html`<code>${output.requestedBy}</code>`],
  ])}</section>${
    against
      ? alert('warning', words('access-body.output.not-yours'), html`<p>${problemWords(words, against)}</p>`)
      : html`${output.files.map((file) => fileSection(visit, output, file))}${decisionForm(visit, output, state)}`
  }${remarks(visit, output)}`
  const status = state.problem ? 409 : state.errors.length > 0 ? 422 : 200
  return show(visit, { title, content, status })
}

function fileSection(visit: BodyVisit, output: OutputDetails, file: OutputFile): Html {
  const { words } = visit
  const href = visit.address(`/outputs/${encodeURIComponent(output.id)}/file`, { name: file.name })
  return html`<section class="block"><h2><code>${file.name}</code></h2><p class="small quiet">${file.type} · ${words(
    'access-body.output.bytes',
    {
      count: file.bytes,
    },
  )} · <a href="${href}">${words('access-body.output.download')}</a></p>${
    file.findings.length === 0
      ? html`<p>${words('access-body.output.no-findings')}</p>`
      : html`<ul>${file.findings.map((finding) => html`<li>${findingLine(visit, finding)}</li>`)}</ul>`
  }${file.table ? outputTable(visit, file.table, file.findings) : html`<p>${words('access-body.output.not-shown')}</p>`}</section>`
}

function findingLine({ words }: BodyVisit, { code, severity, column, row }: OutputFinding): Html {
  const where =
    row === undefined ? words('access-body.output.column') : words('access-body.output.row', { number: row + 1 })
  return html`${tag(words(`access-body.severity.${severity}`), severity === 'stop' ? 'warn' : 'plain')} ${words(
    `access-body.finding-code.${code}`,
  )} <span class="sub">${column && html`<code>${column}</code> `}${where}</span>`
}

/** Cells with a finding stand out, and say so in words too. */
function outputTable({ words }: BodyVisit, { columns, rows }: OutputTable, findings: readonly OutputFinding[]): Html {
  const isFound = (row: number, column: string) => findings.some((one) => one.row === row && one.column === column)
  return html`<div class="framed scroll" tabindex="0" role="region" aria-label="${words.messages.text('access-body.output.table')}">${table(
    {
      caption: words('access-body.output.rows', { count: rows.length, shown: Math.min(rows.length, ROWS) }),
      columns: columns.map((column) => html`${column}`),
      labels: columns,
      rows: rows.slice(0, ROWS).map((cells, row) =>
        cells.map((cell, index) => {
          const shown = html`${cell === null ? '–' : String(cell)}`
          return isFound(row, columns[index] ?? '') ? html`<mark>${shown}</mark>` : shown
        }),
      ),
    },
  )}</div>`
}

function decisionForm(visit: BodyVisit, output: OutputDetails, { errors, sent }: PageState): Html | undefined {
  const { words, person } = visit
  if (output.state !== 'waiting') return undefined
  const errorOf = (name: string) => errors.find(({ field }) => field === name)?.message
  const stops = output.files.some(({ findings }) => findings.some(({ severity }) => severity === 'stop'))
  return html`<h2>${words('access-body.output.decide')}</h2>${stops && alert('warning', words('access-body.output.stops'))}${form(
    {
      action: visit.address(`/outputs/${encodeURIComponent(output.id)}`),
      token: person.token,
      content: html`<input type="hidden" name="version" value="${output.version}">${choices({
        name: 'decision',
        legend: words('access-body.output.decision'),
        choices: DECISIONS.map((value) => ({ value, label: words(`access-body.output.${value}`) })),
        value: sent?.get('decision') ?? undefined,
        error: errorOf('decision'),
      })}${textField(words, {
        name: 'words',
        label: words('access-body.output.words'),
        help: words('access-body.output.words.help'),
        value: sent?.get('words') ?? undefined,
        error: errorOf('words'),
        rows: 4,
        longest: 5000,
      })}<div class="actions">${button(words('access-body.output.send'))}</div>`,
    },
  )}`
}

function remarks(visit: BodyVisit, { remarks: said }: OutputDetails): Html | undefined {
  if (said.length === 0) return undefined
  return html`<section class="block"><h2>${visit.words('access-body.output.remarks')}</h2><ol class="timeline">${said.map(
    ({ at, by, kind, words: text }) =>
      html`<li>${moment(visit, at)} <span><b>${visit.words(`access-body.remark.${kind}`)}</b> <span class="sub">${by}</span> <span class="said">${text}</span></span></li>`,
  )}</ol></section>`
}
