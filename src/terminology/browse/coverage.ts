/** The coverage page's table: every loaded value set that is a list of codes, in the library's order of precedence. */
import type { CoverageTable, LanguageTag, ValueSetEntry } from '#portal/terminology/browser.ts'
import { type CoveredValueSet, countCoverage, listedCodes } from '../coverage/coverage.ts'
import type { Library } from '../library/library.ts'
import { turns } from './turns.ts'
import { entryOf } from './value-sets.ts'

const made = new WeakMap<Library, Promise<CoverageTable>>()

/** Counted once for each library, in slices: it reads all of it, and others are answered meanwhile. */
export function coverageTable(library: Library): Promise<CoverageTable> {
  const known = made.get(library)
  if (known) return known
  const table = tableOf(library)
  made.set(library, table)
  table.catch(() => made.delete(library))
  return table
}

interface Listed {
  readonly valueSet: ValueSetEntry
  readonly codes: CoveredValueSet['codes']
}

async function tableOf(library: Library): Promise<CoverageTable> {
  const turn = turns()
  const seen = new Set<string>()
  const listed: Listed[] = []
  for (const { entry, read } of library.entries('ValueSet')) {
    if (seen.has(entry.url)) continue
    seen.add(entry.url)
    const resource = read()
    const codes = listedCodes(resource)
    if (codes && codes.length > 0) listed.push({ valueSet: entryOf(resource), codes })
    await turn()
  }
  const count = countCoverage(listed.map(coveredOf))
  for (const { read } of library.entries('CodeSystem')) {
    count.note(read())
    await turn()
  }
  const rows = count.rows()
  const languages = new Set<LanguageTag>()
  for (const row of rows) for (const tag of Object.keys(row.languages)) languages.add(tag)
  return {
    languages: [...languages].sort(),
    rows: rows.flatMap(({ concepts, languages: byLanguage }, index) => {
      const valueSet = listed[index]?.valueSet
      return valueSet ? [{ valueSet, concepts, byLanguage }] : []
    }),
  }
}

function coveredOf({ valueSet: { url, version }, codes }: Listed): CoveredValueSet {
  return { url, ...(version === undefined ? {} : { version }), codes }
}
