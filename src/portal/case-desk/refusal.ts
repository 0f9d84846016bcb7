/** Pages that are not there, forms that are not ours, errors. Somebody without the office sees only that there is nothing. */
import { type Refused, type SignedInOptions, showRefusal } from '../ui/signed-in.ts'
import type { PersonVisit, SignedIn, Visit } from '../ui/site.ts'

export function refused<Options extends SignedInOptions<Person>, Person extends SignedIn>(
  visit: Visit<Options> | PersonVisit<Options, Person>,
  why: Refused,
): Response {
  return showRefusal<Options, Person>(visit, why, {
    title: `access-body.refused.${why}.title`,
    text: `access-body.refused.${why}.text`,
    home: 'access-body.refused.back',
  })
}
