/** The working set → an artifact to stage: supplements and concept maps, reviewed rows apart from others. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactManifest } from '../artifacts/artifact.ts'
import { writeArtifact } from '../artifacts/store.ts'
import { emptyContent } from '../content.ts'
import {
  type ConceptJson,
  type ImportedResource,
  REVIEW_EXTENSION,
  SOURCE_EXTENSION,
  slug,
  supplement,
  supplementUrl,
} from '../import/resource.ts'
import { createResourceWriter } from '../import/writer.ts'
import type { JsonObject } from '../load/json.ts'
import type { DesignationWork, MappingWork, WorkEntry } from './work.ts'

export interface WorkArtifactOptions {
  readonly home: string
  readonly title: string
  readonly by: string
  /** Also what is not reviewed, marked so; rejected entries never. Default: false. */
  readonly unreviewed?: boolean
  /** Version of the concept maps, e.g. the day. */
  readonly version: string
  /** Canonical URL of a system as it may be written (OID, alias). */
  readonly canonical?: (system: string) => string
}

/** Fails when there is nothing to stage. The same entries give the same artifact. */
export async function workToArtifact(
  entries: AsyncIterable<WorkEntry> | Iterable<WorkEntry>,
  options: WorkArtifactOptions,
): Promise<Result<ArtifactManifest>> {
  const { home, title, by, unreviewed = false, canonical = (system) => system } = options
  const gathered = gathering()
  for await (const entry of entries) {
    if (entry.status === 'reviewed' || (unreviewed && entry.status !== 'rejected')) gathered.add(entry)
  }
  const resources = [...gathered.supplements(), ...gathered.maps(options.version)]
  if (resources.length === 0) {
    return failed('terminology-work-empty', 'No entry is reviewed: there is nothing to stage.', 'Review entries first.')
  }
  const artifact = {
    kind: 'resources',
    title,
    source: title,
    reviewed: !unreviewed,
    importedBy: by,
    slug: slug(title),
  } as const
  return writeArtifact(home, artifact, async (folder) => {
    const provenance = { source: title, reviewed: !unreviewed, displayReviewed: false, canonical }
    const writer = createResourceWriter(folder, emptyContent(), provenance)
    try {
      for (const resource of resources) writer.add(resource)
      writer.finish({ byLanguage: new Map(), words: new Set() })
      const { designations, mappings, conceptMaps } = writer.counts
      return ok({ resources: resources.length, designations, conceptMaps, mappings })
    } finally {
      writer.close()
    }
  })
}

function gathering() {
  const words = new Map<
    string,
    { readonly first: DesignationWork; readonly reviewed: boolean; readonly codes: Map<string, ConceptJson> }
  >()
  const maps = new Map<string, MappingRow[]>()
  return {
    add({ content, status }: WorkEntry) {
      const reviewed = status === 'reviewed'
      if (content.kind === 'mapping') {
        const rows = maps.get(content.map) ?? []
        maps.set(content.map, rows)
        rows.push({ content, reviewed })
        return
      }
      const key = JSON.stringify([content.source, content.system, reviewed])
      const group = words.get(key) ?? { first: content, reviewed, codes: new Map<string, ConceptJson>() }
      words.set(key, group)
      const concept = group.codes.get(content.code) ?? { code: content.code, designation: [] }
      group.codes.set(content.code, concept)
      concept.designation = [...(concept.designation ?? []), { language: content.language, value: content.term }]
    },
    supplements: (): readonly ImportedResource[] =>
      [...words].sort(byKey).map(([, { first, reviewed, codes }]) => {
        const url = `${supplementUrl(first.source, first.system)}${reviewed ? '' : ':unreviewed'}`
        const extension = provenanceOf(first.source, reviewed)
        return supplement(first.source, first.system, [...codes.values()], { url, extension })
      }),
    maps: (version: string): readonly ImportedResource[] =>
      [...maps].sort(byKey).map(([url, rows]) => conceptMap(url, version, rows)),
  }
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1
}

function provenanceOf(source: string, reviewed: boolean): readonly JsonObject[] {
  return [
    { url: SOURCE_EXTENSION, valueString: source },
    { url: REVIEW_EXTENSION, valueCode: reviewed ? 'reviewed' : 'unreviewed' },
  ]
}

interface MappingRow {
  readonly content: MappingWork
  readonly reviewed: boolean
}

/** FHIR R5 ConceptMap: one group for each pair of systems, one element for each source code. */
function conceptMap(url: string, version: string, rows: readonly MappingRow[]): ImportedResource {
  const groups = new Map<string, { source: string; target: string; elements: Map<string, JsonObject[]> }>()
  for (const row of rows) {
    const { sourceSystem: source, targetSystem: target, sourceCode } = row.content
    const key = `${source} ${target}`
    const group = groups.get(key) ?? { source, target, elements: new Map<string, JsonObject[]>() }
    groups.set(key, group)
    const targets = group.elements.get(sourceCode) ?? []
    group.elements.set(sourceCode, targets)
    targets.push(targetOf(row))
  }
  return {
    resourceType: 'ConceptMap',
    url,
    version,
    name: slug(url).replace(/[^A-Za-z0-9]+/g, '_'),
    status: 'active',
    property: PROPERTIES,
    group: [...groups].sort(byKey).map(([, { source, target, elements }]) => ({
      source,
      target,
      element: [...elements].map(([code, targets]) => ({ code, target: targets })),
    })),
  }
}

const PROPERTIES = ['quality', 'valid-from', 'valid-to', 'advice'].map((code) => ({
  code,
  uri: `urn:tessera:property:${code}`,
  type: 'string',
}))

function targetOf({ content, reviewed }: MappingRow): JsonObject {
  const { targetCode, targetDisplay, relationship, comment, quality, validFrom, validTo } = content
  const properties = {
    quality,
    'valid-from': validFrom,
    'valid-to': validTo,
    advice: reviewed ? undefined : 'Not reviewed.',
  }
  const property = Object.entries(properties).flatMap(([code, valueString]) =>
    valueString === undefined ? [] : [{ code, valueString }],
  )
  return {
    code: targetCode,
    ...(targetDisplay !== undefined && { display: targetDisplay }),
    relationship,
    ...(comment !== undefined && { comment }),
    ...(property.length > 0 && { property }),
  }
}
