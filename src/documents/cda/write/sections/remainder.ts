/**
 * The last section of a document: facts of the header that CDA's header has no place for, and resources that no section
 * names. It keeps what would otherwise be lost, and is not written when there is nothing.
 */
import type { Bundle, Resource } from 'fhir/r4'
import { type Leftover, leftovers } from '../carried.ts'
import { assemble, element, escaped, type Piece } from '../element.ts'
import { restObservation, whatOf } from '../statement.ts'
import type { Writing } from '../writing.ts'

/** LOINC: annotation comment. */
const COMMENT = { code: '48767-8', codeSystem: '2.16.840.1.113883.6.1', displayName: 'Annotation comment' }

/** Facts of the header's resources that the header does not hold. */
export function headerLeftovers(folded: readonly Resource[], xml: string, writing: Writing): Leftover[] {
  return folded.flatMap((resource) => {
    if (writing.written.has(resource)) return []
    writing.written.add(resource)
    return leftovers(resource, xml, writing)
  })
}

/** Resources that neither the header nor a section wrote. */
export function unwritten(bundle: Bundle, writing: Writing): Resource[] {
  return (bundle.entry ?? []).flatMap(({ resource }) =>
    resource === undefined || writing.written.has(resource) || SILENT.has(resource.resourceType) ? [] : [resource],
  )
}

/** Records about the bundle, not about the patient's health. */
const SILENT = new Set(['Composition', 'Bundle', 'OperationOutcome'])

export function remainder(facts: readonly Leftover[], bundle: Bundle, writing: Writing): Piece | undefined {
  writing.narrative.clear()
  const place = { section: COMMENT.code, depth: 0 }
  const entries: Piece[] = []
  for (const resource of unwritten(bundle, writing)) {
    if (writing.written.has(resource)) continue
    const made = writing.write(resource, writing, place)
    if (made !== undefined) entries.push(assemble('Entry', 'entry', {}, [made]))
  }
  if (facts.length === 0 && entries.length === 0) return undefined
  const title =
    writing.terminology.designation('http://loinc.org', COMMENT.code, [writing.language])?.term ?? COMMENT.displayName
  return assemble('Section', 'section', {}, [
    element('code', COMMENT),
    element('title', {}, escaped(title)),
    element('text', {}, wordsOf(facts)),
    ...facts.map((fact) => factEntry(fact, writing)),
    ...entries,
  ])
}

function factEntry({ path, label, valued }: Leftover, writing: Writing): Piece {
  writing.notWritten.push({ path, what: whatOf(valued), where: 'statement' })
  return assemble('Entry', 'entry', {}, [restObservation(label, valued, writing)])
}

function wordsOf(facts: readonly Leftover[]): string {
  if (facts.length === 0) return '<br/>'
  const items = facts.map(({ label, valued }) => element('item', {}, escaped(`${label}: ${plain(valued)}`)).xml)
  return element('list', {}, items.join('')).xml
}

function plain(valued: Leftover['valued']): string {
  const concept = valued.valueCodeableConcept
  if (concept !== undefined)
    return concept.text ?? concept.coding?.map(({ display, code }) => display ?? code).join(', ') ?? ''
  const amount = valued.valueQuantity
  return amount === undefined ? whatOf(valued) : `${amount.value ?? ''} ${amount.unit ?? amount.code ?? ''}`
}
