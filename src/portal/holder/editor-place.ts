/** Where in a description one is: `distribution.1`, `hdab.contactPoint`; the node there, its fields, and what keeps its surroundings. */
import type { EditorField } from '#research/catalogue/editor/editor.ts'
import type { DatasetRecord } from '#research/catalogue/record/dataset-record.ts'
import type { AnyNode } from '#research/catalogue/record/shape.ts'

export interface EditorPlace {
  /** Empty for the dataset itself. */
  readonly at: string
  readonly fields: readonly EditorField[]
  /** Undefined for a node that is new. */
  readonly node: AnyNode | undefined
  /** The fields on the way, outermost first, each with its address. */
  readonly trail: readonly { readonly field: EditorField; readonly at: string; readonly number: number | undefined }[]
  /** Names and values that a form must send, so that the nodes around this one stay. */
  readonly kept: readonly (readonly [name: string, value: string])[]
}

/** Undefined when there is no such place in any description. */
export function placeAt(record: DatasetRecord, fields: readonly EditorField[], at: string): EditorPlace | undefined {
  let place: EditorPlace = { at: '', fields, node: { ...record }, trail: [], kept: [] }
  const steps = at === '' ? [] : at.split('.')
  while (steps.length > 0) {
    const name = steps.shift()
    const field = place.fields.find((one) => one.name === name && one.kind === 'node')
    if (!field) return undefined
    const number = field.many ? Number(steps.shift()) : undefined
    const next = stepInto(place, field, number)
    if (!next) return undefined
    place = next
  }
  return place
}

function stepInto(place: EditorPlace, field: EditorField, number: number | undefined): EditorPlace | undefined {
  const base = place.at === '' ? field.name : `${place.at}.${field.name}`
  const nodes = nodesOf(place.node, field)
  // One more than there are: a new one.
  if (number !== undefined && !(Number.isInteger(number) && number >= 0 && number <= nodes.length)) return undefined
  const at = number === undefined ? base : `${base}.${number}`
  const kept = nodes.flatMap(({ node }, index) =>
    node === undefined ? [] : [[`${number === undefined ? base : `${base}.${index}`}.node`, node] as const],
  )
  return {
    at,
    fields: field.fields,
    node: nodes[number ?? 0],
    trail: [...place.trail, { field, at, number }],
    kept: [...place.kept, ...kept],
  }
}

/** The nodes that a field holds. */
export function nodesOf(node: AnyNode | undefined, { name }: Pick<EditorField, 'name'>): readonly AnyNode[] {
  const value = node?.[name]
  if (value === undefined || value === null) return []
  // The editor's fields say that these are nodes.
  return (Array.isArray(value) ? value : [value]) as readonly AnyNode[]
}
