/** What `package.json` of a FHIR package must say before the package is taken in. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { isObject, text, texts } from '../compile/json.ts'
import { isSafe, type TarFile } from './tar.ts'

export type ManifestProblemCode = 'not-a-fhir-package' | 'package-wrong-fhir-version'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.+_-]*$/
const NEXT =
  'A FHIR package has package/package.json with name, version and fhirVersions, and JSON files of definitions beside it.'

/** Reads the manifest among the files and checks that this is a package of definitions for FHIR R4. */
export function checkManifest(files: readonly TarFile[], reference: string): Result<Manifest, ManifestProblemCode> {
  const own = files.find((file) => file.path === 'package.json')
  if (!own) return failed('not-a-fhir-package', `${reference} has no package.json.`, NEXT)
  let manifest: unknown
  try {
    manifest = JSON.parse(own.bytes.toString('utf8'))
  } catch {
    return failed('not-a-fhir-package', `The package.json of ${reference} is no JSON.`, NEXT)
  }
  if (!isObject(manifest)) return failed('not-a-fhir-package', `The package.json of ${reference} is no object.`, NEXT)
  const name = text(manifest.name)
  const version = text(manifest.version)
  if (!name || !version || !NAME.test(name) || !VERSION.test(version))
    return failed('not-a-fhir-package', `The package.json of ${reference} gives no usable name and version.`, NEXT)
  if (!files.every((file) => isSafe(file.path)) || !files.some((file) => /^[A-Z][A-Za-z]+-.+\.json$/.test(file.path)))
    return failed('not-a-fhir-package', `${name} ${version} holds no FHIR definitions.`, NEXT)
  const versions = [...texts(manifest.fhirVersions), ...texts(manifest['fhir-version-list'])]
  if (versions.length === 0 && !isObject(manifest.dependencies))
    return failed('not-a-fhir-package', `${name} ${version} does not say which version of FHIR it is for.`, NEXT)
  if (versions.length > 0 && !versions.some((one) => one.startsWith('4.0')))
    return failed(
      'package-wrong-fhir-version',
      `${name} ${version} is for FHIR ${versions.join(', ')}; Tessera reads FHIR R4 (4.0.1).`,
      'Look for the edition of the package for R4, often with .r4 at the end of its name.',
    )
  return ok({ name, version, dependencies: dependenciesOf(manifest.dependencies) })
}

function dependenciesOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, version]) => (typeof version === 'string' ? [[name, version]] : [])),
  )
}
