/** How many requests are usual, and where there were more. Patients and points of care stand as digests. */
import { ALERT_CODES, type Threshold } from '#care/abuse/thresholds.ts'
import { table } from '../../ui/components.ts'
import { html } from '../../ui/markup.ts'
import { countryName, moment, show } from '../../ui/site.ts'
import type { OperatorVisit } from '../visit.ts'

const SHOWN = 100
const THRESHOLDS = ['subject', 'period', 'alert-above', 'refuse-above', 'code'] as const
const ALERTS = ['raised', 'subject', 'country', 'digest', 'requests', 'alert-above'] as const

export async function showAlerts(visit: OperatorVisit): Promise<Response> {
  const { words, options } = visit
  const { thresholds, emergencyAlerts } = options.thresholds
  const alerts = await options.alerts(SHOWN)
  const headed = (columns: readonly string[]) => ({
    columns: columns.map((column) => words(`operator.column.${column}`)),
    labels: columns.map((column) => words.messages.text(`operator.column.${column}`)),
  })
  const { number } = words.messages.formats
  const content = html`<h1>${words('operator.area.alerts')}</h1><p class="lead">${words('operator.alerts.lead')}</p>
${
  alerts.length === 0
    ? html`<p>${words('operator.alerts.none')}</p>`
    : html`<div class="framed stacked">${table({
        caption: words('operator.alerts.caption'),
        ...headed(ALERTS),
        rows: alerts.map(({ raised, kind, country, digest, requests, threshold }) => [
          moment(visit, raised),
          words(`operator.subject.${kind}`),
          html`${countryName(visit, country)}`,
          html`<code>${digest}</code>`,
          html`${number(requests)}`,
          html`${number(threshold)}`,
        ]),
      })}</div>`
}
<div class="framed stacked">${table({
    caption: words('operator.alerts.thresholds'),
    ...headed(THRESHOLDS),
    rows: thresholds.map((threshold: Threshold) => [
      words(`operator.subject.${threshold.subject}`),
      words('operator.alerts.minutes', { count: Math.round(threshold.periodSeconds / 60) }),
      html`${number(threshold.alertAbove)}`,
      threshold.refuseAbove === undefined ? words('operator.alerts.never') : html`${number(threshold.refuseAbove)}`,
      html`<code>${ALERT_CODES[threshold.subject]}</code>`,
    ]),
  })}</div>
<p>${words(emergencyAlerts ? 'operator.alerts.emergency' : 'operator.alerts.no-emergency')}</p>
<p class="quiet">${words('operator.alerts.where')} <code>data/policies/thresholds.json</code></p>`
  return show(visit, { title: words.messages.text('operator.area.alerts'), content })
}
