/** The console's questions to an edition: concepts, meaning in words, mistakes with their place, a budget that was used up. */
import type { Edition, Evaluation, LanguageTag, Reference, Window } from '#portal/terminology/browser.ts'
import type { EclCode, EclProblem } from '../ecl/index.ts'
import { explain } from './explanation.ts'
import { type BrowseSources, type EditionSource, type OpenSystem, openSystem, SNOMED } from './sources.ts'
import { referenceOf, termOf } from './terms.ts'

export function listEditions(sources: BrowseSources, languages: readonly LanguageTag[]): readonly Edition[] {
  return (sources.editions ?? []).map(({ edition }) => {
    const system = systemOf(sources, edition.uri)
    const module = edition.ordinalOf(edition.module)
    const name = system && module >= 0 ? termOf(system, module, languages) : undefined
    return { uri: edition.uri, name: name ?? { text: 'SNOMED CT' }, concepts: edition.conceptCount }
  })
}

/** The edition of a URI; one without a version means the first of that module. */
export function findEdition(sources: BrowseSources, uri: string): EditionSource | undefined {
  const all = sources.editions ?? []
  return all.find(({ edition }) => edition.uri === uri) ?? all.find(({ edition }) => edition.uri.startsWith(`${uri}/`))
}

export interface EclQuestion extends Window {
  readonly expression: string
  readonly languages: readonly LanguageTag[]
}

export function evaluate(
  sources: BrowseSources,
  { edition, ecl }: EditionSource,
  { expression, languages, offset, count }: EclQuestion,
): Evaluation {
  const system = systemOf(sources, edition.uri)
  const read = ecl.read(expression)
  if (!read.ok) return refusalOf(read.problem)
  const result = ecl.evaluate(expression)
  if (!result.ok) return refusalOf(result.problem)
  const found = result.value
  const version = (sources.editions ?? []).length > 1 ? edition.uri : undefined
  const reference = (ordinal: number): Reference =>
    system
      ? referenceOf(system, ordinal, languages, version)
      : { system: SNOMED, code: edition.sctidOf(ordinal), active: edition.isActive(ordinal) }
  const items: Reference[] = []
  for (const ordinal of found.from(offset)) {
    if (items.length >= count) break
    items.push(reference(ordinal))
  }
  return {
    kind: 'result',
    slice: { items, total: found.size, more: found.size > offset + count },
    explanation: explain(read.value, (sctid) => {
      const ordinal = edition.ordinalOf(sctid)
      return ordinal < 0 ? undefined : reference(ordinal)
    }),
  }
}

function systemOf(sources: BrowseSources, uri: string): OpenSystem | undefined {
  return openSystem(sources, SNOMED, uri)
}

const COSTLY: ReadonlySet<EclCode> = new Set(['ecl-budget', 'ecl-too-long', 'ecl-too-deep', 'ecl-too-large'])

/** The place is said by the page: the sentence need not repeat it. */
function refusalOf({ code, sentence, next, place, expected }: EclProblem): Evaluation {
  const said = `${sentence.replace(/^Line \d+, character \d+: /, '')} ${next}`
  if (COSTLY.has(code)) return { kind: 'too-costly', sentence: said }
  if (code !== 'ecl-syntax') return { kind: 'unanswerable', sentence: said }
  return { kind: 'mistake', line: place.line ?? 1, column: place.column ?? 1, sentence: said, expected: expected ?? [] }
}
