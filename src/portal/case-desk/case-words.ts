/** A case in words and marks: its status, its clocks with their article, what happened. */

import type { PartStatus } from '#research/applications/case/state.ts'
import type { Standing } from '#research/applications/clocks/clocks.ts'
import type { Text } from '#research/applications/rules/rule-set.ts'
import type { TimelineEntry } from '#research/applications/views/case-view.ts'
import { table, tag } from '../ui/components.ts'
import { type Html, html } from '../ui/markup.ts'
import { countryName, moment, type WithWords } from '../ui/site.ts'
import { headed } from './desk.ts'

/** Statuses in which somebody outside has to act. */
const WAITING: readonly string[] = ['incomplete', 'with-trusted-holder', 'conversion-proposed', 'data-asked']
const GOOD: readonly string[] = ['granted', 'data-received', 'available', 'responded']

export function statusTag({ words }: WithWords, status: PartStatus | string): Html {
  const tone = GOOD.includes(status) ? 'good' : WAITING.includes(status) ? 'warn' : 'plain'
  return tag(words(`access-body.status.${status}`), tone)
}

/** A label of the rules in the reader's language; they are in English and French. */
export function ruleText({ words }: WithWords, text: Text): Html {
  if (words.language.split('-')[0] === 'fr') return html`${text.fr}`
  return words.language.split('-')[0] === 'en' ? html`${text.en}` : html`<span lang="en">${text.en}</span>`
}

/** The name of a clock with the article that sets it. */
export function clockName({ words }: WithWords, { id, article }: Pick<Standing, 'id' | 'article'>): Html {
  return html`${words(`access-body.clock.${id}`)} <span class="sub">${words('access-body.article', { article })}</span>`
}

/** When it ends, and how far that is. */
export function clockEnd(visit: WithWords, { standing, due, daysLeft = 0 }: Standing): Html {
  const { words } = visit
  if (due === undefined || standing === 'paused') return tag(words('access-body.clock.paused'))
  const left =
    daysLeft < 0
      ? tag(words('access-body.clock.past', { count: -daysLeft }), 'warn')
      : words('access-body.clock.left', { count: daysLeft })
  return html`${moment(visit, due)} ${left}`
}

/** Every clock of a part, first those that end first. */
export function clocksTable(visit: WithWords, clocks: readonly Standing[]): Html {
  const { words } = visit
  if (clocks.length === 0) return html`<p>${words('access-body.clocks.none')}</p>`
  const keys = [
    'access-body.column.clock',
    'access-body.column.due',
    'access-body.column.responsible',
    'access-body.column.about',
  ]
  return html`<div class="framed stacked">${table({
    caption: words('access-body.clocks'),
    ...headed(words, keys),
    rows: clocks.map((clock) => [
      clockName(visit, clock),
      clockEnd(visit, clock),
      roleName(visit, clock.responsible),
      clock.about === undefined ? html`–` : html`<code>${clock.about}</code>`,
    ]),
  })}</div>`
}

export function roleName({ words }: WithWords, role: string): Html {
  return words(`access-body.role.${role}`)
}

/** What happened, newest last, each in a sentence. `details`: what is told below it. */
export function timelineList<Entry extends TimelineEntry>(
  visit: WithWords,
  entries: readonly Entry[],
  details: (entry: Entry) => Html | undefined = () => undefined,
): Html {
  return html`<ol class="timeline">${entries.map((entry) => {
    const { at, kind, role, memberState } = entry
    return html`<li>${moment(visit, at)} <div><b>${visit.words(`access-body.event.${kind}`)}</b> <span class="sub">${roleName(visit, role)}${
      memberState !== undefined && html` · ${countryName(visit, memberState)}`
    }</span>${details(entry)}</div></li>`
  })}</ol>`
}

export function euros({ words }: WithWords, cents: number): Html {
  return html`${words.messages.formats.number((cents / 100).toFixed(2))} €`
}
