/** The pages of the release centre as markup. */
import type { Result } from '#platform/result/result.ts'
import type { ReleaseDifference } from '#terminology/releases/diff/difference.ts'
import type { Release, ReleaseEvent, ReleaseState } from '#terminology/releases/release.ts'
import { alert, button, checkbox, form, summaryList, table, tag, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { englishParagraph, moment } from '../../ui/site.ts'
import { differenceBlock } from './difference.ts'
import type { AuthorityVisit, Visit } from './visit.ts'

export type Action = 'approve' | 'reject' | 'publish' | 'rollback'

/** What may follow a state, the usual step first. */
const ACTIONS: Readonly<Record<ReleaseState, readonly Action[]>> = {
  staged: ['approve', 'reject'],
  approved: ['publish', 'reject'],
  publishing: [],
  published: [],
  superseded: ['rollback'],
  'rolled-back': ['rollback'],
  rejected: [],
}

export function actionsOf(state: ReleaseState): readonly Action[] {
  return ACTIONS[state]
}

const COLUMNS = ['number', 'name', 'state', 'staged', 'published'] as const

export function listPage(visit: Visit, releases: readonly Release[]): Html {
  const { words } = visit
  if (releases.length === 0) {
    return html`<h1>${words('terminology.release.title')}</h1>${alert(
      'information',
      words('terminology.release.none.title'),
      html`<p>${words('terminology.release.none.text')}</p>`,
    )}`
  }
  return html`<h1>${words('terminology.release.title')}</h1><p class="lead">${words('terminology.release.lead')}</p>
<div class="framed stacked">${table({
    caption: words('terminology.release.title'),
    columns: COLUMNS.map((column) => words(`terminology.release.column.${column}`)),
    labels: COLUMNS.map((column) => words.messages.text(`terminology.release.column.${column}`)),
    rows: releases.map((release) => [
      html`<a href="${visit.address(`/${release.number}`)}">${words('terminology.release.number', { number: release.number })}</a>`,
      html`${release.title}`,
      stateTag(visit, release.state),
      stagedCell(visit, release),
      release.publishedAt === undefined ? html`–` : moment(visit, release.publishedAt),
    ]),
  })}</div>`
}

export interface ReleaseDetails {
  readonly history: readonly ReleaseEvent[]
  readonly difference: Result<ReleaseDifference>
  /** Why the last step was refused. */
  readonly problem: { readonly sentence: string; readonly next: string } | undefined
}

export function releasePage(
  visit: AuthorityVisit,
  release: Release,
  { history, difference, problem }: ReleaseDetails,
): Html {
  const { words } = visit
  return html`<p><a href="${visit.address('')}">${words('terminology.release.back')}</a></p>
<h1>${words('terminology.release.number', { number: release.number })} ${stateTag(visit, release.state)}</h1>
${problem && alert('warning', words('terminology.release.step-refused'), englishParagraph(`${problem.sentence} ${problem.next}`))}
${summaryList([
  [words('terminology.release.column.name'), html`${release.title}`],
  [words('terminology.release.column.staged'), stagedCell(visit, release)],
  [
    words('terminology.release.column.published'),
    release.publishedAt === undefined ? undefined : moment(visit, release.publishedAt),
  ],
  [
    words('terminology.release.artifacts'),
    html`<ul class="plain">${release.artifacts.map((id) => html`<li><code>${id}</code></li>`)}</ul>`,
  ],
])}
${stepForms(visit, release)}
<section class="block"><h2>${words(
    release.state === 'published' ? 'terminology.release.changed' : 'terminology.release.changes',
  )}</h2>${
    difference.ok
      ? differenceBlock(visit, difference.value)
      : alert('warning', words('terminology.release.no-difference'), englishParagraph(difference.problem.sentence))
  }</section>
<section class="block"><h2>${words('terminology.release.history')}</h2>${historyTable(visit, history)}</section>`
}

function stepForms(visit: AuthorityVisit, { number, state, stagedBy }: Release): Html {
  const { words, person } = visit
  const own = state === 'staged' && stagedBy === person.name
  return html`${actionsOf(state).map(
    (action) => html`<section class="block"><h2>${words(`terminology.release.action.${action}`)}</h2>
<p>${words(`terminology.release.explain.${action}`)}</p>${
      action === 'approve' && own && html`<p>${words('terminology.release.own')}</p>`
    }${form({
      action: visit.address(`/${number}/${action}`),
      token: person.token,
      id: action,
      content: html`${textField(words, {
        name: `note-${action}`,
        label: words('terminology.release.note'),
        optional: action === 'approve' || action === 'publish',
        rows: 2,
      })}${action === 'publish' && checkbox('over', words('terminology.release.over'))}<div class="actions">${button(
        words(`terminology.release.action.${action}`),
        action === 'approve' || action === 'publish' ? 'main' : 'other',
      )}</div>`,
    })}</section>`,
  )}`
}

const STEPS = ['at', 'by', 'step', 'note'] as const

function historyTable(visit: Visit, history: readonly ReleaseEvent[]): Html {
  const { words } = visit
  return html`<div class="framed stacked">${table({
    caption: words('terminology.release.history'),
    columns: STEPS.map((column) => words(`terminology.release.column.${column}`)),
    labels: STEPS.map((column) => words.messages.text(`terminology.release.column.${column}`)),
    rows: history.map(({ at, by, action, note }) => [
      moment(visit, at),
      html`${by}`,
      words(`terminology.release.event.${action}`),
      html`${note}`,
    ]),
  })}</div>`
}

function stateTag({ words }: Visit, state: ReleaseState): Html {
  const said = words(`terminology.release.state.${state}`)
  if (state === 'published') return tag(said, 'good')
  return tag(said, state === 'rolled-back' || state === 'rejected' ? 'warn' : 'plain')
}

/** What came without the centre was never staged: only its person is told. */
function stagedCell(visit: Visit, { outside, stagedAt, stagedBy }: Release): Html {
  if (outside) return html`${visit.words('terminology.release.outside')}, ${stagedBy}`
  return html`${moment(visit, stagedAt)}, ${stagedBy}`
}
