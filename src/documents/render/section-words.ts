/** Sections that speak in words only: what they say, and what may be said of them. */
import { plainText, sanitiseHtml } from '#platform/html/sanitise.ts'
import { concept, type Node, node, nodes, text } from '../fhir/node.ts'
import { emptyReason } from './absent.ts'
import type { SectionState } from './summary-view.ts'

/** Three letters at least: a dash, dots or `N/A` say nothing. */
const MEANINGFUL = /\p{L}{3}/u

/** The words of a section as plain text, '' when it says nothing. */
export function sectionWords(section: Node): string {
  const known = WORDS.get(section)
  if (known !== undefined) return known
  const div = text(node(section.text)?.div)
  const words = div === undefined ? '' : plainText(sanitiseHtml(div))
  const told = MEANINGFUL.test(words) ? words : ''
  WORDS.set(section, told)
  return told
}

const WORDS = new WeakMap<Node, string>()

/**
 * State of a section that has no rows. Words never count as the lack of information: `unavailable` is what a writer
 * must put when there are no entries (FHIR R4 Composition.section.emptyReason), whatever the text says.
 */
export function stateWithoutRows(section: Node, words: string): SectionState {
  const empty = emptyReason(section.emptyReason)
  if (empty === 'none-known') return empty
  if (words === '') return empty ?? 'nothing-recorded'
  const reason = concept(section.emptyReason)?.codings[0]?.code
  const made = text(node(section.text)?.status) === 'generated'
  return empty !== undefined && reason !== undefined && reason !== 'unavailable' && made ? empty : 'text'
}

/** Whether the text says more than the data (FHIR narrative status `additional`). */
export function saysMore(section: Node): boolean {
  return text(node(section.text)?.status) === 'additional'
}

/** The sections with one of the given codes, at any depth. */
export function sectionsWithCode(sections: readonly Node[], codes: ReadonlySet<string>): readonly Node[] {
  return sections.flatMap((section) => {
    const inner = sectionsWithCode(nodes(section.section), codes)
    const own = concept(section.code)?.codings.some(({ code }) => codes.has(code)) ?? false
    return own ? [section, ...inner] : inner
  })
}
