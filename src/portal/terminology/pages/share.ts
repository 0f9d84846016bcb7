/** How much of a whole: a bar for the eye, the numbers for everybody. */
import { type Html, html } from '../../ui/markup.ts'
import type { CoveredConcepts } from '../browser.ts'
import { counted, numberText } from '../terms.ts'
import type { Visit } from '../visit.ts'

export function share(visit: Visit, part: number, whole: number): Html {
  const percent = whole === 0 ? 0 : Math.min(100, (part / whole) * 100)
  // Never 100 % when something is missing, never 0 % when something is there.
  const rounded = part < whole && percent > 99 ? 99 : part > 0 && percent < 1 ? 1 : Math.round(percent)
  const prefix = part > 0 && percent < 1 ? '< ' : ''
  return html`<span class="share"><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="share-all" width="100" height="6"/><rect class="share-part" width="${percent.toFixed(1)}" height="6"/></svg><span class="num">${visit.words(
    'terminology.share',
    { part: numberText(visit, part), whole: numberText(visit, whole), percent: `${prefix}${rounded}` },
  )}</span></span>`
}

/** Concepts with words, and how many of them can be shown when those are fewer. */
export function covered(visit: Visit, { named, usable }: CoveredConcepts, whole: number): Html {
  return html`${share(visit, named, whole)}${
    usable < named && html`<span class="share">${counted(visit, 'terminology.coverage.usable', usable)}</span>`
  }`
}
