/** Sections of the Composition → sections of the body (CDA R2 §4.3.4): code, title, narrative, entries, inner sections. */
import type { CompositionSection, Reference, Resource } from 'fhir/r4'
import { leftovers } from '../carried.ts'
import { code } from '../datatypes/code.ts'
import { nullFlavorIn } from '../datatypes/nulls.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, escaped, type Piece, templateIds } from '../element.ts'
import { generatedText, type Row } from '../narrative/generated.ts'
import { structuredText } from '../narrative/structured.ts'
import { participation } from '../people.ts'
import { prescriptionId } from '../pharmacy/orders.ts'
import { sourceIn } from '../source.ts'
import { restObservation, whatOf } from '../statement.ts'
import { resolve, type Writing } from '../writing.ts'
import { absenceOf } from './absent.ts'
import { SECTION_TEMPLATES } from './templates.ts'

/** What the reader writes where a section has no words. */
const NO_WORDS = /^<div[^>]*>\s*—\s*<\/div>$/

export function section(held: CompositionSection, writing: Writing, number: string): Piece {
  writing.narrative.clear()
  const loinc = held.code?.coding?.find(({ system }) => system === 'http://loinc.org')?.code ?? ''
  const absent = absenceOf(held)
  const stated = (held.entry ?? []).flatMap((reference) => resolve(reference, writing) ?? [])
  const resources = [...stated, ...absent]
  const div = held.text?.div
  const own = div === undefined || NO_WORDS.test(div) ? undefined : structuredText(div, writing)
  const generated = own === undefined ? generatedText(resources, `e${number}`, writing) : undefined
  const place = { section: loinc, depth: 0 }
  const entries = resources.flatMap((resource) => entry(resource, generated?.rows ?? [], writing, place))
  const source = sourceIn(held.extension ?? [])
  const folded: Resource[] = []
  const authors = [
    ...(held.author ?? []).map((reference) => ({ reference, name: 'author' })),
    ...source.related.map(({ target, typeCode }) => ({
      reference: { reference: target },
      name: typeCode === 'INF' ? 'informant' : 'author',
    })),
  ]
  const pieces = [
    ...templateIds(...(SECTION_TEMPLATES[loinc] ?? [])),
    code('code', held.code, writing, { type: 'CE' }),
    element('title', {}, escaped(held.title ?? '')),
    element('text', {}, own ?? (generated?.text || '<br/>')),
    ...authors.flatMap(
      ({ reference, name }) =>
        participation(name === 'author' ? 'Author' : 'Informant12', name, reference, writing, folded) ?? [],
    ),
    ...entries,
    ...outside(held.entry ?? [], writing),
    ...(held.section ?? []).map((inner, at) =>
      assemble('Component5', 'component', {}, [section(inner, writing, `${number}-${at + 1}`)]),
    ),
    ...detailPieces('Section', source.details, writing),
    prescriptionId(resources, writing),
  ]
  const flavor = nullFlavorIn({ extension: held.extension ?? [] })
  const made = assemble('Section', 'section', { nullFlavor: flavor }, pieces)
  const rest = restOf(held, folded, made.xml, absent.length > 0, writing)
  return rest.length === 0 ? made : assemble('Section', 'section', { nullFlavor: flavor }, [...pieces, ...rest])
}

function entry(
  resource: Resource,
  rows: readonly Row[],
  writing: Writing,
  place: { section: string; depth: number },
): Piece[] {
  const row = rows.find((one) => one.resource === resource)
  const made = writing.write(resource, writing, row === undefined ? place : { ...place, row: row.id })
  return made === undefined ? [] : [assemble('Entry', 'entry', {}, [made])]
}

/** Facts of the section itself that have no element: as an observation among its entries. */
function restOf(
  held: CompositionSection,
  folded: readonly Resource[],
  xml: string,
  isAbsent: boolean,
  writing: Writing,
): Piece[] {
  const { entry: _entries, section: _sections, text: _text, author: _author, ...own } = held
  const facts = { resourceType: 'Section', ...own }
  const found = [
    ...leftovers(facts, xml, writing, isTold(held, isAbsent) ? ['emptyReason'] : []),
    ...folded
      .filter((one) => !writing.written.has(one))
      .flatMap((one) => {
        writing.written.add(one)
        return leftovers(one, xml, writing)
      }),
  ]
  return found.map(({ path, label, valued }) => {
    writing.notWritten.push({ path, what: whatOf(valued), where: 'statement' })
    return assemble('Entry', 'entry', {}, [restObservation(label, valued, writing)])
  })
}

/** Whether the entry that stands for the absence, or the absence of entries itself, says all of the reason. */
function isTold({ emptyReason }: CompositionSection, isAbsent: boolean): boolean {
  const codes = emptyReason?.coding?.map(({ code: one }) => one) ?? []
  return (
    emptyReason?.text === undefined && codes.every((one) => one === 'unavailable' || (isAbsent && one === 'nilknown'))
  )
}

/** Entries that the bundle does not hold: their reference and words, so that nobody takes the section for complete. */
function outside(entries: readonly Reference[], writing: Writing): Piece[] {
  return entries.flatMap((reference) => {
    if (resolve(reference, writing) !== undefined) return []
    const words = [reference.display, reference.reference, reference.identifier?.value].filter(
      (one) => one !== undefined,
    )
    if (words.length === 0) return []
    return words.map((valueString) =>
      assemble('Entry', 'entry', {}, [restObservation('reference', { valueString }, writing)]),
    )
  })
}
