/**
 * Lists of designations often carry the English words under another language where nobody translated them. Shown as
 * that language they would be silent English. Only what is certain is taken out: words identical to the English ones
 * that contain an English function word ("Allergy to substance" tagged `fr`). A single word can be the same in both.
 */
import type { ConceptContent, Content } from '../content.ts'

const FUNCTION_WORD = /(?:^|\s)(?:of|and|with|the|to|by|from|due|without|caused|containing|or)(?:\s|$)/i

export interface RemovedWords {
  /** How many, by language. */
  readonly byLanguage: ReadonlyMap<string, number>
  /** What was removed, for `isRemoved`. */
  readonly words: ReadonlySet<string>
}

/** Takes English words out of other languages. */
export function removeDisguisedEnglish(
  content: Content,
  knownDisplay: (system: string, code: string) => string | undefined,
): RemovedWords {
  const byLanguage = new Map<string, number>()
  const words = new Set<string>()
  for (const [url, system] of content.systems) {
    for (const concept of system.concepts.values()) {
      const suspects = concept.designations.filter(
        ({ language, term }) => !language.startsWith('en') && FUNCTION_WORD.test(term),
      )
      if (suspects.length === 0) continue
      const english = englishOf(concept, knownDisplay(url, concept.code))
      for (const suspect of suspects) {
        if (!english.has(plain(suspect.term))) continue
        concept.designations.splice(concept.designations.indexOf(suspect), 1)
        byLanguage.set(suspect.language, (byLanguage.get(suspect.language) ?? 0) + 1)
        words.add(keyOf(url, concept.code, suspect.language, suspect.term))
      }
    }
  }
  return { byLanguage, words }
}

/** Whether these words of a code were removed; `system` is the canonical URL, `language` normalised. */
export function isRemoved(
  removed: RemovedWords,
  system: string,
  code: string,
  language: string,
  term: string,
): boolean {
  return removed.words.has(keyOf(system, code, language, term))
}

function keyOf(system: string, code: string, language: string, term: string): string {
  return [system, code, language, term.trim()].join('\0')
}

function englishOf(concept: ConceptContent, known: string | undefined): ReadonlySet<string> {
  const own = concept.designations.filter(({ language }) => language.startsWith('en')).map(({ term }) => term)
  return new Set([concept.display, known, ...own].flatMap((term) => (term === undefined ? [] : [plain(term)])))
}

function plain(term: string): string {
  return term.toLowerCase().replace(/\s+/g, ' ').trim()
}
