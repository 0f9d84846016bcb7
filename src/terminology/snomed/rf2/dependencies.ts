/**
 * Which modules a release is made of, and whether what they need is there (Release File Specification, "Module Dependency
 * Reference Set"): each row says that a module in its version of sourceEffectiveTime needs another module in its version of
 * targetEffectiveTime. The rows of a module's newest version count.
 *
 * The edition is named by the module that needs all others and that no other needs; for the International Edition, whose
 * map module needs the core module, by convention by the core module.
 */
import type { Place, Problem } from '#platform/result/result.ts'
import { CORE_MODULE } from '../concepts.ts'
import { partitionOf } from '../sctid.ts'
import { booleanField, dateField, isDate, textField } from './fields.ts'
import type { Rf2File } from './find.ts'
import { readRf2 } from './read.ts'

export interface Dependency {
  readonly id: string
  readonly effectiveTime: number
  readonly active: boolean
  readonly module: string
  readonly version: number
  readonly needs: string
  readonly needsVersion: number
  readonly place: Place
}

/** The active rows, of each id the newest. Rows that are no dependency at all are refused when all members are read. */
export async function readDependencies(files: readonly Rf2File[]): Promise<readonly Dependency[] | Problem> {
  const newest = new Map<string, Dependency>()
  for (const file of files) {
    if (!/ModuleDependency/i.test(file.name.summary)) continue
    const { problem } = await readRf2(file, () => (row) => {
      const [effectiveTime, version, needsVersion] = [dateField(row, 1), dateField(row, 6), dateField(row, 7)]
      const place = { file: file.file, line: row.line }
      if (effectiveTime < 0 || version < 0 || needsVersion < 0) {
        const sentence =
          'A date of the module dependency (effectiveTime, sourceEffectiveTime, targetEffectiveTime) is none.'
        return { code: 'rf2-date', sentence, next: 'Take the file from the release again, or mend this line.', place }
      }
      const id = textField(row, 0)
      if ((newest.get(id)?.effectiveTime ?? 0) > effectiveTime) return undefined
      const active = booleanField(row, 2) === 1
      const module = textField(row, 3)
      const needs = textField(row, 5)
      newest.set(id, { id, effectiveTime, active, module, version, needs, needsVersion, place })
      return undefined
    })
    if (problem) return problem
  }
  return [...newest.values()].filter(({ active }) => active)
}

/** The newest version of each module that has dependencies. */
export function moduleVersions(dependencies: readonly Dependency[]): ReadonlyMap<string, number> {
  const versions = new Map<string, number>()
  for (const { module, version } of dependencies) versions.set(module, Math.max(version, versions.get(module) ?? 0))
  return versions
}

/** The first need that is not met. `isPresent`: the module has components, or is itself a concept, of what was given. */
export function unmetDependency(
  dependencies: readonly Dependency[],
  isPresent: (module: string) => boolean,
  newestDate: number,
): Problem | undefined {
  const versions = moduleVersions(dependencies)
  const needed = new Set(dependencies.filter(({ module, needs }) => module !== needs).map(({ needs }) => needs))
  for (const { module, version, needs, needsVersion, place } of dependencies) {
    if (version !== versions.get(module) || module === needs) continue
    const available = versions.get(needs)
    const isRoot = !needed.has(module)
    if (available === undefined && !isPresent(needs)) {
      return unmet(`Module ${module} needs module ${needs} of ${needsVersion}, of which nothing is here.`, place)
    }
    if ((available ?? newestDate) < needsVersion || (isRoot && available !== undefined && available !== needsVersion)) {
      return unmet(
        `Module ${module} needs module ${needs} of ${needsVersion}; what is here is of ${available ?? newestDate}.`,
        place,
      )
    }
  }
  return undefined
}

function unmet(sentence: string, place: Place): Problem {
  return {
    code: 'rf2-dependency',
    sentence,
    next: 'Import the extension together with the edition it was made for: name the edition first, in that version.',
    place,
  }
}

/** The module that names the edition. `uses`: rows per module. */
export function identifyingModule(uses: ReadonlyMap<string, number>, dependencies: readonly Dependency[]): string {
  const national = [...new Set([...uses.keys(), ...dependencies.map(({ module }) => module)])].filter(
    (module) => partitionOf(module) === '10',
  )
  if (national.length === 0) return CORE_MODULE
  const needs = (module: string) => new Set(dependencies.filter((row) => row.module === module).map((row) => row.needs))
  const needed = new Set(dependencies.filter((row) => row.module !== row.needs).map((row) => row.needs))
  const rank = (module: string): readonly number[] => [
    needed.has(module) ? 0 : 1,
    needs(module).size,
    uses.get(module) ?? 0,
  ]
  const isBetter = (module: string, than: string): boolean => {
    const [a, b] = [rank(module), rank(than)]
    const at = a.findIndex((value, index) => value !== b[index])
    return at < 0 ? module > than : (a[at] as number) > (b[at] as number)
  }
  return national.reduce((best, module) => (isBetter(module, best) ? module : best))
}

/** YYYYMMDD: of the module dependencies; else the newest date of the file names; else the newest of the rows. */
export function editionVersion(
  module: string,
  dependencies: readonly Dependency[],
  files: readonly Rf2File[],
  newestRow: number,
): string {
  const stated = moduleVersions(dependencies).get(module)
  const named = files.map(({ name }) => Number(name.date)).filter(isDate)
  return String(stated ?? (named.length > 0 ? Math.max(...named) : newestRow))
}
