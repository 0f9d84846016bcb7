/**
 * Value sets of IHE Sharing Value Sets (ITI TF-2 3.48, 3.60): RetrieveValueSetResponse and
 * RetrieveMultipleValueSetsResponse. The words have the language of their ConceptList.
 */
import { attribute, children, elements } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { InputFile } from '../input/input.ts'
import { readXml } from '../input/xml.ts'
import {
  composeOf,
  designation,
  type ImportedResource,
  oidIdentifier,
  slug,
  type ValueSetConceptJson,
} from '../resource.ts'
import { eachFile, type Format, type ReadContext, rootElement } from './format.ts'

const ROOTS = new Set(['RetrieveValueSetResponse', 'RetrieveMultipleValueSetsResponse'])
const XML = 'http://www.w3.org/XML/1998/namespace'

export const svs: Format = {
  id: 'svs',
  title: 'IHE value sets (SVS)',
  enumerates: true,
  claim: (samples) => eachFile(samples, ({ head }) => ROOTS.has(rootElement(head) ?? '')),
  async *read(files, context) {
    for (const file of files) {
      const root = await readXml(file, context)
      if (!root) continue
      const valueSets = ROOTS.has(root.name)
        ? elements(root).filter(({ name }) => name === 'ValueSet' || name === 'DescribedValueSet')
        : []
      if (valueSets.length === 0) context.complain(file, noValueSet())
      else context.used(file)
      for (const element of valueSets) {
        const resource = valueSet(element, file, context)
        if (resource) yield resource
      }
    }
  },
}

function valueSet(element: XmlElement, file: InputFile, context: ReadContext): ImportedResource | undefined {
  const oid = attribute(element, 'id')?.trim() ?? ''
  const title = (attribute(element, 'displayName') ?? attribute(element, 'name') ?? oid).trim()
  if (oid === '') {
    const sentence = `The value set ${title} has no id, so nothing can refer to it.`
    context.complain(file, {
      code: 'terminology-file-partly-used',
      sentence,
      next: 'Give it its OID.',
      line: element.line,
    })
    return undefined
  }
  const lists = children(element, 'ConceptList')
  const [first] = lists
  const languageOf = (list: XmlElement) => attribute(list, 'lang', XML)?.trim() || context.options.language || 'und'
  const language = first === undefined ? 'und' : languageOf(first)
  const codes = new Map<string, { system: string; version?: string; concept: ValueSetConceptJson }>()
  let incomplete: number | undefined
  for (const list of lists) {
    for (const concept of children(list, 'Concept')) {
      const code = attribute(concept, 'code')?.trim() ?? ''
      const named = attribute(concept, 'codeSystem')?.trim() ?? ''
      if (code === '' || named === '') {
        incomplete ??= concept.line
        continue
      }
      addConcept(codes, concept, { code, system: context.canonical(named) }, languageOf(list), language)
    }
  }
  if (incomplete !== undefined) {
    const sentence = `The value set ${title} has concepts without code or code system: they are left out.`
    context.complain(file, { code: 'terminology-file-partly-used', sentence, next: 'Complete them.', line: incomplete })
  }
  if (language === 'und') {
    const sentence = 'The words have no language (ConceptList has no xml:lang): nobody will be shown them.'
    context.complain(file, {
      code: 'terminology-language-missing',
      sentence,
      next: 'Name the language with --language.',
      line: element.line,
    })
  }
  const version = attribute(element, 'version')?.trim() || context.options.version
  return {
    resourceType: 'ValueSet',
    url: /^[0-2](\.\d+)+$/.test(oid) ? `urn:oid:${oid}` : oid,
    identifier: oidIdentifier(oid),
    ...(version !== undefined && { version }),
    name: slug(title).replace(/[^A-Za-z0-9]+/g, '_'),
    title,
    status: 'active',
    language,
    compose: { include: composeOf(codes.values()).include },
  }
}

function addConcept(
  codes: Map<string, { system: string; version?: string; concept: ValueSetConceptJson }>,
  element: XmlElement,
  { code, system }: { readonly code: string; readonly system: string },
  language: string,
  main: string,
): void {
  const version = attribute(element, 'codeSystemVersion')?.trim() || undefined
  const key = `${system} ${version ?? ''} ${code}`
  const entry = codes.get(key) ?? { system, ...(version !== undefined && { version }), concept: { code } }
  codes.set(key, entry)
  const display = attribute(element, 'displayName')?.trim() ?? ''
  if (display === '') return
  const { concept } = entry
  if (language === main) concept.display ??= display
  else if (!concept.designation?.some((one) => one.language === language && one.value === display)) {
    concept.designation = [...(concept.designation ?? []), designation(language, display)]
  }
}

function noValueSet() {
  return {
    code: 'terminology-file-unknown',
    sentence: 'The file holds no value set in the form of IHE SVS.',
    next: 'Give a RetrieveValueSetResponse or RetrieveMultipleValueSetsResponse.',
  }
}
