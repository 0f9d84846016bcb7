/** Loinc.csv, parts, links, hierarchy, panels and consumer names → the CodeSystem. */
import { COMMA, type TableRow, tableRows } from '../../input/csv.ts'
import type { InputFile } from '../../input/input.ts'
import type {
  ConceptJson,
  DesignationJson,
  ImportedResource,
  PropertyDefinitionJson,
  PropertyJson,
  StreamedResource,
} from '../../resource.ts'
import type { ReadContext } from '../format.ts'
import { checkParents, sayParent } from '../hierarchy.ts'
import type { Answers } from './answers.ts'
import { LOINC, type Release } from './loinc.ts'
import { type CodingProperties, type CodingProperty, codingProperties } from './properties.ts'

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

/** Read through once for what must be known before the first concept: which codes there are, and where they stand. */
interface Survey {
  readonly terms: number
  readonly version: string | undefined
  /** Codes of terms, parts, answers. */
  readonly codes: ReadonlySet<string>
  readonly links: CodingProperties
  readonly linked: ReadonlySet<string>
  readonly hierarchy: Hierarchy
}

/** The table is read twice, so that its concepts need not stand in memory together. */
export async function readTable(
  release: Release,
  answers: Answers,
  context: ReadContext,
  named: string | undefined,
): Promise<{ readonly resource?: StreamedResource; readonly version?: string }> {
  const { table } = release
  if (!table) return {}
  const survey = await readSurvey(table, release, answers, context, named)
  const { version, terms, linked } = survey
  if (terms === 0) return {}
  const consumer = await readPairs(release.consumerNames, 'LoincNumber', 'ConsumerName', context)
  const panels = await readPanels(release.panels, context)
  const concepts = conceptsOf(table, release, answers, survey, { consumer, panels })
  return {
    resource: { resource: codeSystem(linked, version, terms), concepts },
    ...(version !== undefined && { version }),
  }
}

const TABLE_COLUMNS = ['LOINC_NUM', 'COMPONENT', 'LONG_COMMON_NAME', 'STATUS']
const PART_COLUMNS = ['PartNumber', 'PartTypeName', 'PartName']

async function readSurvey(
  table: InputFile,
  release: Release,
  answers: Answers,
  context: ReadContext,
  named: string | undefined,
): Promise<Survey> {
  const codes = new Set<string>()
  let latest = ''
  context.used(table)
  for await (const row of tableRows(table, COMMA, TABLE_COLUMNS, (what) => context.complain(table, what))) {
    const code = row.get('LOINC_NUM')
    if (code === '') continue
    if (codes.has(code)) context.complain(table, twice(code, row.line))
    codes.add(code)
    latest = newer(latest, newer(row.get('VersionLastChanged'), row.get('VersionFirstReleased')))
  }
  const terms = codes.size
  const { links, linked } = await readPartLinks(release, codes, context)
  const { parts } = release
  if (parts) {
    context.used(parts)
    for await (const row of tableRows(parts, COMMA, PART_COLUMNS, (what) => context.complain(parts, what))) {
      if (row.get('PartNumber') !== '') codes.add(row.get('PartNumber'))
    }
  }
  for (const code of answers.concepts.keys()) codes.add(code)
  const hierarchy = await readHierarchy(release, codes, context)
  const version = named ?? (latest === '' ? undefined : latest)
  return { terms, version, codes, links, linked, hierarchy }
}

interface Further {
  readonly consumer: ReadonlyMap<string, string>
  readonly panels: CodingProperties
}

/** Terms, parts, answers, and what only the hierarchy knows; each code once. */
async function* conceptsOf(
  table: InputFile,
  release: Release,
  answers: Answers,
  { links, hierarchy }: Survey,
  { consumer, panels }: Further,
): AsyncGenerator<ConceptJson> {
  const done = new Set<string>()
  const isNew = (code: string): boolean => code !== '' && !done.has(code) && done.add(code).has(code)
  const placed = (concept: ConceptJson): ConceptJson => {
    const above = hierarchy.parents.get(concept.code) ?? []
    if (above.length === 0) return concept
    const parents = above.map((parent) => ({ code: 'parent', valueCode: parent }))
    return { ...concept, property: [...parents, ...(concept.property ?? [])] }
  }
  // What is wrong was told when they were read for the first time.
  const told = () => {}
  for await (const row of tableRows(table, COMMA, TABLE_COLUMNS, told)) {
    const code = row.get('LOINC_NUM')
    if (!isNew(code)) continue
    const concept = conceptOf(code, row, links.of(code), consumer.get(code))
    const elements = panels.of(code).map(coding)
    yield placed({
      ...concept,
      property: [...(concept.property ?? []), ...(answers.listsOf.get(code) ?? []), ...elements],
    })
  }
  if (release.parts) {
    for await (const row of tableRows(release.parts, COMMA, PART_COLUMNS, told)) {
      if (isNew(row.get('PartNumber'))) yield placed(partOf(row))
    }
  }
  for (const [code, concept] of answers.concepts) if (isNew(code)) yield placed(concept)
  for (const [code, display] of hierarchy.further) if (isNew(code)) yield placed({ code, display })
}

function coding({ property, code, display }: CodingProperty): PropertyJson {
  return { code: property, valueCoding: { system: LOINC, code, display } }
}

function codeSystem(linked: ReadonlySet<string>, version: string | undefined, terms: number): ImportedResource {
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
  }
}

function conceptOf(
  code: string,
  row: TableRow,
  links: readonly CodingProperty[],
  consumer: string | undefined,
): ConceptJson {
  const property: PropertyJson[] = []
  const byLink = new Set<string>()
  for (const link of links) {
    byLink.add(link.property)
    property.push(coding(link))
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
  codes: ReadonlySet<string>,
  context: ReadContext,
): Promise<{ readonly links: CodingProperties; readonly linked: ReadonlySet<string> }> {
  const links = codingProperties()
  const linked = new Set<string>()
  for (const file of release.partLinks) {
    context.used(file)
    for await (const row of tableRows(file, COMMA, ['LoincNumber', 'PartNumber', 'Property'], (what) =>
      context.complain(file, what),
    )) {
      const property = /[^/]*$/.exec(row.get('Property'))?.[0] ?? ''
      const isAxis = (AXES as readonly string[]).includes(property)
      const owner = row.get('LoincNumber')
      if (property === '' || !codes.has(owner) || (isAxis && row.get('LinkTypeName') !== 'Primary')) continue
      linked.add(property)
      links.add(owner, { property, code: row.get('PartNumber'), display: row.get('PartName') })
    }
  }
  return { links, linked }
}

function partOf(row: TableRow): ConceptJson {
  const display = row.get('PartDisplayName') || row.get('PartName')
  const status = row.get('Status')
  const property: PropertyJson[] = [{ code: 'PartTypeName', valueString: row.get('PartTypeName') }]
  if (status !== '') property.push({ code: 'STATUS', valueString: status })
  if (status === 'DEPRECATED') property.push({ code: 'inactive', valueBoolean: true })
  return { code: row.get('PartNumber'), ...(display !== '' && { display }), property }
}

interface Hierarchy {
  readonly parents: ReadonlyMap<string, readonly string[]>
  /** Codes that stand nowhere else, with their text. */
  readonly further: ReadonlyMap<string, string>
}

/** The component hierarchy by system, "the basis for subsumption logic in LOINC": several parents are usual. */
async function readHierarchy(release: Release, codes: ReadonlySet<string>, context: ReadContext): Promise<Hierarchy> {
  const file = release.hierarchy
  const parents = new Map<string, readonly string[]>()
  const further = new Map<string, string>()
  if (!file) return { parents, further }
  context.used(file)
  for await (const row of tableRows(file, COMMA, ['IMMEDIATE_PARENT', 'CODE', 'CODE_TEXT'], (what) =>
    context.complain(file, what),
  )) {
    const code = row.get('CODE')
    const parent = row.get('IMMEDIATE_PARENT')
    if (!codes.has(code) && !further.has(code)) further.set(code, row.get('CODE_TEXT'))
    const above = parents.get(code) ?? []
    parents.set(code, parent === '' || above.includes(parent) ? above : [...above, parent])
  }
  for (const problem of checkParents(parents, (code) => codes.has(code) || further.has(code)))
    context.complain(file, sayParent(problem))
  return { parents, further }
}

async function readPanels(file: InputFile | undefined, context: ReadContext): Promise<CodingProperties> {
  const panels = codingProperties()
  if (!file) return panels
  context.used(file)
  for await (const row of tableRows(file, COMMA, ['ParentLoinc', 'Loinc'], (what) => context.complain(file, what))) {
    const parent = row.get('ParentLoinc')
    const code = row.get('Loinc')
    if (parent === '' || code === '' || parent === code) continue
    panels.add(parent, { property: 'panel-element', code, display: row.get('LoincName') })
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
