/** What can kill comes first: allergies, and medicines of high risk. */
import { type Node, nodes, text } from '../fhir/node.ts'
import { absentStatement, emptyReason } from './absent.ts'
import { type Build, baseLanguage, say } from './build.ts'
import { HIGH_RISK } from './high-risk.ts'
import { allergyFace } from './rows/allergy.ts'
import { isEnded, medicationOf, medicineFace } from './rows/medicine.ts'
import type { Danger, DangerItem, Line, SectionState, Tag } from './summary-view.ts'
import { joined } from './values.ts'

const MEDICINES = new Set([
  'MedicationStatement',
  'MedicationRequest',
  'MedicationAdministration',
  'MedicationDispense',
])
const ALLERGY_SECTION = '48765-2'

function item(build: Build, resource: Node, face: ReturnType<typeof allergyFace>): DangerItem {
  const original = build.sameLanguage ? [] : face.original
  const own = face.term.original
  const beside: Line[] =
    own === undefined || own === face.term.text || build.sameLanguage
      ? []
      : [[{ kind: 'words', text: own, language: build.source }]]
  return {
    href: `#${build.anchors.get(resource) ?? ''}`,
    term: [face.term.words],
    foreign: !face.term.translated && !build.sameLanguage,
    tags: face.term.translated || build.sameLanguage ? face.tags : [languageTag(build), ...face.tags],
    subs: [...face.subs, joined(' · ', ...beside, ...original)].filter((line) => line.length > 0),
  }
}

/** The tag of words that stand in their own language. */
function languageTag(build: Build): Tag {
  const name = build.messages.formats.languageName(baseLanguage(build.source))
  const text =
    build.source === '' || name === undefined
      ? say(build, 'summary.tag.untranslated')
      : say(build, 'summary.tag.inLanguage', { language: name })
  return { text, tone: 'warn' }
}

const SEVERITY: Readonly<Record<string, number>> = { high: 0, low: 2 }

function isRefuted(resource: Node): boolean {
  const codes = JSON.stringify(resource.verificationStatus ?? '')
  return codes.includes('refuted') || codes.includes('entered-in-error')
}

function allergySection(sections: readonly Node[]): Node | undefined {
  for (const section of sections) {
    if (JSON.stringify(section.code ?? '').includes(ALLERGY_SECTION)) return section
    const inner = allergySection(nodes(section.section))
    if (inner) return inner
  }
  return undefined
}

/** The danger block of a document. */
export function danger(build: Build, composition: Node, isFile: boolean): Danger {
  const allergies: DangerItem[] = []
  const medicines: DangerItem[] = []
  const sentences: Line[] = []
  let state: SectionState = 'nothing-recorded'
  const entries = [...build.index.entries].sort(
    (a, b) => (SEVERITY[text(a.resource.criticality) ?? ''] ?? 1) - (SEVERITY[text(b.resource.criticality) ?? ''] ?? 1),
  )
  for (const entry of entries) {
    const { resource } = entry
    build.entry = entry
    build.path = `entry[${entry.index}].resource`
    if (resource.resourceType === 'AllergyIntolerance') {
      const absent = absentStatement(resource)
      if (absent) {
        sentences.push([say(build, `summary.absent.${absent.meaning}.${absent.about}`)])
        if (absent.about === 'allergies' && state === 'nothing-recorded') state = absent.meaning
      } else if (!isRefuted(resource)) allergies.push(item(build, resource, allergyFace(build, resource)))
    } else if (MEDICINES.has(text(resource.resourceType) ?? '') && !isEnded(resource)) {
      const medication = medicationOf(build, resource)
      if (HIGH_RISK.classOf(build, resource, medication) === undefined) continue
      const face = medicineFace(build, resource, HIGH_RISK)
      medicines.push(item(build, resource, { ...face, subs: face.second.slice(0, 2) }))
    }
  }
  if (allergies.length > 0) state = 'rows'
  if (state === 'nothing-recorded' && isFile) {
    sentences.push([say(build, 'summary.allergies.file')])
  } else if (state === 'nothing-recorded') {
    const section = allergySection(nodes(composition.section))
    const empty = emptyReason(section?.emptyReason)
    if (empty) state = empty
    else if (section && section.text !== undefined) state = 'text'
    if (sentences.length === 0 || empty) sentences.push([say(build, `summary.allergies.${state}`)])
  }
  return { allergies, allergyState: state, allergySentences: sentences, medicines }
}
