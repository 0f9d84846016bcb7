/** For tests: a small library of authored resources, and a server that expands plain lists. */
import { createLibrary } from '../library/library.ts'
import { memoryStore } from '../library/resource-store.ts'
import { isObject, type JsonObject, objects, text } from '../load/json.ts'
import type { OperationAnswer, OperationRequest } from '../operations/server.ts'
import type { BrowseSources } from './sources.ts'

export const SIGNS = 'http://example.org/signs'
export const OTHER = 'http://example.org/other'
export const SIGNS_SET = 'http://example.org/value-set/signs'
export const BROAD_SET = 'http://example.org/value-set/all-signs'
export const MAP = 'http://example.org/map/signs-to-other'

const inactive = { code: 'status', valueCode: 'retired' }

export const RESOURCES: readonly JsonObject[] = [
  {
    resourceType: 'CodeSystem',
    url: SIGNS,
    version: '2',
    name: 'Signs',
    title: 'Signs of the test',
    status: 'active',
    content: 'complete',
    language: 'en',
    caseSensitive: true,
    property: [
      { code: 'status', uri: 'http://hl7.org/fhir/concept-properties#status', type: 'code' },
      { code: 'severity', description: 'How bad it is', type: 'string' },
      { code: 'see', type: 'code' },
    ],
    concept: [
      {
        code: 'S',
        display: 'Sign',
        definition: 'What is seen.',
        concept: [
          {
            code: 'S1',
            display: 'Œdema of the leg',
            designation: [
              { language: 'de', value: 'Beinödem' },
              { language: 'de', value: 'Wasser im Bein', use: { code: 'synonym' } },
            ],
            property: [
              { code: 'severity', valueString: 'mild' },
              { code: 'see', valueCode: 'S2' },
            ],
            concept: [{ code: 'S11', display: 'Œdema of the left leg' }],
          },
          { code: 'S2', display: 'Rash' },
          { code: 'S3', display: 'Old rash', property: [inactive] },
        ],
      },
    ],
  },
  {
    resourceType: 'CodeSystem',
    url: SIGNS,
    version: '1',
    name: 'Signs',
    content: 'complete',
    language: 'en',
    concept: [{ code: 'S2', display: 'Rash' }],
  },
  {
    resourceType: 'CodeSystem',
    url: 'http://example.org/signs-in-french',
    title: 'French words',
    content: 'supplement',
    supplements: SIGNS,
    extension: [
      { url: 'urn:tessera:source', valueString: 'Société de l’exemple' },
      { url: 'urn:tessera:review-status', valueCode: 'reviewed' },
    ],
    concept: [
      { code: 'S1', designation: [{ language: 'fr', value: 'Œdème de la jambe' }] },
      { code: 'S2', designation: [{ language: 'fr', value: 'Éruption' }] },
    ],
  },
  { resourceType: 'CodeSystem', url: OTHER, content: 'complete', concept: [{ code: 'X', display: 'Rash or so' }] },
  {
    resourceType: 'ValueSet',
    url: SIGNS_SET,
    version: '1',
    title: 'Some signs',
    compose: {
      include: [{ system: SIGNS, concept: [{ code: 'S1' }, { code: 'S2' }] }],
    },
  },
  {
    resourceType: 'ValueSet',
    url: BROAD_SET,
    title: 'Everything below',
    compose: {
      include: [{ system: SIGNS, filter: [{ property: 'concept', op: 'is-a', value: 'S1' }] }],
      exclude: [{ valueSet: [`${SIGNS_SET}|1`, 'http://example.org/nowhere'] }],
    },
  },
  {
    resourceType: 'ConceptMap',
    url: MAP,
    title: 'Signs to other',
    group: [
      {
        source: SIGNS,
        target: OTHER,
        element: [
          { code: 'S2', target: [{ code: 'X', relationship: 'source-is-narrower-than-target', comment: 'Roughly.' }] },
          { code: 'S1', noMap: true },
          { code: 'S3', target: [{ code: 'gone', display: 'Gone', relationship: 'equivalent' }] },
        ],
      },
    ],
  },
]

/** Expands plain lists, and says of a filter that S1 and S11 are in it. */
function operation({ operation: name, parameters }: OperationRequest): OperationAnswer {
  const value = (wanted: string): unknown =>
    Object.entries(parameters.parameter?.find((one) => one.name === wanted) ?? {}).find(([key]) =>
      key.startsWith('value'),
    )?.[1]
  if (name === 'validate-code') {
    const member = ['S1', 'S11'].includes(String(value('code')))
    return {
      status: 200,
      resource: { resourceType: 'Parameters', parameter: [{ name: 'result', valueBoolean: member }] },
    }
  }
  const resource = RESOURCES.find(({ url }) => url === value('url'))
  const includes = objects(isObject(resource?.compose) ? resource.compose.include : undefined)
  const codes = includes.flatMap(({ system, concept }) =>
    objects(concept).map(({ code }) => ({ system, code: text(code) })),
  )
  if (codes.length === 0) {
    const issue = [{ severity: 'error', details: { text: 'A filter of the test cannot be expanded.' } }]
    return { status: 422, resource: { resourceType: 'OperationOutcome', issue } }
  }
  const [offset, count] = [Number(value('offset')), Number(value('count'))]
  const contains = codes.slice(offset, offset + count)
  return { status: 200, resource: { resourceType: 'ValueSet', expansion: { total: codes.length, contains } } }
}

/** @param more resources beside those above */
export function testSources(change: Partial<BrowseSources> = {}, more: readonly JsonObject[] = []): BrowseSources {
  // The supplement is a resource of the house, as one of an artifact is: such have a length.
  const store = memoryStore([...RESOURCES, ...more])
  const entries = store.entries.map((entry) => ({ ...entry, length: 1 }))
  const original = new Map(entries.map((entry, index) => [entry, store.entries[index]]))
  const read = (entry: (typeof entries)[number]): JsonObject => {
    const found = original.get(entry)
    return found ? store.read(found) : {}
  }
  return { library: createLibrary({ stores: [{ ...store, entries, read }] }), server: { operation }, ...change }
}
