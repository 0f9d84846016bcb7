/** Definitions for tests: compiled once and kept below node_modules, which no checkout carries. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type JsonObject } from '../compile/json.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { openDefinitions } from '../definitions/open-definitions.ts'

export const PROJECT = join(import.meta.dirname, '..', '..', '..', '..')
export const SHARED = join(PROJECT, '..', 'shared', 'fhir-packages')
export const CORPUS = join(PROJECT, '..', 'shared', 'corpus', 'fhir')
const CACHE = join(PROJECT, 'node_modules', '.cache', 'tessera-definitions')

/** R4 core, IPS and the extension pack, plus package folders. */
export function testDefinitions(directories: readonly string[] = []): Definitions {
  return openDefinitions({ cacheDirectory: CACHE, directories })
}

/** The European packages, in the order in which they depend on each other. */
const EUROPEAN = [
  'hl7.fhir.uv.xver-r5.r4',
  'ihe.pharm.mpd.r4',
  'hl7.fhir.eu.extensions.r4',
  'hl7.fhir.uv.ipa',
  'hl7.fhir.uv.ips',
  'hl7.fhir.eu.base',
  'hl7.fhir.eu.eps',
  'hl7.fhir.eu.mpd',
  'hl7.fhir.eu.laboratory',
  'hl7.fhir.eu.hdr',
  'hl7.fhir.eu.imaging',
  'ihe.iti.mhd',
  'ihe.iti.pdqm',
  'ihe.iti.balp',
  'hl7.fhir.eu.health-data-api',
]

/** Folders of the European packages; undefined when they are not beside the project. */
export function europeanPackages(): readonly string[] | undefined {
  const folders = EUROPEAN.map((name) => join(SHARED, name))
  return folders.every((folder) => existsSync(folder)) ? folders : undefined
}

export const WITHOUT_PACKAGES = 'skipped: ../shared/fhir-packages is not beside the project'

export interface Example {
  readonly file: string
  readonly resource: JsonObject
}

/** Every JSON resource that the pattern finds below a folder. */
export function examples(directory: string, pattern = '*.json'): readonly Example[] {
  return globSync(pattern, { cwd: directory })
    .sort()
    .flatMap((file) => {
      const resource: unknown = JSON.parse(readFileSync(join(directory, file), 'utf8'))
      return isObject(resource) && typeof resource.resourceType === 'string' ? [{ file, resource }] : []
    })
}

/** Examples inside the IPS package that npm installs. */
export function ipsExamples(): readonly Example[] {
  return examples(join(PROJECT, 'node_modules', 'hl7.fhir.uv.ips', 'example'))
}
