/** The country of the organisation that wrote a document. */
import { words } from '#platform/xml/access.ts'
import { each, first, type Located } from '../located.ts'

/** ISO 3166-1 alpha-2, when an author's or the custodian's address says so. */
export function countryOf(root: Located): string | undefined {
  const authors = each(root, 'author').map((author) => first(author, 'assignedAuthor'))
  const places = [
    ...authors.map((author) => first(author, 'representedOrganization', 'addr', 'country')),
    first(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization', 'addr', 'country'),
    first(root, 'legalAuthenticator', 'assignedEntity', 'representedOrganization', 'addr', 'country'),
    ...authors.map((author) => first(author, 'addr', 'country')),
  ]
  return places.map((place) => words(place?.element).toUpperCase()).find((text) => /^[A-Z]{2}$/.test(text))
}
