/** Loinc.csv, parts, links, hierarchy, panels and consumer names → the CodeSystem. */
import { COMMA, type TableRow, tableRows } from '../../input/csv.ts'
import type { InputFile } from '../../input/input.ts'
import type {
  ConceptJson,
  DesignationJson,
  ImportedResource,
  PropertyDefinitionJson,
  PropertyJson,
} from '../../resource.ts'
import type { ReadContext } from '../format.ts'
import { checkParents, sayParent } from '../hierarchy.ts'
import type { Answers } from './answers.ts'
import { LOINC, type Release } from './loinc.ts'

/** The axes, whose values are parts. */
const AXES = ['COMPONENT', 'PROPERTY', 'TIME_ASPCT', 'SYSTEM', 'SCALE_TYP', 'METHOD_TYP', 'CLASS'] as const
/** Columns that are properties under their own name. */
const STRINGS = [
  'STATUS',
  'CLASSTYPE',
  'ORDER_OBS',
  'VersionLastChanged',
  'VersionFirstReleased',
  'CHNG_TYPE',
  'DefinitionDescription',
  'CONSUMER_NAME',
  'FORMULA',
  'EXMPL_ANSWERS',
  'SURVEY_QUEST_TEXT',
  'SURVEY_QUEST_SRC',
  'UNITSREQUIRED',
  'RELATEDNAMES2',
  'SHORTNAME',
  'HL7_FIELD_SUBFIELD_ID',
  'EXTERNAL_COPYRIGHT_NOTICE',
  'EXAMPLE_UNITS',
  'EXAMPLE_UCUM_UNITS',
  'STATUS_REASON',
  'STATUS_TEXT',
  'CHANGE_REASON_PUBLIC',
  'COMMON_TEST_RANK',
  'COMMON_ORDER_RANK',
  'HL7_ATTACHMENT_STRUCTURE',
  'EXTERNAL_COPYRIGHT_LINK',
  'PanelType',
  'AskAtOrderEntry',
  'AssociatedObservations',
  'ValidHL7AttachmentRequest',
] as const

/** A release has more than this many codes; fewer are an excerpt, in which an absent code may well exist. */
const WHOLE = 90_000

interface PartLink {
  readonly property: string
  readonly code: string
  readonly display: string
}

export async function readTable(
  release: Release,
  answers: Answers,
  context: ReadContext,
  named: string | undefined,
): Promise<{ readonly resource?: ImportedResource; readonly version?: string }> {
  const { table } = release
  if (!table) return {}
  const links = await readPartLinks(release, context)
  const consumer = await readPairs(release.consumerNames, 'LoincNumber', 'ConsumerName', context)
  const panels = await readPanels(release.panels, context)
  const concepts = new Map<string, ConceptJson>()
  const linked = new Set<string>()
  let latest = ''
  context.used(table)
  for await (const row of tableRows(table, COMMA, ['LOINC_NUM', 'COMPONENT', 'LONG_COMMON_NAME', 'STATUS'], (what) =>
    context.complain(table, what),
  )) {
    const code = row.get('LOINC_NUM')
    if (code === '') continue
    if (concepts.has(code)) context.complain(table, twice(code, row.line))
    else concepts.set(code, conceptOf(code, row, links.get(code) ?? [], consumer.get(code), linked))
    const extra = [...(answers.listsOf.get(code) ?? []), ...(panels.get(code) ?? [])]
    if (extra.length > 0) concepts.get(code)?.property?.push(...extra)
    latest = newer(latest, newer(row.get('VersionLastChanged'), row.get('VersionFirstReleased')))
  }
  const terms = concepts.size
  if (terms === 0) return {}
  await addParts(release, concepts, context)
  for (const [code, concept] of answers.concepts) if (!concepts.has(code)) concepts.set(code, concept)
  await addHierarchy(release, concepts, context)
  const version = named ?? (latest === '' ? undefined : latest)
  return { resource: codeSystem(concepts, linked, version, terms), ...(version !== undefined && { version }) }
}

function codeSystem(
  concepts: ReadonlyMap<string, ConceptJson>,
  linked: ReadonlySet<string>,
  version: string | undefined,
  terms: number,
): ImportedResource {
  const own = (code: string, type: string): PropertyDefinitionJson => ({ code, uri: `${LOINC}/property/${code}`, type })
  const axes = new Set<string>(AXES)
  return {
    resourceType: 'CodeSystem',
    url: LOINC,
    identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:oid:2.16.840.1.113883.6.1' }],
    ...(version !== undefined && { version }),
    name: 'LOINC',
    title: 'Logical Observation Identifiers Names and Codes (LOINC)',
    status: 'active',
    language: 'en',
    publisher: 'Regenstrief Institute, Inc.',
    copyright:
      'This content is LOINC (https://loinc.org), © Regenstrief Institute, Inc. and the LOINC Committee, available at no cost under the license at https://loinc.org/license.',
    caseSensitive: false,
    valueSet: `${LOINC}/vs`,
    hierarchyMeaning: 'is-a',
    compositional: false,
    versionNeeded: false,
    content: terms >= WHOLE ? 'complete' : 'fragment',
    property: [
      { code: 'parent', uri: 'http://hl7.org/fhir/concept-properties#parent', type: 'code' },
      { code: 'inactive', uri: 'http://hl7.org/fhir/concept-properties#inactive', type: 'boolean' },
      ...[...AXES, ...[...linked].filter((code) => !axes.has(code))].map((code) => own(code, 'Coding')),
      ...STRINGS.map((code) => own(code, 'string')),
      own('PartTypeName', 'string'),
      own('answer-list', 'Coding'),
      own('panel-element', 'Coding'),
    ],
    concept: [...concepts.values()],
  }
}

function conceptOf(
  code: string,
  row: TableRow,
  links: readonly PartLink[],
  consumer: string | undefined,
  linked: Set<string>,
): ConceptJson {
  const property: PropertyJson[] = []
  const byLink = new Set<string>()
  for (const { property: name, code: part, display } of links) {
    byLink.add(name)
    linked.add(name)
    property.push({ code: name, valueCoding: { system: LOINC, code: part, display } })
  }
  for (const axis of AXES) {
    const value = row.get(axis)
    // Without the part file the value itself serves as the code.
    if (value !== '' && !byLink.has(axis)) property.push({ code: axis, valueCoding: { code: value, display: value } })
  }
  for (const name of STRINGS) {
    const value = row.get(name)
    if (value !== '') property.push({ code: name, valueString: value })
  }
  // "Codes with STATUS = DEPRECATED are considered inactive" (Using LOINC with FHIR).
  if (row.get('STATUS') === 'DEPRECATED') property.push({ code: 'inactive', valueBoolean: true })
  const short = row.get('SHORTNAME')
  const designation: DesignationJson[] = []
  const add = (use: string, value: string | undefined) => {
    if (value !== undefined && value !== '')
      designation.push({ language: 'en', value, use: { system: LOINC, code: use } })
  }
  add('DisplayName', row.get('DisplayName'))
  add('SHORTNAME', short)
  add('ConsumerName', consumer)
  const display = row.get('LONG_COMMON_NAME') || short
  return {
    code,
    ...(display !== '' && { display }),
    ...(row.get('DefinitionDescription') !== '' && { definition: row.get('DefinitionDescription') }),
    ...(designation.length > 0 && { designation }),
    property,
  }
}

/** Parts of each code: the six axes once (the primary link), further models (radiology, document ontology) as they are. */
async function readPartLinks(
  release: Release,
  context: ReadContext,
): Promise<ReadonlyMap<string, readonly PartLink[]>> {
  const links = new Map<string, PartLink[]>()
  for (const file of release.partLinks) {
    context.used(file)
    for await (const row of tableRows(file, COMMA, ['LoincNumber', 'PartNumber', 'Property'], (what) =>
      context.complain(file, what),
    )) {
      const property = /[^/]*$/.exec(row.get('Property'))?.[0] ?? ''
      const isAxis = (AXES as readonly string[]).includes(property)
      if (property === '' || (isAxis && row.get('LinkTypeName') !== 'Primary')) continue
      const own = links.get(row.get('LoincNumber')) ?? []
      links.set(row.get('LoincNumber'), own)
      const code = row.get('PartNumber')
      if (own.some((link) => link.property === property && link.code === code)) continue
      own.push({ property, code, display: row.get('PartName') })
    }
  }
  return links
}

async function addParts(release: Release, concepts: Map<string, ConceptJson>, context: ReadContext): Promise<void> {
  const file = release.parts
  if (!file) return
  context.used(file)
  for await (const row of tableRows(file, COMMA, ['PartNumber', 'PartTypeName', 'PartName'], (what) =>
    context.complain(file, what),
  )) {
    const code = row.get('PartNumber')
    if (code === '' || concepts.has(code)) continue
    const display = row.get('PartDisplayName') || row.get('PartName')
    const status = row.get('Status')
    const property: PropertyJson[] = [{ code: 'PartTypeName', valueString: row.get('PartTypeName') }]
    if (status !== '') property.push({ code: 'STATUS', valueString: status })
    if (status === 'DEPRECATED') property.push({ code: 'inactive', valueBoolean: true })
    concepts.set(code, { code, ...(display !== '' && { display }), property })
  }
}

/** The component hierarchy by system, "the basis for subsumption logic in LOINC": several parents are usual. */
async function addHierarchy(release: Release, concepts: Map<string, ConceptJson>, context: ReadContext): Promise<void> {
  const file = release.hierarchy
  if (!file) return
  context.used(file)
  const parents = new Map<string, string[]>()
  for await (const row of tableRows(file, COMMA, ['IMMEDIATE_PARENT', 'CODE', 'CODE_TEXT'], (what) =>
    context.complain(file, what),
  )) {
    const code = row.get('CODE')
    const parent = row.get('IMMEDIATE_PARENT')
    if (!concepts.has(code)) concepts.set(code, { code, display: row.get('CODE_TEXT') })
    const above = parents.get(code) ?? []
    parents.set(code, above)
    if (parent !== '' && !above.includes(parent)) above.push(parent)
  }
  const checked = new Map<string, readonly string[]>(parents)
  for (const problem of checkParents(checked, (code) => concepts.has(code))) context.complain(file, sayParent(problem))
  for (const [code, above] of checked) {
    const concept = concepts.get(code)
    if (!concept || above.length === 0) continue
    concept.property = [...above.map((parent) => ({ code: 'parent', valueCode: parent })), ...(concept.property ?? [])]
  }
}

async function readPanels(
  file: InputFile | undefined,
  context: ReadContext,
): Promise<ReadonlyMap<string, PropertyJson[]>> {
  const panels = new Map<string, PropertyJson[]>()
  if (!file) return panels
  context.used(file)
  for await (const row of tableRows(file, COMMA, ['ParentLoinc', 'Loinc'], (what) => context.complain(file, what))) {
    const parent = row.get('ParentLoinc')
    const code = row.get('Loinc')
    if (parent === '' || code === '' || parent === code) continue
    const elements = panels.get(parent) ?? []
    panels.set(parent, elements)
    if (elements.some(({ valueCoding }) => valueCoding?.code === code)) continue
    elements.push({ code: 'panel-element', valueCoding: { system: LOINC, code, display: row.get('LoincName') } })
  }
  return panels
}

async function readPairs(
  file: InputFile | undefined,
  key: string,
  value: string,
  context: ReadContext,
): Promise<ReadonlyMap<string, string>> {
  const pairs = new Map<string, string>()
  if (!file) return pairs
  context.used(file)
  for await (const row of tableRows(file, COMMA, [key, value], (what) => context.complain(file, what)))
    pairs.set(row.get(key), row.get(value))
  return pairs
}

function twice(code: string, line: number) {
  const sentence = `The code ${code} stands there twice: the first is kept.`
  return { code: 'terminology-code-twice', sentence, next: 'Take the repetition out.', line }
}

/** The higher of two versions like `2.78`. */
function newer(left: string, right: string): string {
  if (!/^\d+\.\d+/.test(right)) return left
  if (left === '') return right
  const [major = 0, minor = 0] = left.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = right.split('.').map(Number)
  return otherMajor > major || (otherMajor === major && otherMinor > minor) ? right : left
}
