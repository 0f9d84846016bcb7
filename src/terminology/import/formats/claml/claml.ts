/**
 * ClaML (EN 14463:2007 "version 2", ISO 13120:2019 "version 3"), the form in which WHO and its collaborating centres publish ICD-10 and
 * their other classifications: chapters, blocks and categories, notes, dagger and asterisk, and modifiers, which are
 * expanded into the codes that they stand for.
 */
import { attribute, child, children, words } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { InputFile } from '../../input/input.ts'
import { readXml } from '../../input/xml.ts'
import { type ConceptJson, type ImportedResource, oidIdentifier, type PropertyJson, slug } from '../../resource.ts'
import { eachFile, type Format, type ReadContext, rootElement } from '../format.ts'
import { checkParents, sayParent } from '../hierarchy.ts'
import { expandModifiers } from './modifiers.ts'
import { labels, languageOfLabels, rubrics } from './rubrics.ts'

export const claml: Format = {
  id: 'claml',
  title: 'a classification in ClaML (ICD-10)',
  claim: (samples) => eachFile(samples, ({ head }) => rootElement(head) === 'ClaML'),
  async *read(files, context) {
    for (const file of files) {
      const root = await readXml(file, context)
      if (!root) continue
      const resource = codeSystem(root, file, context)
      if (!resource) continue
      context.used(file)
      yield resource
    }
  },
}

/** What a title says about which classification it is; the first that matches. */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/ICD-?10-?GM/i, 'http://hl7.org/fhir/sid/icd-10-de'],
  [/\bOPS\b/i, 'http://fhir.de/CodeSystem/bfarm/ops'],
  [/ICD-?O/i, 'http://terminology.hl7.org/CodeSystem/icd-o-3'],
  [/\bICF\b/i, 'http://hl7.org/fhir/sid/icf'],
  [/\bICPC-?2/i, 'http://hl7.org/fhir/sid/icpc-2'],
  [/(?:ICD|CIM|CIE|KSH|RHK|MKB|MKN|BNO)[- ]?(?:10|97)/i, 'http://hl7.org/fhir/sid/icd-10'],
]

function codeSystem(root: XmlElement, file: InputFile, context: ReadContext): ImportedResource | undefined {
  const classes = children(root, 'Class')
  if (root.name !== 'ClaML' || classes.length === 0) {
    const sentence = 'The file is no classification in ClaML: it has no classes.'
    context.complain(file, {
      code: 'terminology-file-unknown',
      sentence,
      next: 'Give the ClaML file of the classification.',
    })
    return undefined
  }
  const title = child(root, 'Title')
  const name = attribute(title, 'name') ?? words(title)
  const oid = children(root, 'Identifier')
    .map((one) => attribute(one, 'uid') ?? '')
    .find((uid) => /^[0-2](\.\d+)+$/.test(uid))
  const shown = `${name} ${words(title)} ${file.name}`
  const system =
    SYSTEMS.find(([pattern]) => pattern.test(shown))?.[1] ?? (oid === undefined ? undefined : context.canonical(oid))
  if (system === undefined) {
    const sentence = `The classification "${name.slice(0, 80)}" is none that is known, and it has no OID.`
    context.complain(file, {
      code: 'terminology-system-unknown',
      sentence,
      next: 'Give it an Identifier with its OID as uid.',
      line: title?.line ?? 1,
    })
    return undefined
  }
  const language = context.options.language ?? languageOfLabels(classes)
  const { concepts, parents } = readClasses(classes, language, file, context)
  for (const made of expandModifiers(root, classes, concepts, language)) {
    concepts.set(made.concept.code, made.concept)
    parents.set(made.concept.code, [made.parent])
  }
  for (const problem of checkParents(parents, (code) => concepts.has(code))) context.complain(file, sayParent(problem))
  for (const [code, above] of parents) {
    const concept = concepts.get(code)
    if (concept && above.length > 0) {
      concept.property = [
        ...above.map((parent) => ({ code: 'parent', valueCode: parent })),
        ...(concept.property ?? []),
      ]
    }
  }
  const version = versionOf(title, language, system, context)
  return {
    resourceType: 'CodeSystem',
    url: system,
    ...(oid !== undefined && system.startsWith('urn:oid:') && { identifier: oidIdentifier(oid) }),
    ...(version !== undefined && { version }),
    name: slug(name || system).replace(/[^A-Za-z0-9]+/g, '_'),
    title: words(title) || name,
    status: 'active',
    language,
    caseSensitive: false,
    hierarchyMeaning: 'is-a',
    content: 'complete',
    property: [
      { code: 'parent', uri: 'http://hl7.org/fhir/concept-properties#parent', type: 'code' },
      { code: 'kind', description: 'chapter, block or category', type: 'code' },
      { code: 'usage', description: 'dagger, asterisk or optional', type: 'code' },
      { code: 'modified-by', description: 'Made of its parent by this modifier', type: 'code' },
      ...['inclusion', 'exclusion', 'coding-hint', 'note', 'text', 'introduction', 'footnote'].map((code) => ({
        code,
        type: 'string',
      })),
    ],
    concept: [...concepts.values()],
  }
}

/** WHO's own edition has the version that it says; a national edition is told apart by its language. */
function versionOf(
  title: XmlElement | undefined,
  language: string,
  system: string,
  context: ReadContext,
): string | undefined {
  if (context.options.version !== undefined) return context.options.version
  const said = attribute(title, 'version') ?? attribute(title, 'date')
  if (said === undefined) return undefined
  const national = system === 'http://hl7.org/fhir/sid/icd-10' && !language.startsWith('en')
  return national ? `${language}-${said}` : said
}

function readClasses(classes: readonly XmlElement[], language: string, file: InputFile, context: ReadContext) {
  const concepts = new Map<string, ConceptJson>()
  const parents = new Map<string, readonly string[]>()
  for (const element of classes) {
    const code = attribute(element, 'code')?.trim() ?? ''
    if (code === '') {
      context.complain(file, {
        code: 'terminology-file-partly-used',
        sentence: 'A class has no code: it is left out.',
        next: 'Give it one.',
        line: element.line,
      })
      continue
    }
    if (concepts.has(code)) {
      const sentence = `The class ${code} stands there twice: the first is kept.`
      context.complain(file, {
        code: 'terminology-code-twice',
        sentence,
        next: 'Take the repetition out.',
        line: element.line,
      })
      continue
    }
    concepts.set(code, conceptOf(element, code, language))
    const above = children(element, 'SuperClass').flatMap((one) => attribute(one, 'code')?.trim() ?? [])
    if (above.length > 0) parents.set(code, above)
  }
  // Some editions say the hierarchy downwards only.
  for (const element of classes) {
    const code = attribute(element, 'code')?.trim() ?? ''
    for (const below of children(element, 'SubClass')) {
      const sub = attribute(below, 'code')?.trim() ?? ''
      if (concepts.has(sub) && !parents.has(sub)) parents.set(sub, [code])
    }
  }
  return { concepts, parents }
}

const USAGES: Readonly<Record<string, string>> = {
  aster: 'asterisk',
  asterisk: 'asterisk',
  dagger: 'dagger',
  optional: 'optional',
}

function conceptOf(element: XmlElement, code: string, language: string): ConceptJson {
  const preferred = labels(element, 'preferred')
  const display = preferred.find((label) => label.language === language) ?? preferred[0]
  const long = labels(element, 'preferredLong').filter(({ text }) => text !== display?.text)
  const designation = [
    ...preferred.filter((label) => label !== display).map((label) => ({ language: label.language, value: label.text })),
    ...long.map((label) => ({
      language: label.language,
      value: label.text,
      use: { system: 'urn:tessera:designation-use', code: 'preferredLong' },
    })),
  ].filter((one) => one.language !== '')
  const kind = attribute(element, 'kind')
  const usage = USAGES[attribute(element, 'usage') ?? '']
  const property: PropertyJson[] = [
    ...(kind === undefined ? [] : [{ code: 'kind', valueCode: kind }]),
    ...(usage === undefined ? [] : [{ code: 'usage', valueCode: usage }]),
    ...rubrics(element),
  ]
  const definition = labels(element, 'definition')
    .map(({ text }) => text)
    .join('\n')
  return {
    code,
    ...(display !== undefined && { display: display.text }),
    ...(definition !== '' && { definition }),
    ...(designation.length > 0 && { designation }),
    ...(property.length > 0 && { property }),
  }
}
