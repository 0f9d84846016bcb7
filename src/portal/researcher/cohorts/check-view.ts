/** What the check of a cohort says: what it means in sentences, and what its author should look at. */
import { checkDefinition } from '#research/cohort/checks/check.ts'
import { remarkInEnglish } from '#research/cohort/checks/english.ts'
import type { Severity } from '#research/cohort/checks/remark.ts'
import { describeCohort } from '#research/cohort/description/describe.ts'
import { inEnglish } from '#research/cohort/description/english.ts'
import { readDefinition } from '#research/cohort/read-definition.ts'
import { alert, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { inTongue } from '../../ui/site.ts'
import { problemAlert } from '../refusal.ts'
import type { Visit } from '../visit.ts'

const MOST_REMARKS = 50

export interface CheckedCohort {
  readonly markup: Html
  /** It can be run. */
  readonly sound: boolean
}

export function checkView(visit: Pick<Visit, 'words'>, definition: unknown): CheckedCohort {
  const { words } = visit
  const read = readDefinition(definition)
  if (!read.ok) return { markup: problemAlert(visit, read.problem), sound: false }
  const remarks = checkDefinition(read.value)
  const sound = read.value.unfinished.length === 0
  const item = ({ severity, path }: { readonly severity: Severity; readonly path: string }, text: string): Html =>
    html`<li>${tag(words(`research.severity.${severity}`), severity === 'information' ? 'plain' : 'warn')} ${inTongue(visit, 'en', text)} <code>${path}</code></li>`
  const list = html`<ul class="plain">${remarks.slice(0, MOST_REMARKS).map((remark) => item(remark, remarkInEnglish(remark)))}</ul>`
  return {
    sound,
    markup: html`${
      remarks.length === 0
        ? alert('success', words('research.check.nothing'))
        : alert(
            sound ? 'information' : 'warning',
            words(sound ? 'research.check.remarks' : 'research.check.unfinished'),
            list,
          )
    }<details class="block"><summary>${words('research.check.meaning')}</summary><pre lang="en">${inEnglish(describeCohort(read.value)).join('\n')}</pre></details>`,
  }
}
