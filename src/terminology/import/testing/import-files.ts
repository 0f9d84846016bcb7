/** Imports files that a test writes down, and gives back what became of them. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import type { ResourceEntry } from '../../artifacts/artifact.ts'
import { withConcepts } from '../../code-systems/concept-table.ts'
import { readConceptTable } from '../../code-systems/table/read.ts'
import { type JsonObject, objects } from '../../load/json.ts'
import type { TerminologySources } from '../../sources.ts'
import { type ImportOptions, type ImportResult, importTerminology } from '../import.ts'

/** Own words only: tests of importers need no packages. */
export const OWN_SOURCES: TerminologySources = {
  terms: join(import.meta.dirname, '..', '..', '..', '..', 'data', 'terms'),
  packages: [],
  icu: false,
}

export const CORPUS = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'corpus')

export interface Imported {
  readonly result: ImportResult
  readonly resources: readonly JsonObject[]
  readonly index: readonly ResourceEntry[]
  /** Problems as `file:line code`. */
  readonly problems: readonly string[]
}

const root = mkdtempSync(join(tmpdir(), 'tessera-import-test-'))
after(() => rmSync(root, { recursive: true, force: true }))
let count = 0

export function newFolder(): string {
  const folder = join(root, String(count++))
  mkdirSync(folder, { recursive: true })
  return folder
}

export function writeFiles(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(newFolder(), 'in')
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

export async function importPath(path: string, options: Partial<ImportOptions> = {}): Promise<Imported> {
  const result = await importTerminology(path, {
    home: newFolder(),
    cache: join(root, 'cache'),
    sources: OWN_SOURCES,
    ...options,
  })
  assert.ok(result.ok, result.ok ? '' : `${result.problem.code}: ${result.problem.sentence}`)
  const { resources, index } = await readResources(dirname(result.value.layer))
  const problems = result.value.problems.map(({ file, code, place }) => `${file}:${place?.line ?? ''} ${code}`)
  return { result: result.value, resources, index, problems }
}

/** By the index, as a server reads them; many concepts are in a table (`conceptElements` has them). */
export async function readResources(folder: string): Promise<Pick<Imported, 'resources' | 'index'>> {
  const text = readFileSync(join(folder, 'resources.ndjson'))
  const index = JSON.parse(readFileSync(join(folder, 'resources.index.json'), 'utf8')) as readonly ResourceEntry[]
  const resources: JsonObject[] = []
  for (const { offset, length, table } of index) {
    const [resource] = objects([JSON.parse(text.toString('utf8', offset, offset + length))])
    assert.ok(resource)
    if (table === undefined) resources.push(resource)
    else {
      const read = await readConceptTable(join(folder, table))
      assert.ok(read.ok)
      resources.push(withConcepts(resource, () => read.value.table))
    }
  }
  return { resources, index }
}

export async function importFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<ImportOptions> = {},
): Promise<Imported> {
  return importPath(writeFiles(files), { source: 'test', ...options })
}

/** The one resource of a type whose URL ends so. */
export function one(imported: Imported, resourceType: string, urlEnd = ''): JsonObject {
  const found = imported.resources.filter(
    (each) => each.resourceType === resourceType && String(each.url).endsWith(urlEnd),
  )
  assert.equal(found.length, 1, `${found.length} of ${resourceType} …${urlEnd}`)
  return found[0] ?? {}
}

export function concept(resource: JsonObject, code: string): JsonObject {
  const found = objects(resource.concept).find((each) => each.code === code)
  assert.ok(found, `no concept ${code}`)
  return found
}

/** Values of a property of a concept. */
export function property(of: JsonObject, code: string): readonly unknown[] {
  return objects(of.property)
    .filter((each) => each.code === code)
    .map(({ code: _, ...value }) => Object.values(value)[0])
}
