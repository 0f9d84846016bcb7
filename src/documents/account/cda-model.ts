/** What the model states, as sets of literals by the part of the source that each resource comes from. */
import type { Bundle, Composition, Extension, Resource } from 'fhir/r4'
import { SOURCE_EXTENSION } from '../model/clinical-document.ts'

/** Literals of one part: header, one section, or one entry. */
export interface Literals {
  readonly codes: Set<string>
  readonly texts: Set<string>
  readonly numbers: Set<number>
  /** Resources by source path, to say which one carries a statement. */
  readonly resources: { readonly path: string; readonly url: string }[]
}

export interface Model {
  readonly parts: ReadonlyMap<string, Literals>
  readonly header: Literals
  /** Narrative of a section without white space, by section path. */
  readonly narratives: ReadonlyMap<string, string>
}

const SECTION_PATH =
  /^\/ClinicalDocument\/component(?:\[\d+\])?\/structuredBody(?:\[\d+\])?(?:\/component(?:\[\d+\])?\/section(?:\[\d+\])?)+(?:\/entry(?:\[\d+\])?)?/

/** The part of the source that a path lies in: '' for the header. */
export function partOf(path: string): string {
  return SECTION_PATH.exec(path)?.[0] ?? ''
}

export function newLiterals(): Literals {
  return { codes: new Set(), texts: new Set(), numbers: new Set(), resources: [] }
}

export function modelOf(bundle: Bundle): Model {
  const parts = new Map<string, Literals>()
  const narratives = new Map<string, string>()
  const part = (path: string): Literals => {
    const name = partOf(path)
    const held = parts.get(name)
    if (held !== undefined) return held
    const made = newLiterals()
    parts.set(name, made)
    return made
  }
  const header = part('')
  collect(bundle.identifier, header)
  collect(bundle.language, header)
  for (const { resource, fullUrl } of bundle.entry ?? []) {
    if (resource === undefined) continue
    const path = sourcePath({ extension: extensionsOf(resource) })
    const literals = part(path)
    literals.resources.push({ path, url: fullUrl ?? '' })
    if (!isComposition(resource)) {
      collect(resource, literals)
      continue
    }
    const { section: sections = [], ...rest } = resource
    collect(rest, header)
    for (const section of sections) {
      const { entry: _, text, ...own } = section
      const at = sourcePath(section)
      collect(own, part(at))
      narratives.set(at, plainText(text?.div ?? ''))
    }
  }
  return { parts, header, narratives }
}

function sourcePath(holder: { readonly extension?: readonly Extension[] }): string {
  const source = holder.extension?.find(({ url }) => url === SOURCE_EXTENSION)
  return source?.extension?.find(({ url }) => url === 'path')?.valueString ?? ''
}

export function isComposition(resource: Resource | undefined): resource is Composition {
  return resource?.resourceType === 'Composition'
}

function extensionsOf(resource: Resource): readonly Extension[] {
  return 'extension' in resource && Array.isArray(resource.extension) ? resource.extension : []
}

/** Fields that say how the model is built, not what the source states. */
const FORM = new Set(['resourceType', 'id', 'reference', 'data', 'url', 'system', 'profile', 'div'])

/** Gathers every literal below a value; codes with their system, and without it as texts. */
function collect(value: unknown, into: Literals): void {
  if (typeof value === 'string') {
    into.texts.add(value)
    return
  }
  if (typeof value === 'number') {
    into.numbers.add(value)
    return
  }
  if (typeof value === 'boolean') {
    into.texts.add(String(value))
    return
  }
  if (Array.isArray(value)) for (const item of value) collect(item, into)
  else if (isRecord(value)) collectFields(value, into)
}

function collectFields(holder: Readonly<Record<string, unknown>>, into: Literals): void {
  const { code, system, url } = holder
  if (typeof code === 'string' && typeof system === 'string') into.codes.add(`${system}|${code}`)
  if (url === 'path') return
  if (url === 'negationInd') into.texts.add('negationInd')
  for (const key in holder) if (!FORM.has(key)) collect(holder[key], into)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }

/** The text of XHTML without any white space. */
function plainText(div: string): string {
  const bare = div.replace(/<[^>]*>|\s+/g, '')
  return bare.includes('&') ? bare.replace(/&(?:amp|lt|gt|quot);/g, (entity) => ENTITIES[entity] ?? entity) : bare
}
