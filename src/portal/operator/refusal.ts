/** Pages that are not there, forms that are not ours, errors. Somebody without the office sees only that there is nothing. */
import { type Refused, showRefusal } from '../ui/signed-in.ts'
import type { OperatorVisit, Visit } from './visit.ts'

export function refused(visit: Visit | OperatorVisit, why: Refused): Response {
  return showRefusal(visit, why, {
    title: `operator.refused.${why}.title`,
    text: `operator.refused.${why}.text`,
    home: 'operator.area.overview',
  })
}
