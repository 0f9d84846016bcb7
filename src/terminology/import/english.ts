/**
 * Lists of designations often carry the English words under another language where nobody translated them. Shown as
 * that language they would be silent English. Only what is certain is taken out: words identical to the English ones
 * that contain an English function word ("Allergy to substance" tagged `fr`). A single word can be the same in both.
 */
import type { ConceptContent, Content } from '../content.ts'

const FUNCTION_WORD = /(?:^|\s)(?:of|and|with|the|to|by|from|due|without|caused|containing|or)(?:\s|$)/i

/** Takes English words out of other languages; returns how many, by language. */
export function removeDisguisedEnglish(
  content: Content,
  knownDisplay: (system: string, code: string) => string | undefined,
): ReadonlyMap<string, number> {
  const removed = new Map<string, number>()
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
        removed.set(suspect.language, (removed.get(suspect.language) ?? 0) + 1)
      }
    }
  }
  return removed
}

function englishOf(concept: ConceptContent, known: string | undefined): ReadonlySet<string> {
  const own = concept.designations.filter(({ language }) => language.startsWith('en')).map(({ term }) => term)
  return new Set([concept.display, known, ...own].flatMap((term) => (term === undefined ? [] : [plain(term)])))
}

function plain(term: string): string {
  return term.toLowerCase().replace(/\s+/g, ' ').trim()
}
