/** What may follow what: adding, rewriting and moving an entry inside one change. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { isSamePerson } from '../releases/centre.ts'
import { type Author, findEntry, insertEntry, replaceEntry, type WorkChange } from './rows.ts'
import { isSameContent, keyOf, type WorkAction, type WorkContent, type WorkEntry, type WorkStatus } from './work.ts'

/** Which state of an entry a change is about. */
export interface Seen {
  readonly id: string
  readonly version: number
}

export const ACTIONS: Readonly<Record<WorkStatus, WorkAction>> = {
  draft: 'withdraw',
  'in-review': 'submit',
  reviewed: 'review',
  rejected: 'reject',
}

/** From which states a state is reached. */
const BEFORE: Readonly<Record<WorkStatus, readonly WorkStatus[]>> = {
  draft: ['in-review', 'rejected'],
  'in-review': ['draft', 'rejected'],
  reviewed: ['in-review'],
  rejected: ['in-review', 'reviewed'],
}

export async function addEntry(change: WorkChange, content: WorkContent, author: Author): Promise<Result<WorkEntry>> {
  const same = await findEntry(change, { identity: keyOf(content) })
  return same ? twice() : ok(await insertEntry(change, content, author))
}

export async function rewriteEntry(
  change: WorkChange,
  entry: WorkEntry,
  content: WorkContent,
  author: Author,
): Promise<Result<WorkEntry>> {
  if (isSameContent(entry.content, content)) return ok(entry)
  const same = await findEntry(change, { identity: keyOf(content) })
  if (same && same.id !== entry.id) return twice()
  const earlier = entry.status === 'reviewed' ? [] : entry.authors
  const authors = [...earlier.filter((name) => !isSamePerson(name, author.by)), author.by]
  return ok(await replaceEntry(change, entry, { status: 'draft', content, authors }, author))
}

export async function moveEntry(
  change: WorkChange,
  entry: WorkEntry,
  to: WorkStatus,
  author: Author,
): Promise<Result<WorkEntry>> {
  if (!BEFORE[to].includes(entry.status)) {
    const next = `It must be ${BEFORE[to].join(' or ')} first.`
    return failed('terminology-work-state', `The entry is ${entry.status}: it cannot become ${to}.`, next)
  }
  const judged = to === 'reviewed' || to === 'rejected'
  if (judged && entry.authors.some((name) => isSamePerson(name, author.by))) {
    const next = 'Let another person review it.'
    return failed('terminology-work-same-person', `${author.by} wrote this entry and cannot review it.`, next)
  }
  const { content, authors } = entry
  const reviewer = judged ? { reviewer: author.by } : {}
  return ok(await replaceEntry(change, entry, { status: to, content, authors, ...reviewer }, author))
}

function twice() {
  return failed('terminology-work-twice', 'There is such an entry already.', 'Change that one.')
}

export function unknown(id: string) {
  return failed('terminology-work-unknown', `There is no entry ${id}.`, 'It may have been removed: look at the list.')
}

export function conflict(entry: WorkEntry, seen: Seen) {
  return failed(
    'terminology-work-conflict',
    `The entry has been changed: it is at version ${entry.version}, you saw version ${seen.version}.`,
    'Look at it again, then repeat your change.',
  )
}
