/** An edition as plain objects, small enough to be read by eye, and the substrate over it: for tests only. */
import { wordsOf } from '#terminology/flat/fold.ts'
import type { AttributeRow, ConcreteValue, DescriptionRow, EclSubstrate, MemberRow } from '../substrate.ts'

export interface PlainAttribute {
  readonly group: number
  readonly type: string
  readonly target: string | ConcreteValue
}

export interface PlainConcept {
  readonly id: string
  readonly active: boolean
  readonly defined: boolean
  readonly module: string
  readonly effectiveTime: number
  readonly parents: readonly string[]
  readonly attributes: readonly PlainAttribute[]
  readonly descriptions: readonly DescriptionRow[]
}

export interface PlainMember {
  readonly id: string
  readonly referenceSet: string
  readonly active: boolean
  readonly module: string
  readonly effectiveTime: number
  readonly component: string
  readonly fields: Readonly<Record<string, string>>
}

export interface PlainEdition {
  readonly concepts: readonly PlainConcept[]
  readonly members: readonly PlainMember[]
  /** Reference sets whose rows are historical associations (`targetComponentId`). */
  readonly associations: readonly string[]
}

/** Ascending by SCTID, as numbers. */
export function bySctid(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

export function plainSubstrate(edition: PlainEdition): EclSubstrate {
  const concepts = [...edition.concepts].sort((a, b) => bySctid(a.id, b.id))
  const ordinals = new Map(concepts.map(({ id }, ordinal) => [id, ordinal]))
  const at = (ordinal: number): PlainConcept => {
    const concept = concepts[ordinal]
    if (concept === undefined) throw new RangeError(`no concept ${ordinal}`)
    return concept
  }
  const ordinalOf = (id: string): number => ordinals.get(id) ?? -1
  const list = (values: Iterable<number>): Uint32Array => Uint32Array.from([...new Set(values)].sort((a, b) => a - b))
  const parents = concepts.map((concept) => list(concept.parents.map(ordinalOf)))
  const children = concepts.map((_, ordinal) =>
    list(parents.flatMap((above, child) => (above.includes(ordinal) ? [child] : []))),
  )
  const closure = (start: number, next: readonly Uint32Array[]): Uint32Array => {
    const found = new Set<number>()
    const open = [...(next[start] ?? [])]
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      if (found.has(one)) continue
      found.add(one)
      open.push(...(next[one] ?? []))
    }
    return list(found)
  }
  const rows: AttributeRow[][] = concepts.map(({ attributes }) =>
    attributes.map(({ group, type, target }) => ({
      group,
      type: ordinalOf(type),
      target: typeof target === 'string' ? ordinalOf(target) : target,
    })),
  )
  const sources = (wanted: (row: AttributeRow) => boolean): Uint32Array =>
    list(rows.flatMap((own, source) => (own.some(wanted) ? [source] : [])))
  const memberRow = (member: PlainMember): MemberRow => ({
    id: member.id,
    active: member.active,
    module: member.module,
    effectiveTime: member.effectiveTime,
    referencedComponentId: member.component,
    referencedConcept: ordinalOf(member.component),
    fields: new Map(Object.entries(member.fields)),
  })
  const rowsOf = (referenceSet: number) =>
    edition.members.filter((member) => ordinalOf(member.referenceSet) === referenceSet)
  return {
    conceptCount: concepts.length,
    ordinalOf,
    sctidOf: (ordinal) => at(ordinal).id,
    isActive: (ordinal) => at(ordinal).active,
    isDefined: (ordinal) => at(ordinal).defined,
    moduleOf: (ordinal) => at(ordinal).module,
    effectiveTimeOf: (ordinal) => at(ordinal).effectiveTime,
    parentsOf: (ordinal) => parents[ordinal] ?? new Uint32Array(),
    childrenOf: (ordinal) => children[ordinal] ?? new Uint32Array(),
    ancestorsOf: (ordinal) => closure(ordinal, parents),
    descendantsOf: (ordinal) => closure(ordinal, children),
    attributesOf: (ordinal) => rows[ordinal] ?? [],
    sourcesOf: (target, type) => sources((row) => row.target === target && (type === undefined || row.type === type)),
    withAttribute: (type) => sources((row) => row.type === type),
    attributeTypes: () => list(rows.flat().map(({ type }) => type)),
    descriptionsOf: (ordinal) => at(ordinal).descriptions,
    conceptsWithWord: (prefix) =>
      list(
        concepts.flatMap(({ descriptions }, ordinal) =>
          descriptions.some(({ active, term }) => active && wordsOf(term).some((word) => word.startsWith(prefix)))
            ? [ordinal]
            : [],
        ),
      ),
    referenceSets: () =>
      list(edition.members.map(({ referenceSet }) => ordinalOf(referenceSet)).filter((one) => one >= 0)),
    membersOf: (referenceSet) =>
      list(
        rowsOf(referenceSet)
          .filter(({ active }) => active)
          .map(({ component }) => ordinalOf(component))
          .filter((one) => one >= 0),
      ),
    memberRowsOf: (referenceSet) => rowsOf(referenceSet).map(memberRow),
    associationsTo: (target) =>
      edition.members
        .filter((member) => member.active && edition.associations.includes(member.referenceSet))
        .filter((member) => target >= 0 && ordinalOf(member.fields.targetComponentId ?? '') === target)
        .map((member) => ({ referenceSet: ordinalOf(member.referenceSet), source: ordinalOf(member.component) })),
  }
}
