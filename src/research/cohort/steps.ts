/**
 * Collects the steps of a program. A relation that is asked for twice, by two criteria or two cohorts of a batch, is one
 * step: since steps read steps by name, whole chains that are equal become one.
 */
import { copiedStep, inlineStep, madeStep, step } from '../query/build-relations.ts'
import type { Relation, Step } from '../query/tree.ts'

export interface Steps {
  /** The step that makes `relation`; `purpose` begins its name (letters and underscores). */
  readonly make: (purpose: string, relation: Relation) => Relation
  /** The same, copied in any case. */
  readonly copy: (purpose: string, relation: Relation) => Relation
  /** Written where it is read, not copied. */
  readonly view: (purpose: string, relation: Relation) => Relation
  readonly list: () => readonly Step[]
}

export function startSteps(): Steps {
  const names = new Map<string, string>()
  const made: Step[] = []
  const define = (purpose: string, relation: Relation, wrap: (name: string, relation: Relation) => Step): Relation => {
    const content = JSON.stringify(relation)
    const known = names.get(content)
    if (known !== undefined) return step(known)
    const name = `${purpose}_${made.length + 1}`
    names.set(content, name)
    made.push(wrap(name, relation))
    return step(name)
  }
  return {
    make: (purpose, relation) => define(purpose, relation, madeStep),
    copy: (purpose, relation) => define(purpose, relation, copiedStep),
    view: (purpose, relation) => define(purpose, relation, inlineStep),
    list: () => made,
  }
}
