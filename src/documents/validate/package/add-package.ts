/** Adds FHIR packages to a node: `tessera packages add NAME@VERSION|FILE.tgz|DIR`. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { npmPackages } from '../compile/source.ts'
import { checkManifest, type Manifest, type ManifestProblemCode } from './manifest.ts'
import { downloadPackage, type FetchBytes, type ServerProblemCode } from './package-server.ts'
import { readTarball, type TarFile, type TarLimits, type TarProblemCode } from './tar.ts'

export type PackageProblemCode = TarProblemCode | ManifestProblemCode | ServerProblemCode | 'package-not-found'

export interface AddPackageOptions {
  /** The node's folder; packages go to `<home>/packages/<name>#<version>/package`. */
  readonly home: string
  /** Base URL of a FHIR package server (`GET server/NAME/VERSION`); without it only files and folders can be added. */
  readonly server?: string
  readonly fetch?: FetchBytes
  readonly nodeModules?: string
  readonly limits?: TarLimits
}

export interface AddedPackage {
  readonly name: string
  readonly version: string
  readonly directory: string
  /** Sentences, e.g. about packages it depends on that are not there. */
  readonly warnings: readonly string[]
}

const LIMITS: TarLimits = { size: 300_000_000, files: 50_000 }
const REFERENCE = /^([A-Za-z0-9][A-Za-z0-9._-]*)[@#]([A-Za-z0-9][A-Za-z0-9.+_-]*)$/

/** Adds one package. Definitions opened afterwards include it; a package added before under the same version is replaced. */
export async function addPackage(
  reference: string,
  options: AddPackageOptions,
): Promise<Result<AddedPackage, PackageProblemCode>> {
  const files = await filesOf(reference, options)
  if (!files.ok) return files
  const manifest = checkManifest(files.value, reference)
  if (!manifest.ok) return manifest
  const { name, version } = manifest.value
  const directory = join(options.home, 'packages', `${name}#${version}`)
  store(files.value, directory, options.home)
  return ok({ name, version, directory, warnings: missingDependencies(manifest.value, options) })
}

async function filesOf(
  reference: string,
  options: AddPackageOptions,
): Promise<Result<readonly TarFile[], PackageProblemCode>> {
  const limits = options.limits ?? LIMITS
  const found = existsSync(reference) ? statSync(reference) : undefined
  if (found?.isDirectory()) return readFolder(reference, limits)
  if (found?.isFile()) return unpacked(readFileSync(reference), limits)
  const [, name, version] = REFERENCE.exec(reference) ?? []
  if (name === undefined || version === undefined)
    return failed(
      'package-not-found',
      `There is no file or folder ${reference}.`,
      'Give NAME@VERSION, a .tgz file or a folder in FHIR npm layout.',
    )
  const archive = await downloadPackage(name, version, limits, options)
  return archive.ok ? unpacked(archive.value, limits) : archive
}

/** Keeps what definitions are read from: the JSON files below `package/`. */
function unpacked(archive: Buffer, limits: TarLimits): Result<readonly TarFile[], PackageProblemCode> {
  const files = readTarball(archive, limits)
  if (!files.ok) return files
  return ok(
    files.value.flatMap(({ path, bytes }) =>
      path.startsWith('package/') && path.endsWith('.json') ? [{ path: path.slice('package/'.length), bytes }] : [],
    ),
  )
}

function readFolder(directory: string, limits: TarLimits): Result<readonly TarFile[], PackageProblemCode> {
  const inner = existsSync(join(directory, 'package', 'package.json')) ? join(directory, 'package') : directory
  const files: TarFile[] = []
  let size = 0
  for (const file of readdirSync(inner)) {
    const path = join(inner, file)
    if (!file.endsWith('.json') || !statSync(path).isFile()) continue
    size += statSync(path).size
    if (size > limits.size || files.length >= limits.files)
      return failed(
        'package-too-large',
        `The folder holds more than ${Math.round(limits.size / 1e6)} MB of JSON.`,
        'Check that it is one FHIR package.',
      )
    files.push({ path: file, bytes: readFileSync(path) })
  }
  return ok(files)
}

/** Writes into a new folder beside and renames: a package is there whole or not at all. */
function store(files: readonly TarFile[], directory: string, home: string): void {
  const packages = join(home, 'packages')
  mkdirSync(packages, { recursive: true })
  const fresh = mkdtempSync(join(packages, '.new-'))
  try {
    for (const { path, bytes } of files) {
      const target = join(fresh, 'package', path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, bytes)
    }
    const old = `${fresh}-old`
    if (existsSync(directory)) renameSync(directory, old)
    renameSync(fresh, directory)
    rmSync(old, { recursive: true, force: true })
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function missingDependencies(manifest: Manifest, options: AddPackageOptions): readonly string[] {
  const present = new Set([
    ...npmPackages(options.nodeModules).map((location) => location.name),
    ...readdirSync(join(options.home, 'packages')).map((folder) => folder.slice(0, folder.indexOf('#'))),
  ])
  return Object.entries(manifest.dependencies)
    .filter(([name]) => !present.has(name))
    .map(
      ([name, version]) =>
        `${manifest.name} depends on ${name} ${version}, which is not added: its profiles will not be checked.`,
    )
}
