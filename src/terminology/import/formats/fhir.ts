/** FHIR terminology resources in JSON: single files, Bundles, ndjson, packages; R4 becomes R5. */
import { createInterface } from 'node:readline'
import { isObject, type JsonObject, objects, text } from '../../load/json.ts'
import type { InputFile } from '../input/input.ts'
import { readJson } from '../input/text.ts'
import type { ImportedResource } from '../resource.ts'
import { eachFile, type Format, looksLikeJson, type ReadContext } from './format.ts'
import { toR5 } from './r5.ts'

const KINDS = new Set(['CodeSystem', 'ValueSet', 'ConceptMap', 'NamingSystem'])

export const fhir: Format = {
  id: 'fhir',
  title: 'FHIR resources in JSON',
  claim: (samples) =>
    eachFile(
      samples,
      ({ file, head }) =>
        /\.ndjson$/i.test(file.name) ||
        (looksLikeJson(head) && /"(?:resourceType|fhirVersions|fhir-version-list|index-version)"\s*:/.test(head)),
    ),
  async *read(files, context) {
    for (const file of files) {
      if (/\.ndjson$/i.test(file.name)) yield* readLines(file, context)
      else {
        const json = await readJson(file)
        if (json.ok) yield* resourcesOf(json.value, file, context)
        else context.complain(file, { ...json.problem, ...json.problem.place })
      }
    }
  },
}

/** Terminology in a JSON value; undefined text where a url is missing is told. */
export function* resourcesOf(
  json: unknown,
  file: InputFile,
  context: ReadContext,
  line?: number,
): Generator<ImportedResource> {
  let found = false
  for (const resource of flatten(json)) {
    if (!KINDS.has(text(resource.resourceType) ?? '')) continue
    found = true
    const named = withUrl(resource)
    if (named) yield toR5(named)
    else {
      const sentence = `The ${text(resource.resourceType)} ${text(resource.id) ?? ''} has no url, so nothing can refer to it.`
      const next = 'Give it a url; the rest of the file was imported.'
      context.complain(file, {
        code: 'terminology-file-partly-used',
        sentence,
        next,
        ...(line !== undefined && { line }),
      })
    }
  }
  if (found) context.used(file)
  else context.passed(file)
}

function* flatten(json: unknown): Generator<JsonObject> {
  if (!isObject(json)) return
  if (json.resourceType !== 'Bundle' && json.resourceType !== 'Parameters') {
    yield json
    return
  }
  for (const { resource } of [...objects(json.entry), ...objects(json.parameter)]) yield* flatten(resource)
}

/** A NamingSystem of R4 has no url; its own name serves. */
function withUrl(resource: JsonObject): JsonObject | undefined {
  if (text(resource.url) !== undefined) return resource
  const name = text(resource.id) ?? text(resource.name)
  if (resource.resourceType !== 'NamingSystem' || name === undefined) return undefined
  return { ...resource, url: `urn:tessera:naming-system:${name}` }
}

async function* readLines(file: InputFile, context: ReadContext): AsyncGenerator<ImportedResource> {
  let line = 0
  for await (const content of createInterface({ input: file.stream(), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    if (content.trim() === '') continue
    try {
      yield* resourcesOf(JSON.parse(content.replace(/^\uFEFF/, '')), file, context, line)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const sentence = `The line is not JSON: ${why}.`
      context.complain(file, { code: 'terminology-file-no-json', sentence, next: 'Correct it or take it out.', line })
    }
  }
}
