/** The page of a question in place of its answer. */
import type { Problem } from '#platform/result/result.ts'
import { html } from '../../ui/markup.ts'
import { show } from '../../ui/site.ts'
import { problemAlert } from '../refusal.ts'
import type { SavedQuestion } from '../studies/study-store.ts'
import { studyCrumbs } from '../studies/study-visit.ts'
import type { CaseVisit } from '../visit.ts'

/** A question that cannot be shown, or kept, and why. */
export function problemPage(visit: CaseVisit, { title }: SavedQuestion, problem: Problem): Response {
  const content = html`${studyCrumbs(visit)}<h1>${title}</h1>${problemAlert(visit, problem)}`
  return show(visit, { title, status: 409, content })
}
