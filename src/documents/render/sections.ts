/** Sections of the page: those of the document in clinical order, then everything that no section names. */
import { type Concept, concept, type Node, node, nodes, text } from '../fhir/node.ts'
import { containedIn } from '../fhir/references.ts'
import type { DocumentKind } from '../model/clinical-document.ts'
import { type Absent, absentStatement } from './absent.ts'
import { type Build, baseLanguage, designation, follow, say, sourceWords } from './build.ts'
import { details, narrative } from './details.ts'
import { allDetails } from './rows/row.ts'
import { missingRow, rowsOf } from './rows/rows.ts'
import { sectionWords, stateWithoutRows } from './section-words.ts'
import type { Detail, Inline, Line, Row, Section, SectionState } from './summary-view.ts'
import { sectionName, termOf } from './words.ts'

/** Clinical order of the sections of a patient summary: what can harm, what is taken, what is ill, what was measured and done. */
const ORDER = [
  '104605-1', '48765-2', '10160-0', '11450-4', '30954-2', '8716-3', '46264-8', '47519-4', '11369-6', '10162-6',
  '47420-5', '11329-0', '11348-0', '29762-2', '10182-4', '10157-6', '18776-5', '42348-3', '81338-6',
] // biome-ignore format: a list

const RANK: ReadonlyMap<string, number> = new Map(ORDER.map((code, position) => [code, position]))

const COLUMNS: Readonly<Record<string, string>> = {
  AllergyIntolerance: 'allergies',
  MedicationStatement: 'medicines',
  MedicationRequest: 'medicines',
  MedicationAdministration: 'medicines',
  MedicationDispense: 'medicines',
  Condition: 'problems',
  Observation: 'results',
  DiagnosticReport: 'results',
  Immunization: 'immunizations',
  Procedure: 'procedures',
  DeviceUseStatement: 'devices',
  Device: 'devices',
}

const PEOPLE = new Set([
  'Patient',
  'RelatedPerson',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Person',
  'HealthcareService',
  'Group',
])
const MAKING = new Set([
  'Composition',
  'Provenance',
  'Bundle',
  'OperationOutcome',
  'AuditEvent',
  'Parameters',
  'Binary',
  'Endpoint',
])

function sectionCode(section: Node): string | undefined {
  return concept(section.code)?.codings.find(({ code }) => code !== '')?.code
}

function readersDesignation(build: Build, { codings }: Concept): string | undefined {
  for (const { system, code } of codings) {
    const known = designation(build, system, code)
    if (known && baseLanguage(known.language) === baseLanguage(build.reader.language)) return known.term
  }
  return undefined
}

function titleOf(build: Build, section: Node): { readonly title: Line; readonly originalTitle?: Line } {
  const written = text(section.title)
  const found = concept(section.code)
  const said = found ? (sectionName(build, found) ?? readersDesignation(build, found)) : undefined
  if (said !== undefined) {
    return written === undefined || written === said
      ? { title: [said] }
      : { title: [said], originalTitle: [sourceWords(build, written)] }
  }
  if (written !== undefined) return { title: [sourceWords(build, written)] }
  return { title: [found ? termOf(build, found).words : say(build, 'summary.section.untitled')] }
}

const SECTION_SHOWN = new Set(['title', 'text', 'entry', 'section'])

function sectionDetails(build: Build, section: Node): Detail[] {
  const { div: _, ...told } = node(section.text) ?? {}
  const out: Detail[] = [...details(build, section, SECTION_SHOWN), ...details(build, { text: told })]
  for (const entry of nodes(section.entry)) {
    if (Object.keys(entry).length > 1) out.push(...details(build, { entry }))
  }
  return out
}

function columnsOf(rows: readonly Row[]): string {
  for (const { type, level } of rows) {
    const columns = COLUMNS[type]
    if (columns !== undefined && level === 0) return columns
  }
  return 'other'
}

interface Entries {
  readonly resources: readonly Node[]
  readonly missing: readonly Node[]
}

function entriesIn(build: Build, section: Node): Entries {
  const resources: Node[] = []
  const missing: Node[] = []
  for (const item of nodes(section.entry)) {
    const reference = text(item.reference)
    const composition = build.entry?.resource
    const target = reference?.startsWith('#') ? containedIn(composition ?? {}, reference) : follow(build, reference)
    if (target) resources.push(target)
    else missing.push(item)
  }
  return { resources, missing }
}

function stateOf(section: Node, resources: readonly Node[], rows: readonly Row[]): SectionState {
  if (rows.length === 0) return stateWithoutRows(section, sectionWords(section))
  const absences = resources.map(absentStatement)
  const all = absences.length > 0 && absences.every((absence): absence is Absent => absence !== undefined)
  // Statements without a name and without a code: what there is to know is in the words.
  if (!all) return rows.every(saysNothing) && sectionWords(section) !== '' ? 'text' : 'rows'
  return absences.every((absence) => absence?.meaning === 'none-known') ? 'none-known' : 'no-information'
}

function saysNothing({ isNameless, second, original, trend }: Row): boolean {
  return isNameless === true && second.length === 0 && original.length === 0 && trend === undefined
}

function sentenceOf(build: Build, section: Node, state: SectionState, rows: readonly Row[]): Line | undefined {
  if (rows.length > 0 || state === 'rows' || state === 'text') return undefined
  const sentence: Inline[] = [say(build, `summary.state.${state}`)]
  const reason = concept(section.emptyReason)
  if (reason && state === 'no-information') sentence.push(' (', termOf(build, reason).words, ')')
  return sentence
}

function sectionsOf(build: Build, section: Node, level: number, out: Section[], composition: Node): void {
  build.entry = build.entries.get(composition)
  const { resources, missing } = entriesIn(build, section)
  const div = text(node(section.text)?.div)
  const own = sectionDetails(build, section)
  const told = div === undefined ? undefined : narrative(build, div)
  const rows = [...rowsOf(build, resources), ...missing.map((item) => missingRow(build, item))]
  const inner = nodes(section.section)
  const found = stateOf(section, resources, rows)
  const state = found === 'nothing-recorded' && inner.length > 0 ? 'rows' : found
  const sentence = sentenceOf(build, section, state, rows)
  const code = sectionCode(section)
  const id = `s${out.length}${code === undefined ? '' : `-${code.replace(/[^\w-]/g, '')}`}`
  build.sectionAnchors.set(section, id)
  out.push({
    id,
    ...titleOf(build, section),
    state,
    ...(sentence ? { sentence } : {}),
    columns: columnsOf(rows),
    rows,
    ...(told ? { narrative: told } : {}),
    details: own,
    level,
    group: 'clinical',
  })
  for (const child of inner) sectionsOf(build, child, level + 1, out, composition)
}

function tail(build: Build, id: Section['group'], rows: readonly Row[]): Section[] {
  if (rows.length === 0) return []
  return [
    {
      id: `s-${id}`,
      title: [say(build, `summary.group.${id}`)],
      state: 'rows',
      columns: id === 'people' ? 'people' : 'other',
      rows,
      details: [],
      level: 0,
      group: id,
    },
  ]
}

function documentRow(build: Build, resource: Node, title: Inline, shown: ReadonlySet<string>): Row {
  build.entry = build.entries.get(resource)
  return {
    id: build.anchors.get(resource) ?? '',
    type: text(resource.resourceType) ?? '',
    term: [title],
    tags: [],
    subs: [],
    second: [],
    original: [],
    fate: 'none',
    codes: [],
    details: allDetails(build, resource, undefined, shown),
    level: 0,
  }
}

function list(build: Build, section: Node): void {
  for (const resource of entriesIn(build, section).resources) build.listed.add(resource)
  for (const inner of nodes(section.section)) list(build, inner)
}

/** All sections of the page. Every resource of the bundle has its row in one of them. */
export function sections(build: Build, bundle: Node, composition: Node, kind: DocumentKind): readonly Section[] {
  const out: Section[] = []
  build.placed.add(composition)
  const written = nodes(composition.section).map((section, position) => ({ section, position }))
  if (kind === 'patient-summary') {
    const rank = (section: Node): number => RANK.get(sectionCode(section) ?? '') ?? ORDER.length
    written.sort((a, b) => rank(a.section) - rank(b.section) || a.position - b.position)
  }
  build.entry = build.entries.get(composition)
  for (const { section } of written) list(build, section)
  for (const { section } of written) sectionsOf(build, section, 0, out, composition)
  const rest = build.index.entries.map(({ resource }) => resource)
  const left = (wanted: (type: string) => boolean): readonly Node[] =>
    rest.filter((resource) => !build.placed.has(resource) && wanted(text(resource.resourceType) ?? ''))
  const other = rowsOf(
    build,
    left((type) => !PEOPLE.has(type) && !MAKING.has(type)),
  )
  const people = rowsOf(
    build,
    left((type) => PEOPLE.has(type)),
  )
  build.quiet = true
  const making = [
    documentRow(build, composition, say(build, 'summary.document.composition'), new Set(['section'])),
    documentRow(build, bundle, say(build, 'summary.document.bundle'), new Set(['entry'])),
    ...rowsOf(
      build,
      left((type) => MAKING.has(type)),
    ),
  ]
  build.quiet = false
  return [...out, ...tail(build, 'other', other), ...tail(build, 'people', people), ...tail(build, 'document', making)]
}
