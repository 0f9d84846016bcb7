/** The words of a concept for a reader: in the first wished language that has some, otherwise the system's own, with its language. */
import type { LanguageTag, Reference, SystemEntry, Term } from '#portal/terminology/browser.ts'
import type { CodeSystem, ConceptDesignation, ConceptHandle } from '../code-systems/code-system.ts'
import { languageChain } from '../languages.ts'
import { FULLY_SPECIFIED_NAME } from '../snomed/concepts.ts'
import type { OpenSystem } from './sources.ts'

export function termOf(
  system: OpenSystem,
  concept: ConceptHandle,
  languages: readonly LanguageTag[],
): Term | undefined {
  const { codeSystem } = system
  return (
    editionTerm(system, concept, languages) ??
    bestDesignation(codeSystem.designations(concept), languages) ??
    editionTerm(system, concept, ['en']) ??
    ownTerm(codeSystem, concept)
  )
}

/** By the language reference sets of the edition. */
function editionTerm(
  { edition }: OpenSystem,
  concept: ConceptHandle,
  languages: readonly LanguageTag[],
): Term | undefined {
  const found = typeof concept === 'number' ? edition?.preferredTerm(concept, languages) : undefined
  return found && { text: found.term, language: found.language }
}

function bestDesignation(all: readonly ConceptDesignation[], languages: readonly LanguageTag[]): Term | undefined {
  const usable = all.filter(({ inactive, language }) => !inactive && language !== undefined)
  const available = [...new Set(usable.flatMap(({ language }) => (language === undefined ? [] : [language])))]
  for (const { tags } of languageChain(languages, available)) {
    for (const tag of tags) {
      const inTag = usable.filter(({ language }) => language === tag)
      const best = inTag.toSorted((a, b) => worth(b) - worth(a))[0]
      if (best) return { text: best.value, language: tag }
    }
  }
  return undefined
}

/** A full name that ends in its kind is for specialists; what is preferred is for readers. */
function worth({ preferred, isDisplay, use }: ConceptDesignation): number {
  return (preferred ? 4 : 0) + (isDisplay ? 2 : 0) + (use?.code === FULLY_SPECIFIED_NAME ? 0 : 1)
}

function ownTerm(codeSystem: CodeSystem, concept: ConceptHandle): Term | undefined {
  const own = codeSystem.designations(concept).find(({ isDisplay }) => isDisplay)
  if (own) return { text: own.value, language: own.language ?? ownLanguage(codeSystem) }
  const display = codeSystem.display(concept)
  return display === undefined ? undefined : { text: display, language: ownLanguage(codeSystem) }
}

/** HL7 publishes in English, but seldom says so in the resource. */
const PUBLISHED_IN_ENGLISH = /^https?:\/\/(?:terminology\.)?hl7\.org\//

/** The language of words that carry none themselves; undefined when nobody says it. */
export function ownLanguage({ identity }: CodeSystem): LanguageTag | undefined {
  return identity.language ?? (PUBLISHED_IN_ENGLISH.test(identity.url) ? 'en' : undefined)
}

/** @param stated the version that the reader asked for; links keep it */
export function referenceOf(
  system: OpenSystem,
  concept: ConceptHandle,
  languages: readonly LanguageTag[],
  stated?: string,
): Reference {
  const { url, codeSystem } = system
  return {
    system: url,
    code: codeSystem.codeOf(concept),
    version: stated,
    term: termOf(system, concept, languages),
    active: !codeSystem.isInactive(concept),
  }
}

/** How a code system is called; its address when it has no name. */
export function systemName({ identity }: CodeSystem): Term {
  const text = identity.title ?? identity.name
  return text === undefined ? { text: identity.url } : { text, language: identity.language ?? 'en' }
}

export function systemEntry({ url, codeSystem, edition }: OpenSystem, languages: readonly LanguageTag[]): SystemEntry {
  const { identity } = codeSystem
  return {
    url,
    version: identity.version,
    name: systemName(codeSystem),
    concepts: edition?.conceptCount ?? codeSystem.all()?.size,
    languages: edition ? edition.summary.languages : languages,
    copyright:
      identity.copyright === undefined ? undefined : { text: identity.copyright, language: identity.language ?? 'en' },
    complete: codeSystem.identity.content !== 'fragment',
    expressions: edition !== undefined,
  }
}
