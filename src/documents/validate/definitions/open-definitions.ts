/** Opens the compiled definitions of a package set, compiling them when there is no valid cache. */
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type CompileProgress, compileDefinitions } from '../compile/compile-definitions.ts'
import { folderPackage, installedPackages, npmPackages, type PackageLocation, packagesKey } from '../compile/source.ts'
import { type CacheFile, readCacheFile } from './cache-file.ts'
import { type Definitions, definitionsOf } from './definitions.ts'

export interface OpenOptions {
  /** Where compiled definitions are kept, e.g. `.tessera/cache`. */
  readonly cacheDirectory: string
  /** Folder with the operator's packages (`<home>/packages/<name>#<version>`). */
  readonly home?: string
  /** Further package folders in FHIR npm layout, read where they lie. */
  readonly directories?: readonly string[]
  /** The `node_modules` that holds the core definitions; by default where Node finds them. */
  readonly nodeModules?: string
  readonly progress?: CompileProgress
}

/** How many compiled package sets are kept side by side. */
const KEPT = 4

/**
 * The definitions of R4 core, IPS and the extension pack (from npm) and of all packages added. Compiles on first use
 * and whenever the packages or the compiled form have changed. Throws when the disk cannot be written.
 */
export function openDefinitions(options: OpenOptions): Definitions {
  const { packages, key, path } = located(options)
  return definitionsOf(readCacheFile(path, key) ?? compiled(path, key, packages, options))
}

/** Whether openDefinitions would answer at once, without compiling. */
export function areDefinitionsReady(options: OpenOptions): boolean {
  const { key, path } = located(options)
  return readCacheFile(path, key) !== undefined
}

function located(options: OpenOptions): { packages: readonly PackageLocation[]; key: string; path: string } {
  const packages = latest([
    ...npmPackages(options.nodeModules),
    ...(options.home ? installedPackages(options.home) : []),
    ...(options.directories ?? []).flatMap((directory) => folderPackage(directory) ?? []),
  ])
  const key = packagesKey(packages)
  return { packages, key, path: join(options.cacheDirectory, `definitions-${key}.cache`) }
}

function compiled(path: string, key: string, packages: readonly PackageLocation[], options: OpenOptions): CacheFile {
  compileDefinitions({ packages, key, out: path, ...(options.progress ? { progress: options.progress } : {}) })
  prune(options.cacheDirectory)
  const file = readCacheFile(path, key)
  if (!file) throw new Error(`The compiled definitions ${path} cannot be read back.`)
  return file
}

/** Of two packages with one name the later stays, in the later's place. */
function latest(packages: readonly PackageLocation[]): readonly PackageLocation[] {
  return packages.filter((own, index) => !packages.slice(index + 1).some((later) => later.name === own.name))
}

function prune(directory: string): void {
  const files = readdirSync(directory)
    .filter((file) => /^definitions-[0-9a-f]{16}\.cache$/.test(file))
    .map((file) => ({ file, at: statSync(join(directory, file)).mtimeMs }))
    .sort((left, right) => right.at - left.at)
  for (const { file } of files.slice(KEPT)) rmSync(join(directory, file), { force: true })
}
