/** Compiled definitions, opened: everything is looked up by canonical URL and parsed when first asked for. */

import type { CacheFile } from './cache-file.ts'
import type {
  CompiledConstraint,
  CompiledStructure,
  CompiledValueSet,
  PackageName,
  StructureEntry,
} from './compiled.ts'
import { coreUrl, withoutVersion } from './compiled.ts'

export interface Definitions {
  readonly packages: readonly PackageName[]
  /** What could not be compiled, in sentences. */
  readonly warnings: readonly string[]
  /** A type or profile by canonical URL, with or without version. */
  structure(url: string): CompiledStructure | undefined
  /** What it is, without reading it. */
  entry(url: string): StructureEntry | undefined
  /** A type of the core specification by name. */
  type(name: string): CompiledStructure | undefined
  valueSet(url: string): CompiledValueSet | undefined
  constraint(place: number): CompiledConstraint | undefined
  /** Canonical URLs of all types and profiles. */
  urls(): readonly string[]
}

export function definitionsOf(file: CacheFile): Definitions {
  const { index } = file
  const structures = new Map<string, CompiledStructure>()
  const valueSets = new Map<string, CompiledValueSet>()
  let constraints: readonly CompiledConstraint[] | undefined
  const entryOf = (url: string): StructureEntry | undefined =>
    Object.hasOwn(index.structures, url) ? index.structures[url] : undefined
  const definitions: Definitions = {
    packages: index.packages,
    warnings: index.warnings,
    entry: (url) => entryOf(withoutVersion(url)),
    structure(canonical) {
      const url = withoutVersion(canonical)
      const known = structures.get(url)
      if (known) return known
      const entry = entryOf(url)
      if (!entry) return undefined
      // Pieces were written from these types under the same format number.
      const structure = file.read(entry.piece) as CompiledStructure
      structures.set(url, structure)
      return structure
    },
    type(name) {
      const structure = definitions.structure(coreUrl(name))
      return structure?.derivation === 'specialization' ? structure : undefined
    },
    valueSet(canonical) {
      const url = withoutVersion(canonical)
      const known = valueSets.get(url)
      if (known) return known
      const piece = Object.hasOwn(index.valueSets, url) ? index.valueSets[url] : undefined
      if (!piece) return undefined
      const valueSet = file.read(piece) as CompiledValueSet
      valueSets.set(url, valueSet)
      return valueSet
    },
    constraint(place) {
      constraints ??= file.read(index.constraints) as readonly CompiledConstraint[]
      return constraints[place]
    },
    urls: () => Object.keys(index.structures),
  }
  return definitions
}
