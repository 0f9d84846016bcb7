/** Which datatype of XML Schema a date as people write it has (DCAT-AP 3.0.1: date, dateTime, gYear or gYearMonth). */
import { iri } from '../rdf/graph.ts'

const FORMS = [
  [/^\d{4}-\d{2}-\d{2}$/, 'xsd:date'],
  [/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/, 'xsd:dateTime'],
  [/^\d{4}$/, 'xsd:gYear'],
  [/^\d{4}-\d{2}$/, 'xsd:gYearMonth'],
] as const

/** The IRI of the datatype; nothing when it is no date. */
export function dateType(value: string): string | undefined {
  const form = FORMS.find(([pattern]) => pattern.test(value))
  return form && iri(form[1])
}
