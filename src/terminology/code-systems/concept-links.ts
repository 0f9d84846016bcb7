/** Parents and children by nesting and by the properties `parent` and `child`: several parents are possible. */

export interface ConceptLinks {
  parents(ordinal: number): readonly number[]
  children(ordinal: number): readonly number[]
}

/** A property that links a concept with another of the same resource. */
export interface LinkProperty {
  readonly concept: number
  readonly kind: 'parent' | 'child'
  /** -1 when the code is not there. */
  readonly other: number
}

export interface LinkedConcepts {
  readonly parents: readonly (readonly number[])[]
  readonly children: readonly (readonly number[])[]
}

/** @param holder the concept that each stands in; -1 at the top */
export function linkConcepts(holder: ArrayLike<number>, properties: Iterable<LinkProperty>): LinkedConcepts {
  const parents: number[][] = Array.from(holder, (parent) => (parent < 0 ? [] : [parent]))
  const children: number[][] = Array.from(holder, () => [])
  for (let concept = 0; concept < holder.length; concept += 1) {
    const parent = holder[concept] ?? -1
    if (parent >= 0) children[parent]?.push(concept)
  }
  for (const { concept, kind, other } of properties) {
    const [parent, child] = kind === 'parent' ? [other, concept] : [concept, other]
    if (other < 0 || parent === child || parents[child]?.includes(parent)) continue
    parents[child]?.push(parent)
    children[parent]?.push(child)
  }
  return { parents, children }
}

export function linksOf({ parents, children }: LinkedConcepts): ConceptLinks {
  return { parents: (ordinal) => parents[ordinal] ?? [], children: (ordinal) => children[ordinal] ?? [] }
}
