/** In which language and country a FHIR document was written, as far as it says so; `und` when it does not. */

import { type Node, node, nodes, text } from './node.ts'
import type { Entry } from './references.ts'

const DIV_LANGUAGE = /^\s*<div[^>]*?\s(?:xml:)?lang\s*=\s*["']([A-Za-z][A-Za-z0-9_-]*)["']/

function tag(value: unknown): string | undefined {
  const written = text(value)?.trim().replace('_', '-')
  if (written === undefined) return undefined
  try {
    return Intl.getCanonicalLocales(written)[0]
  } catch {
    return undefined
  }
}

function ofNarrative(narrative: unknown): string | undefined {
  const div = text(node(narrative)?.div)
  return div === undefined ? undefined : tag(DIV_LANGUAGE.exec(div.slice(0, 400))?.[1])
}

/** BCP-47 tag of the author's language: Composition, its narratives, the Bundle, then what most resources say. */
export function documentLanguage(bundle: Node, composition: Node, entries: readonly Entry[]): string {
  const said = tag(composition.language) ?? tag(bundle.language) ?? ofNarrative(composition.text)
  if (said !== undefined) return said
  for (const section of nodes(composition.section)) {
    const language = ofNarrative(section.text)
    if (language !== undefined) return language
  }
  const votes = new Map<string, number>()
  for (const { resource } of entries) {
    if (resource.resourceType === 'Patient') continue
    const language = tag(resource.language)
    if (language !== undefined) votes.set(language, (votes.get(language) ?? 0) + 1)
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'und'
}

const COUNTRY = /^[A-Za-z]{2}$/

/** ISO 3166-1 alpha-2 country in the addresses of a resource. */
export function countryIn(resource: Node | undefined): string | undefined {
  for (const address of nodes(resource?.address)) {
    const country = text(address.country)
    if (country !== undefined && COUNTRY.test(country)) return country.toUpperCase()
  }
  return undefined
}
