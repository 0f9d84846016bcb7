/** Writes a small FHIR package for a test: profiles as differentials, without snapshots. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../compile/json.ts'

export const EXAMPLE = 'http://example.org/fhir/StructureDefinition/'

export function profile(id: string, type: string, elements: readonly JsonObject[], base?: string): JsonObject {
  return {
    resourceType: 'StructureDefinition',
    id,
    url: EXAMPLE + id,
    name: id,
    status: 'active',
    kind: type === 'Extension' || type === 'HumanName' ? 'complex-type' : 'resource',
    abstract: false,
    type,
    baseDefinition: base ?? `http://hl7.org/fhir/StructureDefinition/${type}`,
    derivation: 'constraint',
    differential: { element: elements },
  }
}

/** `element('Patient.name:official.family', {min: 1})`: path and slice name follow from the id. */
export function element(id: string, rules: JsonObject): JsonObject {
  const path = id.replace(/:[^.]+/g, '')
  const sliceName = /:([^.]+)$/.exec(id)?.[1]
  return { id, path, ...(sliceName ? { sliceName } : {}), ...rules }
}

/** The folder of a new package with these definitions. */
export function smallPackage(name: string, definitions: readonly JsonObject[], manifest: JsonObject = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-package-'))
  const inner = join(directory, 'package')
  mkdirSync(inner)
  const own = {
    name,
    version: '1.0.0',
    fhirVersions: ['4.0.1'],
    dependencies: { 'hl7.fhir.r4.core': '4.0.1' },
    ...manifest,
  }
  writeFileSync(join(inner, 'package.json'), JSON.stringify(own))
  for (const definition of definitions)
    writeFileSync(
      join(inner, `${String(definition.resourceType)}-${String(definition.id)}.json`),
      JSON.stringify(definition),
    )
  return directory
}
