/** CapabilityStatement and TerminologyCapabilities: what this server can, in the terms of the terminology ecosystem. */
import type { Library } from '../library/library.ts'
import type { Resource } from './fhir.ts'
import type { StatementContext } from './server.ts'

/** Version of the ecosystem's tests that this server is held to. */
const TEST_VERSION = '1.9.0'

const FEATURE = 'http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature'

function feature(definition: string, value: object): object {
  return {
    url: FEATURE,
    extension: [
      { url: 'definition', valueCanonical: definition },
      { url: 'value', ...value },
    ],
  }
}

function operations(type: string, names: readonly string[]): readonly object[] {
  return names.map((name) => ({ name, definition: `http://hl7.org/fhir/OperationDefinition/${type}-${name}` }))
}

const INTERACTIONS = [{ code: 'read' }, { code: 'search-type' }]

const COMMON_SEARCH = [
  ['url', 'uri'],
  ['version', 'token'],
  ['name', 'string'],
  ['title', 'string'],
  ['status', 'token'],
  ['identifier', 'token'],
  ['date', 'date'],
  ['publisher', 'string'],
  ['description', 'string'],
] as const

function searchParam(...further: readonly (readonly [string, string])[]): readonly object[] {
  return [...COMMON_SEARCH, ...further].map(([name, type]) => ({ name, type }))
}

export function capabilityStatement({ fhirVersion, base, software, date }: StatementContext): Resource {
  return {
    resourceType: 'CapabilityStatement',
    extension: [
      feature('http://hl7.org/fhir/uv/tx-tests/FeatureDefinition/test-version', { valueCode: TEST_VERSION }),
      feature('http://hl7.org/fhir/uv/tx-ecosystem/FeatureDefinition/CodeSystemAsParameter', { valueBoolean: true }),
    ],
    url: `${base}/metadata`,
    version: software.version,
    name: 'TesseraTerminologyServer',
    title: 'Tessera terminology server',
    status: 'active',
    date,
    kind: 'instance',
    instantiates: ['http://hl7.org/fhir/CapabilityStatement/terminology-server'],
    software: {
      name: software.name,
      version: software.version,
      releaseDate: software.releaseDate ?? date,
    },
    implementation: { description: 'Tessera terminology server', url: base },
    fhirVersion: fhirVersion === 'R4' ? '4.0.1' : '5.0.0',
    format: ['application/fhir+json', 'application/fhir+xml'],
    rest: [
      {
        mode: 'server',
        security: { cors: true },
        resource: [
          {
            type: 'CodeSystem',
            interaction: INTERACTIONS,
            searchParam: searchParam(
              ['system', 'uri'],
              ['code', 'token'],
              ['content-mode', 'token'],
              ['supplements', 'reference'],
            ),
            operation: operations('CodeSystem', ['lookup', 'validate-code', 'subsumes', 'batch-validate-code']),
          },
          {
            type: 'ValueSet',
            interaction: INTERACTIONS,
            searchParam: searchParam(['reference', 'uri']),
            operation: operations('ValueSet', ['expand', 'validate-code', 'batch-validate-code', 'related']),
          },
          {
            type: 'ConceptMap',
            interaction: INTERACTIONS,
            searchParam: searchParam(),
            operation: operations('ConceptMap', ['translate', 'closure']),
          },
          { type: 'NamingSystem', interaction: INTERACTIONS, searchParam: searchParam() },
        ],
        operation: [
          { name: 'versions', definition: 'http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions' },
          { name: 'closure', definition: 'http://hl7.org/fhir/OperationDefinition/ConceptMap-closure' },
        ],
      },
    ],
  }
}

const EXPANSION_PARAMETERS = [
  'activeOnly',
  'cache-id',
  'check-system-version',
  'check-valueset-version',
  'count',
  'default-valueset-version',
  'designation',
  'displayLanguage',
  'exclude-system',
  'excludeNested',
  'excludeNotForUI',
  'filter',
  'force-system-version',
  'force-valueset-version',
  'includeDefinition',
  'includeDesignations',
  'offset',
  'property',
  'system-version',
  'tx-resource',
  'url',
  'useSupplement',
  'valueSet',
  'valueSetVersion',
  'versionsMatch',
]

export function terminologyCapabilities(library: Library, { base, software, date }: StatementContext): Resource {
  return {
    resourceType: 'TerminologyCapabilities',
    url: `${base}/metadata?mode=terminology`,
    version: software.version,
    name: 'TesseraTerminologyCapabilities',
    title: 'What the Tessera terminology server knows',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: software.name, version: software.version },
    implementation: { description: 'Tessera terminology server', url: base },
    lockedDate: false,
    codeSystem: library.codeSystemUrls().map((uri) => systemStatement(library, uri)),
    expansion: {
      hierarchical: true,
      paging: true,
      incomplete: false,
      parameter: EXPANSION_PARAMETERS.map((name) => ({ name })),
      textFilter: 'Every word of the filter starts a word of a term of the concept; accents and case do not matter.',
    },
    codeSearch: 'in-compose-or-expansion',
    validateCode: { translations: true },
    translation: { needsMap: true },
    closure: { translation: false },
  }
}

function systemStatement(library: Library, uri: string): object {
  const versions = library.codeSystemVersions(uri)
  const newest = versions.at(-1)
  const named = versions.flatMap(({ version, isDefault }) =>
    version === undefined ? [] : [{ code: version, isDefault: isDefault ?? version === newest?.version }],
  )
  return {
    uri,
    ...(named.length > 0 && { version: named }),
    content: versions.some(({ content }) => content === 'complete') ? 'complete' : 'fragment',
    subsumption: true,
  }
}
