/** The coverage page's table: every loaded value set that is a list of codes, in the library's order of precedence. */
import type { CoverageTable, LanguageTag } from '#portal/terminology/browser.ts'
import { coverageOf, listedCodes } from '../coverage/coverage.ts'
import type { Library, LibraryEntry } from '../library/library.ts'
import type { JsonObject } from '../load/json.ts'
import { entryOf } from './value-sets.ts'

const made = new WeakMap<Library, CoverageTable>()

/** Counted once for each library: it reads all of it. */
export function coverageTable(library: Library): CoverageTable {
  const known = made.get(library)
  if (known) return known
  const table = countCoverage(library)
  made.set(library, table)
  return table
}

function countCoverage(library: Library): CoverageTable {
  const seen = new Set<string>()
  const listed = library.entries('ValueSet').flatMap(({ entry, read }) => {
    const resource = seen.has(entry.url) ? undefined : read()
    seen.add(entry.url)
    const codes = resource && listedCodes(resource)
    return resource && codes && codes.length > 0 ? [{ valueSet: entryOf(resource), codes }] : []
  })
  const rows = coverageOf(
    listed.map(({ valueSet: { url, version }, codes }) => ({
      url,
      ...(version === undefined ? {} : { version }),
      codes,
    })),
    resourcesOf(library.entries('CodeSystem')),
  )
  const languages = new Set<LanguageTag>()
  for (const row of rows) for (const tag of Object.keys(row.languages)) languages.add(tag)
  return {
    languages: [...languages].sort(),
    rows: rows.flatMap(({ concepts, languages: counts }, index) => {
      const valueSet = listed[index]?.valueSet
      if (!valueSet) return []
      return [{ valueSet, concepts, byLanguage: counts }]
    }),
  }
}

function* resourcesOf(entries: readonly LibraryEntry[]): Generator<JsonObject> {
  for (const { read } of entries) yield read()
}
