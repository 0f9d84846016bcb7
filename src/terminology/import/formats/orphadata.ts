/**
 * Orphadata's nomenclature (`xx_product1.xml`, one file for each language): disorders with names, synonyms and references
 * to other systems. English is the code system, the other languages are supplements; the references are a ConceptMap.
 */
import { attribute, child, children, descend, words } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { readXml } from '../input/xml.ts'
import { type ConceptJson, type ImportedResource, type PropertyJson, supplement } from '../resource.ts'
import { eachFile, type Format, type ReadContext, rootElement } from './format.ts'

const ORPHANET = 'https://www.orpha.net'
const TARGETS: Readonly<Record<string, string>> = {
  'ICD-10': 'http://hl7.org/fhir/sid/icd-10',
  'ICD-11': 'http://id.who.int/icd/release/11/mms',
  OMIM: 'http://www.omim.org',
  UMLS: 'http://www.nlm.nih.gov/research/umls',
  MeSH: 'http://id.nlm.nih.gov/mesh',
  MedDRA: 'http://terminology.hl7.org/CodeSystem/mdr',
}

export const orphadata: Format = {
  id: 'orphadata',
  title: "Orphanet's nomenclature (Orphadata XML)",
  claim: (samples) => eachFile(samples, ({ head }) => rootElement(head) === 'JDBOR'),
  async *read(files, context) {
    for (const file of files) {
      const root = await readXml(file, context)
      const disorders = root ? children(child(root, 'DisorderList'), 'Disorder') : []
      if (!root) continue
      if (disorders.length === 0) {
        const sentence = 'The file has no list of disorders.'
        context.complain(file, {
          code: 'terminology-file-unknown',
          sentence,
          next: 'Give the nomenclature (product 1) of Orphadata.',
        })
        continue
      }
      context.used(file)
      yield* resources(root, disorders, context)
    }
  },
}

function* resources(
  root: XmlElement,
  disorders: readonly XmlElement[],
  context: ReadContext,
): Generator<ImportedResource> {
  const language = attribute(child(disorders[0], 'Name'), 'lang') ?? context.options.language ?? 'en'
  const version =
    context.options.version ?? attribute(root, 'version')?.split(' ')[0] ?? attribute(root, 'date')?.slice(0, 10)
  const system = context.canonical(ORPHANET)
  const english = language.startsWith('en')
  const concepts = disorders.flatMap((disorder) => conceptOf(disorder, language, english) ?? [])
  const versioned = version === undefined ? {} : { version }
  if (!english) {
    yield supplement(`${context.options.source} Orphanet ${language}`, system, concepts, {
      title: 'Orphanet',
      ...versioned,
    })
    return
  }
  yield {
    resourceType: 'CodeSystem',
    url: system,
    ...versioned,
    name: 'Orphanet',
    title: 'Orphanet nomenclature of rare diseases',
    status: 'active',
    language,
    publisher: 'Orphanet',
    copyright: attribute(root, 'copyright') ?? '© Orphanet, INSERM; CC BY 4.0',
    caseSensitive: true,
    content: 'complete',
    property: [
      { code: 'inactive', uri: 'http://hl7.org/fhir/concept-properties#inactive', type: 'boolean' },
      { code: 'disorder-type', type: 'string' },
      { code: 'classification-level', type: 'string' },
    ],
    concept: concepts,
  }
  yield* conceptMap(disorders, system, versioned)
}

function conceptOf(disorder: XmlElement, language: string, english: boolean): ConceptJson | undefined {
  const code = words(child(disorder, 'OrphaCode')) || words(child(disorder, 'OrphaNumber'))
  const name = words(child(disorder, 'Name'))
  if (code === '') return undefined
  const synonyms = children(child(disorder, 'SynonymList'), 'Synonym').map((synonym) => ({
    language,
    value: words(synonym),
    use: { system: 'http://snomed.info/sct', code: '900000000000013009', display: 'Synonym' },
  }))
  const designation = [...(english || name === '' ? [] : [{ language, value: name }]), ...synonyms]
  const property: PropertyJson[] = []
  const type = words(descend(disorder, 'DisorderType', 'Name'))
  const level = words(descend(disorder, 'DisorderGroup', 'Name'))
  if (english && type !== '') property.push({ code: 'disorder-type', valueString: type })
  if (english && level !== '') property.push({ code: 'classification-level', valueString: level })
  const flags = children(child(disorder, 'DisorderFlagList'), 'DisorderFlag').map((flag) => words(child(flag, 'Label')))
  if (english && flags.some((flag) => /inactive|obsolete|deprecated/i.test(flag))) {
    property.push({ code: 'inactive', valueBoolean: true })
  }
  return {
    code,
    ...(english && name !== '' && { display: name }),
    ...(designation.length > 0 && { designation }),
    ...(property.length > 0 && { property }),
  }
}

/** E exact; NTBT: Orphanet's term is narrower than the target; BTNT: broader; anything else is only related. */
function relationship(relation: string): string {
  if (/^E\b/.test(relation)) return 'equivalent'
  if (/^NTBT\b/.test(relation)) return 'source-is-narrower-than-target'
  return /^BTNT\b/.test(relation) ? 'source-is-broader-than-target' : 'related-to'
}

function* conceptMap(
  disorders: readonly XmlElement[],
  system: string,
  versioned: { readonly version?: string },
): Generator<ImportedResource> {
  const groups = new Map<string, { code: string; display?: string; target: object[] }[]>()
  for (const disorder of disorders) {
    const code = words(child(disorder, 'OrphaCode')) || words(child(disorder, 'OrphaNumber'))
    const display = words(child(disorder, 'Name'))
    for (const reference of children(child(disorder, 'ExternalReferenceList'), 'ExternalReference')) {
      const target = TARGETS[words(child(reference, 'Source'))]
      if (target === undefined) continue
      const elements = groups.get(target) ?? []
      groups.set(target, elements)
      const element = elements.at(-1)?.code === code ? elements.at(-1) : undefined
      const own = element ?? { code, display, target: [] }
      if (!element) elements.push(own)
      const relation = words(descend(reference, 'DisorderMappingRelation', 'Name'))
      const quality = words(descend(reference, 'DisorderMappingValidationStatus', 'Name'))
      own.target.push({
        code: words(child(reference, 'Reference')),
        relationship: relationship(relation),
        ...(relation !== '' && { comment: relation }),
        ...(quality !== '' && { property: [{ code: 'quality', valueString: quality }] }),
      })
    }
  }
  if (groups.size === 0) return
  yield {
    resourceType: 'ConceptMap',
    url: `${ORPHANET}/ConceptMap/external-references`,
    ...versioned,
    name: 'OrphanetExternalReferences',
    title: 'Orphanet: references to other systems',
    status: 'active',
    property: [{ code: 'quality', uri: 'urn:tessera:property:quality', type: 'string' }],
    group: [...groups].map(([target, element]) => ({ source: system, target, element })),
  }
}
