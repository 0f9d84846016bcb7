import { eclPage, LONGEST_EXPRESSION } from '../pages/ecl.ts'
import { pageNumber, parameter, show, type Visit, windowOf } from '../visit.ts'
import { refused } from './refusals.ts'

/** `/ecl?edition=…&expression=…` */
export async function showEcl(visit: Visit): Promise<Response> {
  const { browser } = visit.site.options
  const languages = visit.reader.terms
  const editions = await browser.editions({ languages })
  const expression = parameter(visit, 'expression', LONGEST_EXPRESSION)
  const edition = parameter(visit, 'edition') || editions[0]?.uri || ''
  const page = pageNumber(visit)
  const title = visit.words.messages.text('terminology.ecl.title')
  if (expression === '' || edition === '') {
    return show(visit, { title, place: 'ecl', content: eclPage(visit, { editions, edition, expression, page }) })
  }
  const evaluation = await browser.evaluate({ edition, expression, languages, ...windowOf(page) })
  if (!evaluation.ok) return refused(visit, evaluation.problem, { text: edition })
  return show(visit, {
    title,
    place: 'ecl',
    status: evaluation.value.kind === 'result' ? 200 : 422,
    content: eclPage(visit, { editions, edition, expression, page, evaluation: evaluation.value }),
  })
}
