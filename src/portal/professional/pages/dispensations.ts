/** What became of dispensations: known, refused, or honestly unknown until the other country has answered. */
import type { OutboxEntry, SubmissionState } from '#care/dispensing/dispensing.ts'
import { alert, button, form, linkButton, summaryList, table, tag } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'
import { numberOf } from './prescriptions.ts'

const TONE: Readonly<Record<SubmissionState, 'good' | 'warn' | 'plain'>> = {
  accepted: 'good',
  sending: 'plain',
  unknown: 'warn',
  refused: 'warn',
}

export interface DispensationPage {
  readonly entry: OutboxEntry
  readonly country: string
  /** Why it was refused, in words; only for refusals. */
  readonly refusal: Html | undefined
  readonly back: string
  readonly here: string
  /** Present when it can be taken back here and now. */
  readonly discard: { readonly action: string; readonly token: string } | undefined
}

export function dispensationPage(words: Words, view: DispensationPage): Html {
  const { entry, country } = view
  const tone = entry.state === 'accepted' ? 'success' : entry.state === 'sending' ? 'information' : 'warning'
  const waiting = entry.state === 'unknown' || entry.state === 'sending'
  return html`<p class="crumbs noprint"><a href="${view.back}">${words('portal.prescriptions.back')}</a> · ${country}</p><h1>${words(
    `portal.dispensation.${entry.kind}.title`,
  )}</h1>${alert(tone, words(`portal.dispensation.${entry.kind}.${entry.state}.title`, { country }), html`<p>${view.refusal ?? words(`portal.dispensation.${entry.kind}.${entry.state}.text`, { country })}</p>`)}${summaryList(
    [
      [
        words('portal.dispensation.prescription'),
        entry.prescriptionNumber === undefined ? undefined : html`${entry.prescriptionNumber}`,
      ],
      [words('portal.dispensation.confirmed'), html`${moment(words, entry.confirmedAt)}`],
      [words('portal.dispensation.attempts'), html`${words.messages.formats.number(entry.attempts)}`],
      [words('portal.dispensation.reference'), html`<code>${entry.submissionId}</code>`],
      [
        words('portal.dispensation.discarded'),
        entry.discardedAt === undefined ? undefined : html`${moment(words, entry.discardedAt)}`,
      ],
    ],
  )}<p class="actions">${waiting && linkButton(view.here, words('portal.dispensation.look-again'), 'main')}${linkButton(
    '/dispensations',
    words('portal.dispensations.title'),
  )}</p>${
    view.discard &&
    form({
      action: view.discard.action,
      token: view.discard.token,
      content: html`<h2>${words('portal.discard.title')}</h2><p>${words('portal.discard.text', { country })}</p>${button(
        words('portal.discard.confirm'),
        'other',
      )}`,
    })
  }`
}

export function dispensationsPage(
  words: Words,
  view: { readonly entries: readonly { readonly entry: OutboxEntry; readonly country: string }[] },
): Html {
  const columns = ['when', 'what', 'country', 'number', 'state'] as const
  const labels = columns.map((column) => words.messages.text(`portal.dispensations.${column}`))
  const open = view.entries.filter(({ entry }) => entry.state === 'unknown').length
  return html`<h1>${words('portal.dispensations.title')}</h1><p class="lead">${words('portal.dispensations.lead')}</p>${
    open > 0 && alert('warning', words('portal.dispensations.open', { count: open }))
  }${
    view.entries.length === 0
      ? html`<p>${words('portal.dispensations.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words('portal.dispensations.caption'),
          columns: columns.map((column) => words(`portal.dispensations.${column}`)),
          labels,
          rows: view.entries.map(({ entry, country }) => [
            html`${moment(words, entry.confirmedAt)}`,
            words(`portal.dispensation.${entry.kind}.title`),
            html`${country}`,
            html`${entry.prescriptionNumber ?? numberOf(entry.prescriptionId)}`,
            html`${tag(words(`portal.dispensation.state.${entry.state}`), TONE[entry.state])}${
              entry.discardedAt !== undefined && html` ${tag(words('portal.dispensation.taken-back'))}`
            }`,
          ]),
        })}</div>`
  }`
}

function moment(words: Words, time: string): string {
  return words.messages.formats.date(time)
}
