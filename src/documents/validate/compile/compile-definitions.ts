/** Turns packages of FHIR definitions into one cache file. */

import { writeCacheFile } from '../definitions/cache-file.ts'
import type {
  CompiledConstraint,
  CompiledElement,
  CompiledStructure,
  CompiledValueSet,
  PackageName,
} from '../definitions/compiled.ts'
import { withoutVersion } from '../definitions/compiled.ts'
import { parseFhirPath } from '../invariants/fhirpath.ts'
import { compilePath } from '../invariants/native/compile-path.ts'
import { createConstraintTable } from './constraint-table.ts'
import { createCoreTypes } from './core-types.ts'
import { type JsonObject, text } from './json.ts'
import {
  type PackageLocation,
  packagesKey,
  structureDefinitions,
  type TerminologySource,
  terminologySource,
} from './source.ts'
import { compileCoreType, compileProfile, isCoreType } from './structures.ts'
import { compileValueSet } from './value-sets.ts'

/** `done` of `total` steps; `what` is the package or step now worked on. */
export type CompileProgress = (progress: {
  readonly done: number
  readonly total: number
  readonly what: string
}) => void

export interface CompileOptions {
  /** In order of precedence: a later package replaces the definitions of an earlier one. The core comes first. */
  readonly packages: readonly PackageLocation[]
  /** File to write, atomically. */
  readonly out: string
  /** Identifies the package set, by default `packagesKey(packages)`. */
  readonly key?: string
  readonly progress?: CompileProgress
}

export interface Compiled {
  readonly structures: number
  readonly valueSets: number
  readonly constraints: number
  readonly bytes: number
  readonly warnings: readonly string[]
}

/** Compiles every StructureDefinition of the packages and the value sets they bind. Takes seconds; the result is kept. */
export function compileDefinitions(options: CompileOptions): Compiled {
  const { packages } = options
  const total = packages.length + 1
  const constraints = createConstraintTable()
  const core = createCoreTypes()
  const structures = new Map<string, CompiledStructure>()
  const withoutSnapshot: JsonObject[] = []
  const warnings: string[] = []
  const keep = (definition: JsonObject, parent: (url: string) => CompiledStructure | undefined): boolean => {
    const compiled = compileProfile(definition, constraints, core, parent)
    if (typeof compiled === 'string') warnings.push(compiled)
    else structures.set(compiled.url, compiled)
    return typeof compiled !== 'string'
  }
  for (const [done, location] of packages.entries()) {
    options.progress?.({ done, total, what: `${location.name} ${location.version}` })
    const profiles: JsonObject[] = []
    for (const definition of structureDefinitions(location)) {
      if (definition.kind === 'logical') continue
      if (isCoreType(definition)) {
        const type = compileCoreType(definition, constraints)
        if (!type) continue
        core.add(type)
        structures.set(type.url, type)
      } else if (definition.snapshot === undefined) withoutSnapshot.push(definition)
      else if (core.get(text(definition.type) ?? '')) keep(definition, () => undefined)
      else profiles.push(definition)
    }
    for (const definition of profiles) keep(definition, () => undefined)
  }
  compileDifferentials(withoutSnapshot, structures, keep)
  options.progress?.({ done: packages.length, total, what: 'value sets' })
  const valueSets = compileValueSets([...structures.values()], packages.map(terminologySource).toReversed())
  const names: readonly PackageName[] = packages.map(({ name, version }) => ({ name, version }))
  const bytes = writeCacheFile(options.out, {
    key: options.key ?? packagesKey(packages),
    packages: names,
    structures,
    valueSets,
    constraints: constraints.all.map(parsed),
    warnings,
  })
  options.progress?.({ done: total, total, what: 'definitions' })
  return {
    structures: structures.size,
    valueSets: valueSets.size,
    constraints: constraints.all.length,
    bytes,
    warnings,
  }
}

/** Parses once what would else be parsed at every start of a program; with it fhirpath.js is seldom loaded. */
function parsed(constraint: CompiledConstraint): CompiledConstraint {
  const syntax = parseFhirPath(constraint.expression)
  return syntax && compilePath(syntax) ? { ...constraint, syntax } : constraint
}

/** Profiles without snapshot, parents before children. */
function compileDifferentials(
  definitions: readonly JsonObject[],
  structures: ReadonlyMap<string, CompiledStructure>,
  keep: (definition: JsonObject, parent: (url: string) => CompiledStructure | undefined) => boolean,
): void {
  const waiting = new Map(definitions.map((definition) => [text(definition.url) ?? '', definition]))
  const compile = (url: string) => {
    const definition = waiting.get(url)
    if (!definition) return
    waiting.delete(url)
    compile(withoutVersion(text(definition.baseDefinition) ?? ''))
    keep(definition, (base) => structures.get(base))
  }
  for (const url of [...waiting.keys()]) compile(url)
}

function compileValueSets(
  structures: readonly CompiledStructure[],
  sources: readonly TerminologySource[],
): Map<string, CompiledValueSet> {
  const bound = new Set<string>()
  const visit = (element: CompiledElement) => {
    if (element.binding) bound.add(element.binding.valueSet)
    for (const child of element.children ?? []) visit(child)
    for (const slice of element.slicing?.slices ?? []) visit(slice)
  }
  for (const structure of structures) visit(structure.root)
  const cached = new Map<string, readonly JsonObject[]>()
  const find = (kind: 'ValueSet' | 'CodeSystem', url: string): readonly JsonObject[] => {
    const key = `${kind} ${url}`
    const known = cached.get(key)
    if (known) return known
    const found = sources.flatMap((source): readonly JsonObject[] => {
      const resource = source.find(kind, url)
      return resource ? [resource] : []
    })
    cached.set(key, found)
    return found
  }
  const compiled = new Map<string, CompiledValueSet>()
  for (const url of bound) {
    const valueSet = compileValueSet(url, find)
    if (valueSet) compiled.set(url, valueSet)
  }
  return compiled
}
