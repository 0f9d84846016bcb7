/** Opens the compiled definitions of a package set, compiling them when there is no valid cache. */
import { createHash } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type CompileProgress, compileDefinitions } from '../compile/compile-definitions.ts'
import { folderPackage, installedPackages, npmPackages, type PackageLocation } from '../compile/source.ts'
import { type CacheFile, readCacheFile } from './cache-file.ts'
import { FORMAT } from './compiled.ts'
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
  const packages = latest([
    ...npmPackages(options.nodeModules),
    ...(options.home ? installedPackages(options.home) : []),
    ...(options.directories ?? []).flatMap((directory) => folderPackage(directory) ?? []),
  ])
  const key = packagesKey(packages)
  const path = join(options.cacheDirectory, `definitions-${key}.cache`)
  const cached = readCacheFile(path, key) ?? compiled(path, key, packages, options)
  return definitionsOf(cached)
}

function compiled(path: string, key: string, packages: readonly PackageLocation[], options: OpenOptions): CacheFile {
  compileDefinitions({ packages, key, out: path, ...(options.progress ? { progress: options.progress } : {}) })
  prune(options.cacheDirectory)
  const file = readCacheFile(path, key)
  if (!file) throw new Error(`The compiled definitions ${path} cannot be read back.`)
  return file
}

/** Identifies a package set and the compiled form: the same key means the same definitions. */
export function packagesKey(packages: readonly PackageLocation[]): string {
  const hash = createHash('sha256').update(`format ${FORMAT}\n`)
  for (const { name, version, stamp } of packages) hash.update(`${name}#${version} ${stamp}\n`)
  return hash.digest('hex').slice(0, 16)
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
