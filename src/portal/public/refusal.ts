/** Pages that are not there, and errors. */
import { linkButton } from '../ui/components.ts'
import { refusal, show } from '../ui/site.ts'
import { CATALOGUE, type Visit } from './visit.ts'

const STATUS = { 'not-found': 404, 'server-error': 500 } as const

export function refused(visit: Visit, why: keyof typeof STATUS): Response {
  const { words } = visit
  const title = words.messages.text(`catalogue.page.refused.${why}.title`)
  const way = linkButton(visit.address(CATALOGUE), words('catalogue.page.nav.catalogue'), 'main')
  return show(visit, {
    title,
    status: STATUS[why],
    content: refusal(words(`catalogue.page.refused.${why}.title`), words(`catalogue.page.refused.${why}.text`), way),
  })
}
