/** What went over the border lately, in both directions; of each, both messages without what could tell about a person. */
import type { BorderTransaction } from '#care/context/transactions.ts'
import { button, linkButton, summaryList, table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, moment, show } from '../../ui/site.ts'
import { shownMessage } from '../pretty-message.ts'
import { refused } from '../refusal.ts'
import type { OperatorVisit } from '../visit.ts'

const LOOKED_AT = 500
const PAGE = 50
const FILTERS = ['country', 'transaction', 'outcome'] as const
type Filter = (typeof FILTERS)[number]

const VALUE: Readonly<Record<Filter, (one: BorderTransaction) => string>> = {
  country: ({ peer }) => peer,
  transaction: ({ transaction }) => transaction,
  outcome: ({ outcome }) => outcome.kind,
}
const COLUMNS = ['started', 'direction', 'country', 'transaction', 'service', 'outcome', 'duration'] as const

export async function showTransactions(visit: OperatorVisit): Promise<Response> {
  const { words, context, options } = visit
  const all = await options.transactions.recentTransactions(LOOKED_AT)
  const wished = Object.fromEntries(
    FILTERS.flatMap((filter) => {
      const value = context.req.query(filter) ?? ''
      return value === '' ? [] : [[filter, value] as const]
    }),
  )
  const found = all.filter((one) =>
    FILTERS.every((filter) => wished[filter] === undefined || wished[filter] === VALUE[filter](one)),
  )
  const from = Math.max(0, Math.floor(Number(context.req.query('from') ?? 0)) || 0)
  const page = found.slice(from, from + PAGE)
  const content = html`<h1>${words('operator.area.transactions')}</h1><p class="lead">${words('operator.transactions.lead')}</p>
${filterForm(visit, all, wished)}
${
  page.length === 0
    ? html`<p>${words('operator.transactions.none')}</p>`
    : html`<div class="framed stacked">${table({
        caption: words('operator.transactions.count', { count: found.length }),
        columns: COLUMNS.map((column) => words(`operator.column.${column}`)),
        labels: COLUMNS.map((column) => words.messages.text(`operator.column.${column}`)),
        rows: page.map((one) => rowOf(visit, one)),
      })}</div>`
}
<div class="actions">${
    from > 0 &&
    linkButton(
      visit.address('/transactions', { ...wished, from: String(Math.max(0, from - PAGE)) }),
      words('operator.transactions.newer'),
    )
  }${
    from + PAGE < found.length &&
    linkButton(
      visit.address('/transactions', { ...wished, from: String(from + PAGE) }),
      words('operator.transactions.older'),
    )
  }</div>`
  return show(visit, { title: words.messages.text('operator.area.transactions'), content })
}

function rowOf(visit: OperatorVisit, one: BorderTransaction): readonly Html[] {
  const { words } = visit
  return [
    html`<a href="${visit.address(`/transactions/${encodeURIComponent(one.id)}`)}">${moment(visit, one.started)}</a>`,
    words(`operator.direction.${one.side}`),
    html`${countryName(visit, one.peer)}`,
    html`${one.transaction}`,
    html`${one.service}`,
    outcomeCell(visit, one),
    html`${one.durationMs} ms`,
  ]
}

function outcomeCell({ words }: OperatorVisit, { outcome }: BorderTransaction): Html {
  const { kind, code } = outcome
  const said = tag(
    words(`operator.outcome.${kind}`),
    kind === 'failed' ? 'warn' : kind === 'success' ? 'good' : 'plain',
  )
  return html`${said}${code && html`<br><code class="small">${code}</code>`}`
}

/** A form that only looks: it needs no token, and its address can be kept. */
function filterForm(
  visit: OperatorVisit,
  all: readonly BorderTransaction[],
  wished: Readonly<Record<string, string>>,
): Html {
  const { words, context } = visit
  const language = context.req.query('language')
  return html`<form method="get" action="${visit.site.base}/transactions" class="filters">${
    language !== undefined && html`<input type="hidden" name="language" value="${language}">`
  }${FILTERS.map((filter) => {
    const values = [...new Set([...all.map(VALUE[filter]), wished[filter] ?? ''])]
      .filter((value) => value !== '')
      .sort()
    return html`<div class="field"><label for="${filter}">${words(`operator.column.${filter}`)}</label><select id="${filter}" name="${filter}"><option value="">${words(
      'operator.transactions.any',
    )}</option>${values.map(
      (value) =>
        html`<option value="${value}"${value === wished[filter] && html` selected`}>${optionOf(visit, filter, value)}</option>`,
    )}</select></div>`
  })}${button(words('operator.transactions.filter'), 'other')}</form>`
}

/** Options hold text only. */
function optionOf(visit: OperatorVisit, filter: Filter, value: string): string {
  if (filter === 'country') return countryName(visit, value)
  const key = `operator.outcome.${value}`
  const { messages } = visit.words
  return filter === 'outcome' && messages.has(key) ? messages.text(key) : value
}

export async function showTransaction(visit: OperatorVisit): Promise<Response> {
  const { words, context, options } = visit
  const one = await options.transactions.transaction(context.req.param('id') ?? '')
  if (!one) return refused(visit, 'not-found')
  const title = `${one.transaction}, ${countryName(visit, one.peer)}`
  const code = (value: string | undefined) => (value === undefined ? undefined : html`<code>${value}</code>`)
  const content = html`<p class="crumbs"><a href="${visit.address('/transactions')}">${words('operator.area.transactions')}</a></p>
<h1>${title}</h1><section class="block">${summaryList([
    [words('operator.column.started'), html`${moment(visit, one.started)}, ${one.durationMs} ms`],
    [words('operator.column.direction'), words(`operator.direction.${one.side}`)],
    [words('operator.column.outcome'), outcomeCell(visit, one)],
    [words('operator.transaction.detail'), code(one.outcome.detail)],
    [words('operator.column.service'), html`${one.service}, ${one.step}, ${one.wire === 'ihe' ? 'IHE' : 'FHIR'}`],
    [words('operator.transaction.ledger'), html`${one.sequence}<br><code>${one.entryHash}</code>`],
    [words('operator.transaction.request-id'), code(one.requestId)],
    [words('operator.transaction.message-id'), code(one.messageId)],
    [words('operator.transaction.request-digest'), code(one.requestDigest)],
    [words('operator.transaction.response-digest'), code(one.responseDigest)],
    [
      words('operator.transaction.audit'),
      followUp(
        visit,
        one.auditMessages.map(({ event }) => event),
        one.followedUp,
      ),
    ],
    [
      words('operator.transaction.evidences'),
      followUp(
        visit,
        one.evidences.map(({ kind, part }) => `${kind} (${part})`),
        one.followedUp,
      ),
    ],
  ])}</section>${messageBlock(visit, 'request', one.request)}${messageBlock(visit, 'response', one.response)}`
  return show(visit, { title, content })
}

function followUp({ words }: OperatorVisit, made: readonly string[], isDone: boolean): Html {
  if (made.length > 0) return html`${made.join(', ')}`
  return words(isDone ? 'operator.transaction.none' : 'operator.transaction.later')
}

function messageBlock({ words }: OperatorVisit, part: 'request' | 'response', message: string | undefined): Html {
  const shown = message === undefined ? undefined : shownMessage(message)
  return html`<section class="block"><h2>${words(`operator.transaction.${part}`)}</h2>${
    shown
      ? html`<p class="quiet">${words('operator.transaction.redacted')}</p><pre class="message">${shown.text}</pre>${
          shown.left > 0 && html`<p>${words('operator.transaction.cut', { count: shown.left })}</p>`
        }`
      : html`<p>${words('operator.transaction.not-kept')}</p>`
  }</section>`
}
