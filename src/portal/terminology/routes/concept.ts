import { CHILDREN_SHOWN, conceptPage } from '../pages/concept.ts'
import { pageNumber, parameter, show, type Visit, windowOf } from '../visit.ts'
import { refusal, refused } from './refusals.ts'

/** `/concept?system=…&code=…[&version=…]` */
export async function showConcept(visit: Visit): Promise<Response> {
  const { browser } = visit.site.options
  const system = parameter(visit, 'system')
  const code = parameter(visit, 'code')
  if (system === '' || code === '') return refusal(visit, 'nothing-asked')
  const asked = { system, code, version: parameter(visit, 'version') || undefined, languages: visit.reader.terms }
  const concept = await browser.concept(asked)
  if (!concept.ok) return refused(visit, concept.problem, { text: code, within: system })
  const childrenPage = pageNumber(visit, 'children')
  const [children, memberships] = await Promise.all([
    concept.value.childCount > 0
      ? browser.children({ ...asked, ...windowOf(childrenPage, CHILDREN_SHOWN) })
      : undefined,
    browser.memberships(asked),
  ])
  return show(visit, {
    title: `${concept.value.term?.text ?? code} (${code})`,
    content: conceptPage(visit, {
      concept: concept.value,
      children: children?.ok ? children.value : undefined,
      childrenPage,
      memberships: memberships.ok ? memberships.value : [],
    }),
  })
}
