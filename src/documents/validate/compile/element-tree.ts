/** Builds the element tree of one StructureDefinition (snapshot or differential) in the compiled form, nothing left out. */
import type {
  BindingStrength,
  CompiledBinding,
  CompiledDiscriminator,
  CompiledElement,
  CompiledType,
  DiscriminatorType,
} from '../definitions/compiled.ts'
import { withoutVersion } from '../definitions/compiled.ts'
import type { ConstraintTable } from './constraint-table.ts'
import { isObject, type JsonObject, objects, text, texts } from './json.ts'

/** A compiled element while it is being built. */
type ElementDraft = {
  -readonly [Key in keyof Omit<CompiledElement, 'children' | 'slicing'>]: CompiledElement[Key]
}

export interface TreeDraft extends ElementDraft {
  children: TreeDraft[]
  slicing?: SlicingDraft
}

export interface SlicingDraft {
  discriminators: readonly CompiledDiscriminator[]
  rules: 'open' | 'closed' | 'openAtEnd'
  ordered?: true
  slices: TreeDraft[]
  /** No `slicing` stood on the element itself: only slices did. */
  implied?: true
}

/** The tree of an element list; undefined when the list is empty. */
export function elementTree(elements: readonly JsonObject[], constraints: ConstraintTable): TreeDraft | undefined {
  let root: TreeDraft | undefined
  for (const element of elements) {
    const path = text(element.path)
    if (path === undefined) continue
    const segments = segmentsOf(text(element.id) ?? path, path, text(element.sliceName))
    const type = segments[0]?.name ?? path
    // Differentials may leave the root out.
    root ??= { name: type, id: type, children: [] }
    if (segments.length === 1) Object.assign(root, draft(element, type, constraints), { children: root.children })
    else place(root, segments, element, constraints)
  }
  return root
}

interface Segment {
  readonly name: string
  readonly slice?: string
}

/** Splits an element id along its path, because slice names may themselves hold dots. */
function segmentsOf(id: string, path: string, sliceName: string | undefined): readonly Segment[] {
  const names = path.split('.')
  const parts = id.split('.')
  if (parts.length === names.length)
    return parts.map((part, index) => {
      const colon = part.indexOf(':')
      if (colon >= 0) return { name: part.slice(0, colon), slice: part.slice(colon + 1) }
      return index === names.length - 1 && sliceName !== undefined && id === path
        ? { name: part, slice: sliceName }
        : { name: part }
    })
  const segments: Segment[] = []
  let rest = id
  names.forEach((name, index) => {
    const next = names[index + 1]
    const afterName = rest.slice(name.length)
    if (!afterName.startsWith(':')) {
      segments.push({ name })
      rest = afterName.slice(1)
      return
    }
    const end = next === undefined ? afterName.length : afterName.lastIndexOf(`.${next}`)
    segments.push({ name, slice: afterName.slice(1, end < 0 ? undefined : end) })
    rest = end < 0 ? '' : afterName.slice(end + 1)
  })
  return segments
}

function place(root: TreeDraft, segments: readonly Segment[], element: JsonObject, constraints: ConstraintTable): void {
  let at = root
  let id = root.id
  for (const [index, segment] of segments.slice(1).entries()) {
    const last = index === segments.length - 2
    at = child(at, segment.name, `${id}.${segment.name}`)
    id = `${id}.${segment.name}`
    if (segment.slice !== undefined) {
      id = `${id}:${segment.slice}`
      at = slice(at, segment.slice, id)
    }
    if (last) Object.assign(at, draft(element, segment.name, constraints, at), { children: at.children })
  }
}

function child(parent: TreeDraft, rawName: string, id: string): TreeDraft {
  const name = withoutChoice(rawName)
  const found = parent.children.find((candidate) => candidate.name === name)
  if (found) return found
  const made: TreeDraft = { name, id, children: [], ...(rawName.endsWith('[x]') ? { choice: true } : {}) }
  parent.children.push(made)
  return made
}

/** Finds or makes a slice; `a/b` is slice b of slice a (reslicing). */
function slice(owner: TreeDraft, name: string, id: string): TreeDraft {
  const bar = name.lastIndexOf('/')
  const parent = bar < 0 ? owner : slice(owner, name.slice(0, bar), id.slice(0, id.lastIndexOf('/')))
  parent.slicing ??= { discriminators: [], rules: 'open', slices: [], implied: true }
  const found = parent.slicing.slices.find((candidate) => candidate.slice === name)
  if (found) return found
  const made: TreeDraft = { name: owner.name, id, slice: name, children: [] }
  if (owner.choice) made.choice = true
  parent.slicing.slices.push(made)
  return made
}

function draft(element: JsonObject, rawName: string, constraints: ConstraintTable, existing?: TreeDraft): TreeDraft {
  const made: TreeDraft = {
    name: withoutChoice(rawName),
    id: existing?.id ?? text(element.id) ?? text(element.path) ?? rawName,
    children: [],
  }
  if (existing?.slice !== undefined) made.slice = existing.slice
  if (rawName.endsWith('[x]')) made.choice = true
  if (typeof element.min === 'number') made.min = element.min
  const max = text(element.max)
  if (max !== undefined) made.max = max === '*' ? Number.POSITIVE_INFINITY : Number(max)
  const baseMax = isObject(element.base) ? text(element.base.max) : undefined
  if ((baseMax ?? max) !== undefined && (baseMax ?? max) !== '1' && (baseMax ?? max) !== '0') made.repeats = true
  const types = typesOf(element)
  if (types.length > 0) made.types = types
  const contentReference = text(element.contentReference)
  if (contentReference) made.contentReference = contentReference.slice(contentReference.indexOf('#') + 1)
  addValues(made, element)
  const binding = bindingOf(element)
  if (binding) made.binding = binding
  const keys = objects(element.constraint).flatMap((constraint) => constraints.place(constraint) ?? [])
  if (keys.length > 0) made.constraints = [...new Set(keys)]
  if (typeof element.maxLength === 'number') made.maxLength = element.maxLength
  const slicing = slicingOf(element, existing)
  if (slicing) made.slicing = slicing
  return made
}

function addValues(made: TreeDraft, element: JsonObject): void {
  for (const [key, value] of Object.entries(element)) {
    if (key.startsWith('fixed')) made.fixed = { value }
    else if (key.startsWith('pattern')) made.pattern = { value }
    else if (key.startsWith('minValue') && isComparable(value)) made.minValue = value
    else if (key.startsWith('maxValue') && isComparable(value)) made.maxValue = value
  }
}

function isComparable(value: unknown): value is string | number {
  return typeof value === 'number' || typeof value === 'string'
}

const FHIR_TYPE = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type'
const SYSTEM_TYPE = 'http://hl7.org/fhirpath/System.'

function typesOf(element: JsonObject): readonly CompiledType[] {
  return objects(element.type).flatMap((type): readonly CompiledType[] => {
    const stated = text(type.code)
    if (stated === undefined) return []
    const real = objects(type.extension).find((extension) => extension.url === FHIR_TYPE)
    const code = stated.startsWith(SYSTEM_TYPE)
      ? (text(real?.valueUrl) ?? text(real?.valueUri) ?? stated.slice(SYSTEM_TYPE.length).toLowerCase())
      : stated
    const profiles = texts(type.profile).map(withoutVersion)
    const targets = texts(type.targetProfile).map(withoutVersion)
    return [{ code, ...(profiles.length > 0 ? { profiles } : {}), ...(targets.length > 0 ? { targets } : {}) }]
  })
}

const STRENGTHS: readonly string[] = ['required', 'extensible', 'preferred']

function isStrength(value: unknown): value is BindingStrength {
  return typeof value === 'string' && STRENGTHS.includes(value)
}

function bindingOf(element: JsonObject): CompiledBinding | undefined {
  if (!isObject(element.binding)) return undefined
  const valueSet = text(element.binding.valueSet)
  const { strength } = element.binding
  return valueSet && isStrength(strength) ? { strength, valueSet: withoutVersion(valueSet) } : undefined
}

function slicingOf(element: JsonObject, existing: TreeDraft | undefined): SlicingDraft | undefined {
  if (!isObject(element.slicing)) return existing?.slicing
  const rules = element.slicing.rules
  const discriminators = objects(element.slicing.discriminator).flatMap((discriminator): CompiledDiscriminator[] => {
    const type = text(discriminator.type)
    const path = text(discriminator.path)
    return path && isDiscriminatorType(type) ? [{ type, path }] : []
  })
  return {
    discriminators,
    rules: rules === 'closed' || rules === 'openAtEnd' ? rules : 'open',
    ...(element.slicing.ordered === true ? { ordered: true as const } : {}),
    slices: existing?.slicing?.slices ?? [],
  }
}

function isDiscriminatorType(value: string | undefined): value is DiscriminatorType {
  return value === 'value' || value === 'exists' || value === 'pattern' || value === 'type' || value === 'profile'
}

function withoutChoice(name: string): string {
  return name.endsWith('[x]') ? name.slice(0, -3) : name
}
