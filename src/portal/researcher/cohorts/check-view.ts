/** What the check of a cohort says: what its author should look at, and what the cohort means, in the reader's language. */
import type { Phrase } from '#platform/i18n/messages.ts'
import { checkDefinition } from '#research/cohort/checks/check.ts'
import type { Remark } from '#research/cohort/checks/remark.ts'
import type { CohortExpression } from '#research/cohort/definition.ts'
import { describeCohort } from '#research/cohort/description/describe.ts'
import type { Fault } from '#research/cohort/faults.ts'
import { readDefinition } from '#research/cohort/read-definition.ts'
import { beginningOf, type Told, tellCohort } from '#research/cohort/words/meaning.ts'
import { faultWords, remarkWords } from '#research/cohort/words/remarks.ts'
import { alert, tag } from '../../ui/components.ts'
import { type Html, html, inLanguage } from '../../ui/markup.ts'
import type { Visit } from '../visit.ts'

const MOST_REMARKS = 50
/** Characters of the meaning: a cohort of a hundred concept sets must not make a heavy page. */
const MOST_MEANING = 20_000

type Reader = Pick<Visit, 'words'>

export interface CheckedCohort {
  readonly markup: Html
  /** It can be run. */
  readonly sound: boolean
}

export function checkView(visit: Reader, definition: unknown): CheckedCohort {
  const read = readDefinition(definition)
  if (!read.ok) return { markup: unreadable(visit, read.faults), sound: false }
  const sound = read.value.unfinished.length === 0
  return {
    sound,
    markup: html`${remarksView(visit, checkDefinition(read.value), sound)}${meaningView(visit, read.value)}`,
  }
}

function unreadable(visit: Reader, faults: readonly Fault[]): Html {
  const { words } = visit
  const items = faults.map((fault) => html`<li>${placed(visit, faultWords(fault, words.messages), fault.path)}</li>`)
  return alert(
    'warning',
    words('research.problem.cohort-unreadable'),
    html`<p>${words('research.problem.cohort-unreadable.next')}</p><ul>${items.slice(0, MOST_REMARKS)}</ul>${more(visit, items.length)}`,
  )
}

function remarksView(visit: Reader, remarks: readonly Remark[], sound: boolean): Html {
  const { words } = visit
  if (remarks.length === 0) return alert('success', words('research.check.nothing'))
  const items = remarks
    .slice(0, MOST_REMARKS)
    .map(
      (remark) =>
        html`<li>${tag(words(`research.severity.${remark.severity}`), remark.severity === 'information' ? 'plain' : 'warn')} ${placed(visit, remarkWords(remark, words.messages), remark.path)}</li>`,
    )
  return alert(
    sound ? 'information' : 'warning',
    words(sound ? 'research.check.remarks' : 'research.check.unfinished'),
    html`<ul class="plain">${items}</ul>${more(visit, remarks.length)}`,
  )
}

function placed(visit: Reader, sentence: Phrase, path: string): Html {
  return html`${phrase(visit, sentence)} <code>${path}</code>`
}

function more({ words }: Reader, number: number): Html | undefined {
  if (number <= MOST_REMARKS) return undefined
  return html`<p>${words('research.check.more-remarks', { count: number - MOST_REMARKS })}</p>`
}

function meaningView(visit: Reader, expression: CohortExpression): Html {
  const { words } = visit
  const { told, left } = beginningOf(tellCohort(describeCohort(expression), words.messages), MOST_MEANING)
  return html`<details class="block"><summary>${words('research.check.meaning')}</summary><div class="meaning">${lines(visit, told)}${
    left > 0 && html`<p>${words('research.check.more-lines', { count: left })}</p>`
  }</div></details>`
}

function lines(visit: Reader, told: readonly Told[]): Html {
  return html`<ul>${told.map(
    ({ said, inside }) =>
      html`<li>${said.map((one) => phrase(visit, one))}${inside.length > 0 && lines(visit, inside)}</li>`,
  )}</ul>`
}

function phrase({ words }: Reader, { text, language }: Phrase): Html {
  return inLanguage(text, language, words.language)
}
