/**
 * A CDA document with its coded elements converted, in place: attributes of coded elements change and a `translation` keeps
 * what stood there; every other character stays.
 */
import { attribute, child } from '#platform/xml/access.ts'
import type { EditableXml, XmlEdit } from '#platform/xml/edit.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { type CdaSites, type CodedSite, createPaths, findSites, type Selection } from './cda-sites.ts'
import { editsFor, localType } from './cda-write.ts'
import type { Conversion, Converter } from './conversion.ts'
import { type Family, type Finding, finding, type Severity, shown } from './findings.ts'
import { createTally, type Tally, type TransformationReport } from './report.ts'

export interface ConvertedCda {
  readonly bytes: Uint8Array
  readonly report: TransformationReport
}

interface Work {
  readonly xml: EditableXml
  readonly terminology: Terminology
  readonly converter: Converter
  readonly tally: Tally
  readonly edits: XmlEdit[]
  readonly namesSeen: Set<string>
  readonly pathOf: ReturnType<typeof createPaths>
}

/** @param selection which elements are coded; `documents` of the list has told the kind of the document */
export function convertCda(
  xml: EditableXml,
  terminology: Terminology,
  converter: Converter,
  selection: Selection,
): ConvertedCda {
  const sites = findSites(xml.document.root, selection)
  const work: Work = {
    xml,
    terminology,
    converter,
    tally: createTally(),
    edits: [],
    namesSeen: new Set(),
    pathOf: createPaths(),
  }
  for (const { parent, ancestors, listed } of sites.missing) {
    const where = { path: work.pathOf({ ancestors, element: parent }), line: parent.line, subject: listed.name }
    work.tally.say(finding('TM', '4511', 'error', where))
  }
  for (const site of sites.coded) {
    if (site.attribute !== undefined) checkUnit(site, site.attribute, work)
    else convertSite(site, work)
  }
  noteNarrative(sites, work)
  const { direction, languages } = converter.options
  const language = attribute(child(xml.document.root, 'languageCode'), 'code')
  return {
    bytes: xml.edited(work.edits),
    report: work.tally.report({
      direction,
      languages,
      codedElements: selection === 'all' ? 'all' : `${selection.list.id} ${selection.list.version}`,
      ...(selection !== 'all' && { documentKind: selection.kind }),
      narrative: { ...sites.narrative, ...(language !== undefined && { language }) },
    }),
  }
}

/** Narrative is the author's own words: no machine changes them. What is not translated is at least counted. */
function noteNarrative({ narrative }: CdaSites, { tally, converter, xml }: Work): void {
  if (converter.options.direction !== 'translate' || narrative.sections === 0) return
  const language = attribute(child(xml.document.root, 'languageCode'), 'code')?.split('-')[0]?.toLowerCase()
  if (converter.options.languages.some((wish) => wish.split('-')[0]?.toLowerCase() === language)) return
  const subject = `${narrative.sections} sections, ${narrative.characters} characters`
  tally.say(finding('TESSERA', 'narrative-not-translated', 'note', { subject }))
}

const CODED_TYPES = new Set(['CE', 'CD'])

function convertSite(site: CodedSite, work: Work): void {
  const { tally, converter } = work
  const { element, usage, listed } = site
  tally.coverage.elements++
  const type = localType(element)
  if (type !== undefined && !CODED_TYPES.has(type)) say(site, work, 'TM', '2507', 'warning')
  if (attribute(element, 'nullFlavor') !== undefined) {
    tally.coverage.nullFlavor++
    if (usage === 'R') say(site, work, 'TESSERA', 'null-flavor-not-allowed', 'warning')
    return
  }
  const code = attribute(element, 'code')?.trim()
  const system = attribute(element, 'codeSystem')?.trim()
  if (code === undefined || system === undefined || code === '' || system === '') {
    if (child(element, 'originalText')) tally.coverage.textOnly++
    else if (type === undefined || CODED_TYPES.has(type)) {
      say(site, work, 'TM', '2508', 'warning')
      failed(site, work)
    }
    return
  }
  const version = attribute(element, 'codeSystemVersion')
  const value = { system, code, ...(version !== undefined && version !== '' && { version }) }
  const fixed = listed?.language === undefined ? undefined : [listed.language]
  const conversion = converter.convert(value, listed?.valueSets ?? [], fixed)
  count(conversion, tally)
  for (const one of conversion.findings) tally.say({ ...one, ...where(site, work, `${system} ${code}`) })
  checkName(site, system, work)
  if (conversion.outcome === 'unmapped' || (converter.options.direction === 'translate' && !conversion.designation)) {
    failed(site, work)
  }
  const edits = editsFor(site, conversion, work)
  if (typeof edits !== 'string') {
    if (edits.length > 0) tally.coverage.changed++
    work.edits.push(...edits)
  } else if (edits === 'no-oid') {
    say(site, work, 'TSAM', '4508', 'warning')
    failed(site, work)
  } else say(site, work, 'TESSERA', edits, 'warning')
}

function count(conversion: Conversion, tally: Tally): void {
  const { coverage } = tally
  tally.countOutcome(conversion.outcome)
  if (conversion.membership === 'not-member') coverage.outsideValueSet++
  if (!conversion.european) coverage.national++
  if (conversion.designation) tally.countLanguage(conversion.designation.language)
  else if (conversion.outcome !== 'unknown' && conversion.outcome !== 'unmapped') {
    tally.noDesignation(conversion.target.system, conversion.target.code)
  }
}

/** A required element that could not be converted is an error of the document, an optional one a warning. */
function failed(site: CodedSite, work: Work): void {
  const translating = work.converter.options.direction === 'translate'
  if (site.usage !== 'O') say(site, work, 'TM', translating ? '4512' : '4505', 'error')
  else if (translating) say(site, work, 'TM', '2504', 'warning')
  else say(site, work, 'TM', isHeader(site) ? '2500' : '2502', 'warning')
}

function isHeader({ ancestors }: CodedSite): boolean {
  return ancestors[1]?.name !== 'component'
}

function say(site: CodedSite, work: Work, family: Family, code: string, severity: Severity): void {
  const { element } = site
  const named = [attribute(element, 'codeSystem'), attribute(element, 'code')].filter((part) => part !== undefined)
  work.tally.say(finding(family, code, severity, where(site, work, named.join(' '))))
}

function where(
  site: CodedSite,
  work: Pick<Work, 'pathOf'>,
  subject: string,
): Pick<Finding, 'path' | 'line' | 'subject'> {
  const path = work.pathOf(site)
  return { path, line: site.element.line, ...(subject !== '' && { subject: shown(subject) }) }
}

/** The name beside a code system is for people; another system's name there hints at a mistake. Said once per system. */
function checkName(site: CodedSite, system: string, work: Work): void {
  const written = attribute(site.element, 'codeSystemName')
  const known = work.terminology.systemName(system)
  if (written === undefined || known === undefined || alike(written, known)) return
  const key = `${system} ${written}`
  if (work.namesSeen.has(key)) return
  work.namesSeen.add(key)
  work.tally.say(finding('TSAM', '2508', 'warning', where(site, work, `${written} / ${known}`)))
}

function alike(left: string, right: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const [one, other] = [plain(left), plain(right)]
  return one === '' || one.includes(other) || other.includes(one) || initials(left) === other || initials(right) === one
}

function initials(name: string): string {
  const words = name.split(/[^A-Za-z]+/).filter((word) => word !== '' && !/^(?:and|of|the|for)$/i.test(word))
  return words.map((word) => word.charAt(0).toLowerCase()).join('')
}

const UCUM = 'http://unitsofmeasure.org'

/** A unit is checked and named in the report; an attribute has no room for its words. */
function checkUnit(site: CodedSite, name: string, work: Work): void {
  const { tally, terminology, converter } = work
  const unit = attribute(site.element, name)
  const valueSets = site.listed?.valueSets ?? UNIT_VALUE_SETS
  if (unit === undefined) return
  tally.units.seen++
  const { membership, outcome } = converter.convert({ system: UCUM, code: unit }, valueSets)
  if (membership !== 'not-member') {
    if (outcome === 'untranslated') tally.noDesignation(terminology.canonicalSystem(UCUM), unit)
    return
  }
  tally.units.outsideValueSet++
  tally.say(finding('TESSERA', 'unit-not-in-value-set', 'warning', where(site, work, unit)))
  tally.say(finding('TSAM', '2507', 'warning', where(site, work, unit)))
}

/** eHDSIUnit, for units that no list names. */
const UNIT_VALUE_SETS = ['1.3.6.1.4.1.12559.11.10.1.3.1.42.16']
