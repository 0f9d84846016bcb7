/** What an event says beyond its kind, for those who may read everything: words as they were written, days, amounts, who. */
import type { CaseEvent } from '#research/applications/case/events.ts'
import { type Html, html } from '../ui/markup.ts'
import { moment, type WithWords } from '../ui/site.ts'
import { euros } from './case-words.ts'

/** Fields that hold what somebody wrote. */
const WRITTEN = [
  'question',
  'answer',
  'reasons',
  'justification',
  'summary',
  'description',
  'views',
  'evidence',
  'reference',
] as const
/** Fields that hold a name of something. */
const NAMES = ['holder', 'release', 'environment', 'finding', 'party'] as const
const DAYS = ['until', 'viewsUntil'] as const

export function eventDetails(visit: WithWords, event: CaseEvent): Html {
  // Every kind of event has some of these fields; which, its schema says.
  const fields: Readonly<Record<string, unknown>> = event
  const texts = WRITTEN.flatMap((name) => (typeof fields[name] === 'string' ? [fields[name]] : []))
  const names = NAMES.flatMap((name) => (typeof fields[name] === 'string' ? [fields[name]] : []))
  const days = DAYS.flatMap((name) => (typeof fields[name] === 'string' ? [fields[name]] : []))
  return html`<span class="sub"><code>${event.by.person}</code>${names.map((name) => html` · <code>${name}</code>`)}${days.map(
    (day) => html` · ${moment(visit, day)}`,
  )}${typeof fields.months === 'number' && html` · ${visit.words('access-body.months', { count: fields.months })}`}${
    typeof fields.cents === 'number' && html` · ${euros(visit, fields.cents)}`
  }</span>${texts.map((text) => html`<span class="sub said">${text}</span>`)}${listed(visit, event)}`
}

function listed({ words }: WithWords, event: CaseEvent): Html | undefined {
  if (event.kind === 'completion-asked') return html`<ul>${event.questions.map((one) => html`<li>${one}</li>`)}</ul>`
  if (event.kind !== 'criteria-assessed') return undefined
  return html`<ul>${event.criteria.map(
    ({ code, met, reason }) =>
      html`<li>${code} ${words(`access-body.criterion.${met ? 'met' : 'unmet'}`)} – <span class="said">${reason}</span></li>`,
  )}</ul>`
}
