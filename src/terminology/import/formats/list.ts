/**
 * The plain JSON lists that terminology is exchanged in (load/designations.ts names their shapes): words for codes of a
 * system become a supplement, value sets become ValueSets, identities become NamingSystems.
 */
import { isObject, type JsonObject, objects, text } from '../../load/json.ts'
import type { InputFile } from '../input/input.ts'
import { readJson } from '../input/text.ts'
import {
  type ConceptJson,
  composeOf,
  type DesignationJson,
  designation,
  GIVEN_SYSTEM_EXTENSION,
  type ImportedResource,
  isLanguage,
  oidIdentifier,
  RESPELLED,
  REVIEW_EXTENSION,
  SOURCE_EXTENSION,
  slug,
  supplement,
} from '../resource.ts'
import { eachFile, type Format, looksLikeJson, type ReadContext } from './format.ts'

const NEXT = 'The rest of the file was imported.'

export const list: Format = {
  id: 'list',
  title: 'designation lists and value sets in JSON',
  enumerates: true,
  claim: (samples) => eachFile(samples, ({ file, head }) => /\.json$/i.test(file.name) || looksLikeJson(head)),
  async *read(files, context) {
    for (const file of files) {
      const json = await readJson(file)
      if (!json.ok) {
        context.complain(file, { ...json.problem, ...json.problem.place })
        continue
      }
      if (Array.isArray(json.value) && json.value.length === 0) {
        context.passed(file)
        continue
      }
      const resources = listResources(json.value, file, context)
      if (resources === undefined) context.complain(file, unknownShape())
      else {
        context.used(file)
        yield* resources
      }
    }
  },
}

function unknownShape() {
  return {
    code: 'terminology-file-unknown',
    sentence: 'The file holds JSON, but no terminology in a known shape.',
    next: 'Give FHIR CodeSystem, ValueSet or ConceptMap, or a designation list; other files can stay.',
  }
}

/** undefined when the JSON has none of the shapes. */
function listResources(json: unknown, file: InputFile, context: ReadContext): readonly ImportedResource[] | undefined {
  if (Array.isArray(json)) {
    const items = objects(json)
    const identities = items.filter((item) => text(item.url) !== undefined && !('concepts' in item) && 'oid' in item)
    if (items.length > 0 && identities.length === items.length) return identities.flatMap(namingSystem)
    // Coverage tables and the like name no system.
    const parts = items.map((item) => listResources(item, file, context))
    return parts.every((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? [])
  }
  if (!isObject(json)) return undefined
  if (Array.isArray(json.systems)) return objects(json.systems).flatMap(namingSystem)
  if (text(json.system) !== undefined && isObject(json.concepts)) return compact(json, file, context)
  if (text(json.system) !== undefined && Array.isArray(json.concepts)) return designations(json, file, context)
  if (text(json.url) !== undefined && Array.isArray(json.concepts)) return plainValueSet(json, file, context)
  return undefined
}

function namingSystem(item: JsonObject): readonly ImportedResource[] {
  const url = text(item.url)
  if (url === undefined) return []
  const strings = (value: unknown) => (Array.isArray(value) ? value.flatMap((one) => text(one) ?? []) : [])
  const oids = [...new Set([...(text(item.oid) === undefined ? [] : [text(item.oid) ?? '']), ...strings(item.oids)])]
  return [identityOf(url, text(item.name), oids, strings(item.aliases))]
}

/** What a system is called on the wire. */
export function identityOf(
  url: string,
  name: string | undefined,
  oids: readonly string[],
  aliases: readonly string[] = [],
): ImportedResource {
  return {
    resourceType: 'NamingSystem',
    url: `urn:tessera:naming-system:${slug(url)}`,
    name: slug(name ?? url).replace(/[^A-Za-z0-9]+/g, '_'),
    ...(name !== undefined && { title: name }),
    status: 'active',
    kind: 'codesystem',
    uniqueId: [
      { type: 'uri', value: url, preferred: true },
      ...oids.map((oid) => ({ type: /^[0-2](\.\d+)+$/.test(oid) ? 'oid' : 'uuid', value: oid })),
      ...aliases.map((alias) => ({ type: 'uri', value: alias })),
    ],
  }
}

const NOT_LANGUAGES = new Set(['status', 'source', 'display'])

/** Tessera's compact form: `{code: {fr: term, …, status?, source?}}`, one supplement for each source and review status. */
function compact(json: JsonObject, file: InputFile, context: ReadContext): readonly ImportedResource[] {
  const groups = new Map<string, { source: string; reviewed: boolean; concepts: ConceptJson[] }>()
  const say = (sentence: string) =>
    context.complain(file, { code: 'terminology-file-partly-used', sentence, next: NEXT })
  for (const [rawCode, terms] of Object.entries(isObject(json.concepts) ? json.concepts : {})) {
    if (rawCode.trim() === '' || !isObject(terms)) {
      say(`The concept ${rawCode} has no designations that can be read.`)
      continue
    }
    const found: DesignationJson[] = []
    for (const [language, value] of Object.entries(terms)) {
      if (NOT_LANGUAGES.has(language)) continue
      const term = text(value)
      if (isLanguage(language) && term !== undefined) found.push(designation(language, term))
      else
        say(`The concept ${rawCode.trim()} has a designation under "${language}" that is not a language with a term.`)
    }
    const source = text(terms.source) ?? text(json.source) ?? context.options.source
    const reviewed = isReviewed(terms.status ?? json.status, context.options.reviewed)
    const group = groups.get(`${reviewed} ${source}`) ?? { source, reviewed, concepts: [] }
    groups.set(`${reviewed} ${source}`, group)
    group.concepts.push(conceptOf(rawCode, text(terms.en), found))
  }
  const system = context.canonical(text(json.system) ?? '')
  return [...groups.values()].map(({ source, reviewed, concepts }) =>
    supplement(
      nameOf(source, file, context),
      system,
      concepts,
      more(text(json.system) ?? '', source, reviewed, context),
    ),
  )
}

/** `[{system, oid?, concepts: [{code, display?, designation: {lang: text}}]}]`. */
function designations(json: JsonObject, file: InputFile, context: ReadContext): readonly ImportedResource[] {
  const system = context.canonical(text(json.system) ?? '')
  const byReview = new Map<boolean, ConceptJson[]>()
  for (const item of objects(json.concepts)) {
    const raw = typeof item.code === 'string' ? item.code : ''
    if (raw.trim() === '' || !isObject(item.designation)) continue
    const found = Object.entries(item.designation).flatMap(([language, value]) =>
      isLanguage(language) ? wordsOf(language, value) : [],
    )
    const reviewed = isReviewed(item.status ?? json.status, context.options.reviewed)
    const concepts = byReview.get(reviewed) ?? []
    byReview.set(reviewed, concepts)
    concepts.push(conceptOf(raw, text(item.display), found))
  }
  const oid = text(json.oid)
  const unknown = oid !== undefined && context.canonical(oid) !== system
  const { source } = context.options
  return [
    ...(unknown ? [identityOf(system, text(json.name), [oid])] : []),
    ...[...byReview].map(([reviewed, concepts]) =>
      supplement(
        nameOf(source, file, context),
        system,
        concepts,
        more(text(json.system) ?? '', source, reviewed, context),
      ),
    ),
  ]
}

/** A term, or (units) a name with its symbol. */
function wordsOf(language: string, value: unknown): readonly DesignationJson[] {
  if (!isObject(value)) return text(value) === undefined ? [] : [designation(language, text(value) ?? '')]
  const name = text(value.name)
  const symbol = text(value.symbol)
  const use = { system: 'urn:tessera:designation-use', code: 'symbol' }
  return [
    ...(name === undefined ? [] : [designation(language, name)]),
    ...(symbol === undefined || symbol === name ? [] : [{ ...designation(language, symbol), use }]),
  ]
}

function conceptOf(rawCode: string, display: string | undefined, found: DesignationJson[]): ConceptJson {
  const code = rawCode.trim()
  return {
    code,
    ...(display !== undefined && { display }),
    ...(found.length > 0 && { designation: found }),
    ...(code !== rawCode && { property: [{ code: RESPELLED, valueString: rawCode }] }),
  }
}

function isReviewed(status: unknown, otherwise: boolean): boolean {
  return status === 'reviewed' ? true : status === 'unreviewed' ? false : otherwise
}

/** Supplements of one import are told apart by source and file. */
function nameOf(source: string, file: InputFile, context: ReadContext): string {
  const own = source === context.options.source ? source : `${context.options.source} ${source}`
  return `${own} ${file.name.replace(/\.json$/i, '')}`
}

function more(system: string, source: string, reviewed: boolean, context: ReadContext) {
  const extension = [
    ...(context.canonical(system) === system ? [] : [{ url: GIVEN_SYSTEM_EXTENSION, valueUri: system }]),
    ...(source === context.options.source ? [] : [{ url: SOURCE_EXTENSION, valueString: source }]),
    ...(reviewed === context.options.reviewed
      ? []
      : [{ url: REVIEW_EXTENSION, valueCode: reviewed ? 'reviewed' : 'unreviewed' }]),
  ]
  return { title: source, ...(extension.length > 0 && { extension }) }
}

/** `{name, url, oid?, version?, concepts: [{system, code, display}]}`, as the eHDSI catalogue (MVC) was published. */
function plainValueSet(json: JsonObject, file: InputFile, context: ReadContext): readonly ImportedResource[] {
  let nameless = 0
  const codes = objects(json.concepts).flatMap((item) => {
    const code = text(item.code)
    const system = text(item.system)
    if (code === undefined || system === undefined) {
      nameless++
      return []
    }
    const display = text(item.display)
    return [{ system: context.canonical(system), concept: { code, ...(display !== undefined && { display }) } }]
  })
  const url = text(json.url) ?? ''
  if (nameless > 0) {
    const sentence = `${nameless} entries of the value set ${url} have no system or no code.`
    context.complain(file, { code: 'terminology-file-partly-used', sentence, next: NEXT })
  }
  const { include, concepts } = composeOf(codes)
  if (concepts < codes.length) {
    const sentence = `${codes.length - concepts} entries of the value set ${url} repeat a code: they are kept once.`
    context.complain(file, { code: 'terminology-code-twice', sentence, next: 'Take the repetitions out.' })
  }
  const oid = text(json.oid)
  const version = text(json.version) ?? context.options.version
  const more = {
    name: text(json.name),
    title: text(json.title) ?? text(json.name),
    description: text(json.description),
  }
  return [
    {
      resourceType: 'ValueSet',
      url,
      ...(oid !== undefined && { identifier: oidIdentifier(oid) }),
      ...(version !== undefined && { version }),
      ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)),
      status: 'active',
      language: context.options.language ?? 'en',
      compose: { include },
    },
  ]
}
