/** What the layers together know of a concept, in one version of its system or in all. */
import type { Find } from './create.ts'
import type { Store } from './store/read.ts'
import type { Concept, ConceptVersion } from './terminology.ts'

interface Found {
  readonly store: Store
  readonly number: number
}

export function conceptIn(
  stores: readonly Store[],
  system: string,
  code: string,
  version: string | undefined,
  find: Find,
): Concept | undefined {
  const found = stores.flatMap((store): Found[] => {
    const number = find(store, system, code)
    return number < 0 ? [] : [{ store, number }]
  })
  const [first] = found
  if (!first) return undefined
  const versions = versionsOf(found)
  const asked = version === undefined ? undefined : versions.find((known) => known.version === version)
  // The version is loaded, but does not have the code.
  if (version !== undefined && !asked && hasVersion(stores, system, version)) return undefined
  const display = asked?.display ?? found.map(({ store, number }) => store.display(number)).find((text) => text !== '')
  return {
    system,
    code: first.store.code(first.number),
    ...(display !== undefined && { display }),
    active: asked?.active ?? found.some(({ store, number }) => store.active(number)),
    ...(asked && { version: asked.version }),
    versions,
    ambiguous: asked === undefined && differ(versions),
    // Most who ask want to know whether there is such a concept; its words in all languages are many.
    get designations() {
      return designationsOf(found)
    },
  }
}

function versionsOf(found: readonly Found[]): readonly ConceptVersion[] {
  const versions: ConceptVersion[] = []
  for (const { store, number } of found) {
    for (const version of store.versions(number)) {
      if (!versions.some((known) => known.version === version.version)) versions.push(version)
    }
  }
  return versions
}

function hasVersion(stores: readonly Store[], system: string, version: string): boolean {
  return stores.some((store) => store.systemVersions(system).includes(version))
}

function differ([first, ...others]: readonly ConceptVersion[]): boolean {
  return others.some(({ display, active }) => display !== first?.display || active !== first?.active)
}

function designationsOf(found: readonly Found[]): Concept['designations'] {
  const seen = new Set<string>()
  return found
    .flatMap(({ store, number }) => store.designations(number))
    .filter(({ language, term }) => !seen.has(`${language} ${term}`) && seen.add(`${language} ${term}`))
    .map(({ language, term, source, reviewed }) => ({
      language,
      term,
      source,
      status: reviewed ? ('reviewed' as const) : ('unreviewed' as const),
    }))
}
