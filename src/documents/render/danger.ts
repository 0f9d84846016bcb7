/** What can kill comes first: allergies, and medicines of high risk. */
import { type Node, nodes, text } from '../fhir/node.ts'
import { absentStatement } from './absent.ts'
import { type Build, follow, marked, markOf, say, sourceWords } from './build.ts'
import { HIGH_RISK } from './high-risk.ts'
import { allergyFace } from './rows/allergy.ts'
import { isEnded, medicationOf, medicineFace, medicineName } from './rows/medicine.ts'
import { headingOf, NO_TERM } from './rows/row.ts'
import { saysMore, sectionsWithCode, sectionWords, stateWithoutRows } from './section-words.ts'
import type { Danger, DangerItem, DangerText, Inline, Line, SectionState } from './summary-view.ts'
import { joined, plain } from './values.ts'

const MEDICINES = new Set([
  'MedicationStatement',
  'MedicationRequest',
  'MedicationAdministration',
  'MedicationDispense',
])

function item(build: Build, resource: Node, face: ReturnType<typeof allergyFace>): DangerItem {
  const original = build.sameLanguage ? [] : face.original
  const own = face.term.original
  const beside: Line[] =
    own === undefined || own === face.term.text || build.sameLanguage
      ? []
      : [[{ kind: 'words', text: own, language: build.source }]]
  return {
    href: `#${build.anchors.get(resource) ?? ''}`,
    term: headingOf(face),
    foreign: !face.term.translated && !build.sameLanguage,
    tags:
      face.term.translated || build.sameLanguage
        ? face.tags
        : [{ text: markOf(build, build.source).text, tone: 'warn' }, ...face.tags],
    subs: [...marked(build, face.subs), joined(' · ', ...beside, ...original)].filter((line) => line.length > 0),
  }
}

const SEVERITY: Readonly<Record<string, number>> = { high: 0, low: 2 }

function isRefuted(resource: Node): boolean {
  const codes = JSON.stringify(resource.verificationStatus ?? '')
  return codes.includes('refuted') || codes.includes('entered-in-error')
}

const ALLERGY_SECTIONS: ReadonlySet<string> = new Set(['48765-2'])
/** History of use, prescription, at discharge, administered in hospital. */
const MEDICINE_SECTIONS: ReadonlySet<string> = new Set(['10160-0', '57833-6', '57828-6', '75311-1', '87232-5'])
const LONGEST = 1500

/** The words of the allergy section itself, when the statements do not say everything that the section says. */
function allergyText(build: Build, sections: readonly Node[], state: SectionState): DangerText | undefined {
  for (const section of sections) {
    const words = sectionWords(section)
    if (words === '' || (state !== 'text' && !saysMore(section))) continue
    const clipped = words.length > LONGEST ? `${words.slice(0, LONGEST)} …` : words
    return { href: `#${build.sectionAnchors.get(section) ?? ''}`, words: [sourceWords(build, clipped)] }
  }
  return undefined
}

/** Medicines whose risk nobody can compute: described in text only, or without any code. */
function unassessed(build: Build, composition: Node, uncoded: readonly Inline[]): Line[] {
  const lines: Line[] = []
  for (const section of sectionsWithCode(nodes(composition.section), MEDICINE_SECTIONS)) {
    build.entry = build.entries.get(composition)
    const named = nodes(section.entry).some((entry) => {
      const resource = follow(build, text(entry.reference))
      return resource !== undefined && medicineName(build, resource) !== NO_TERM
    })
    const anchor = build.sectionAnchors.get(section)
    if (named || anchor === undefined || sectionWords(section) === '') continue
    if (nodes(section.entry).length === 0 && stateWithoutRows(section, sectionWords(section)) !== 'text') continue
    const link: Inline = { kind: 'link', href: `#${anchor}`, text: build.messages.text('summary.readSection') }
    lines.push([say(build, 'summary.highRisk.text'), ' ', link])
  }
  if (uncoded.length > 0) {
    lines.push([say(build, 'summary.highRisk.unassessed'), ' ', ...joined(', ', ...uncoded.map((one) => [one]))])
  }
  return lines
}

interface Found {
  readonly allergies: DangerItem[]
  readonly medicines: DangerItem[]
  readonly sentences: Line[]
  readonly uncoded: Inline[]
  state: SectionState
}

function allergy(build: Build, resource: Node, found: Found): void {
  const absent = absentStatement(resource)
  if (absent) {
    found.sentences.push([say(build, `summary.absent.${absent.meaning}.${absent.about}`)])
    if (absent.about === 'allergies' && found.state === 'nothing-recorded') found.state = absent.meaning
  } else if (!isRefuted(resource)) {
    const face = allergyFace(build, resource)
    // A statement without a name and without a reaction warns of nothing; the section's words may.
    if (face.term === NO_TERM && nodes(resource.reaction).length === 0) return
    found.allergies.push(item(build, resource, face))
  }
}

function medicine(build: Build, resource: Node, found: Found): void {
  if (HIGH_RISK.classOf(build, resource, medicationOf(build, resource)) !== undefined) {
    const face = medicineFace(build, resource, HIGH_RISK)
    found.medicines.push(item(build, resource, { ...face, subs: face.second.slice(0, 2), original: [] }))
    return
  }
  const name = medicineName(build, resource)
  if (name.coded || name === NO_TERM) return
  const href = `#${build.anchors.get(resource) ?? ''}`
  const language = build.sameLanguage ? {} : { language: build.source }
  found.uncoded.push({ kind: 'link', href, text: name.text, ...language })
}

/** What reads the same warns once; every statement still has its row. */
function once(items: readonly DangerItem[]): readonly DangerItem[] {
  const seen = new Set<string>()
  return items.filter(({ term, tags, subs }) => {
    const words = [term, ...tags.map((tag) => [tag.text]), ...subs].map(plain).join('\n')
    return seen.has(words) ? false : seen.add(words)
  })
}

function isDangerous(type: unknown): boolean {
  return type === 'AllergyIntolerance' || (typeof type === 'string' && MEDICINES.has(type))
}

/** The danger block of a document. */
export function danger(build: Build, composition: Node, isFile: boolean): Danger {
  const found: Found = { allergies: [], medicines: [], sentences: [], uncoded: [], state: 'nothing-recorded' }
  const { allergies, medicines, sentences } = found
  const entries = build.index.entries
    .filter(({ resource: { resourceType: type } }) => isDangerous(type))
    .sort(
      (a, b) =>
        (SEVERITY[text(a.resource.criticality) ?? ''] ?? 1) - (SEVERITY[text(b.resource.criticality) ?? ''] ?? 1),
    )
  for (const entry of entries) {
    const { resource } = entry
    build.entry = entry
    build.path = `entry[${entry.index}].resource`
    if (resource.resourceType === 'AllergyIntolerance') allergy(build, resource, found)
    else if (MEDICINES.has(text(resource.resourceType) ?? '') && !isEnded(resource)) medicine(build, resource, found)
  }
  const written = sectionsWithCode(nodes(composition.section), ALLERGY_SECTIONS)
  let state: SectionState = allergies.length > 0 ? 'rows' : found.state
  if (state === 'nothing-recorded' && isFile) sentences.push([say(build, 'summary.allergies.file')])
  else if (state === 'nothing-recorded') {
    const [section] = written.filter((one) => sectionWords(one) !== '').concat(written)
    if (section) state = stateWithoutRows(section, sectionWords(section))
    if (sentences.length === 0 || state !== 'nothing-recorded')
      sentences.push([say(build, `summary.allergies.${state}`)])
  }
  const told = state === 'rows' || isFile ? undefined : allergyText(build, written, state)
  return {
    allergies: once(allergies),
    allergyState: state,
    allergySentences: sentences,
    ...(told ? { allergyText: told } : {}),
    medicines: once(medicines),
    medicineSentences: unassessed(build, composition, found.uncoded),
  }
}
