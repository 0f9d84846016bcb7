/**
 * The filters that FHIR defines for every code system (ValueSet.compose.include.filter; https://hl7.org/fhir/valueset.html
 * §4.9.5): by hierarchy on `concept` or `code`, and by property.
 */
import type {
  CodeSystem,
  ConceptHandle,
  ConceptSet,
  Filter,
  FilterProblem,
  PropertyDefinition,
  Selected,
} from './code-system.ts'
import { propertyText } from './fhir-concepts.ts'
import { compileExpression } from './regular-expression.ts'
import { EMPTY_SET, filteredSet } from './sets.ts'

/** Properties that every code system has. */
const COMMON: ReadonlySet<string> = new Set([
  'status',
  'inactive',
  'notSelectable',
  'deprecated',
  'deprecationDate',
  'retirementDate',
  'effectiveDate',
  'comment',
  'itemWeight',
])

type Condition = (concept: ConceptHandle) => boolean
type Conditions =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly problem: FilterProblem }

/** What a code system answers for all its concepts at once, so that filters need not ask one by one. */
export interface FilterShortcuts {
  /** Whether some concept has the property. */
  isUsed?(property: string): boolean
  /** Whether some value of the property passes; undefined when there is no shorter way. */
  matching?(property: string, test: (text: string) => boolean): Condition | undefined
}

/** Concepts that meet all filters, in the order of the code system. */
export function selectByFilters(
  codeSystem: CodeSystem,
  filters: readonly Filter[],
  definitions: readonly PropertyDefinition[],
  shortcuts: FilterShortcuts = {},
): Selected {
  const conditions: Condition[] = []
  for (const filter of filters) {
    const made = conditionOf(codeSystem, filter, definitions, shortcuts)
    if (!made.ok) return made
    conditions.push(made.condition)
  }
  const all = codeSystem.all() ?? EMPTY_SET
  return { ok: true, set: remembered(filteredSet(all, (concept) => conditions.every((meets) => meets(concept)))) }
}

/** Walks a set once and keeps what it found. */
function remembered(set: ConceptSet): ConceptSet {
  let found: readonly ConceptHandle[] | undefined
  const list = () => {
    found ??= [...set.iterate()]
    return found
  }
  return {
    has: set.has,
    get size() {
      return list().length
    },
    iterate: (offset = 0) => (offset === 0 ? list() : list().slice(offset)),
  }
}

function conditionOf(
  codeSystem: CodeSystem,
  filter: Filter,
  definitions: readonly PropertyDefinition[],
  { isUsed = (property) => uses(codeSystem, property), matching }: FilterShortcuts,
): Conditions {
  const { property } = filter
  if (property === 'concept' || property === 'code') return byCode(codeSystem, filter)
  if (property === 'display')
    return byText(
      filter,
      testing((concept) => textOf(codeSystem.display(concept))),
    )
  if (property === 'definition')
    return byText(
      filter,
      testing((concept) => textOf(codeSystem.definition(concept))),
    )
  const coded = (concepts: readonly ConceptHandle[]) => concepts.map((concept) => codeSystem.codeOf(concept))
  if (property === 'parent')
    return byText(
      filter,
      testing((concept) => coded(codeSystem.parents(concept))),
    )
  if (property === 'child')
    return byText(
      filter,
      testing((concept) => coded(codeSystem.children(concept))),
    )
  const values = (concept: ConceptHandle) =>
    codeSystem
      .properties(concept)
      .filter(({ code }) => code === property)
      .map(propertyText)
  if (!COMMON.has(property) && !definitions.some(({ code }) => code === property) && !isUsed(property)) {
    return notUnderstood(filter, `The code system has no property '${property}'.`)
  }
  return byText(filter, (test) => matching?.(property, test) ?? testing(values)(test))
}

function uses(codeSystem: CodeSystem, property: string): boolean {
  for (const concept of codeSystem.all()?.iterate() ?? []) {
    if (codeSystem.properties(concept).some(({ code }) => code === property)) return true
  }
  return false
}

function textOf(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value]
}

function byCode(codeSystem: CodeSystem, filter: Filter): Conditions {
  const { op, value } = filter
  const root = codeSystem.locate(value).concept
  const below = (self: boolean): Conditions => {
    if (root === undefined) return { ok: true, condition: () => false }
    const set = descendants(codeSystem, root)
    return { ok: true, condition: (concept) => set.has(concept) || (self && concept === root) }
  }
  switch (op) {
    case 'is-a':
      return below(true)
    case 'descendent-of':
      return below(false)
    case 'is-not-a': {
      const inside = below(true)
      return inside.ok ? { ok: true, condition: (concept) => !inside.condition(concept) } : inside
    }
    case 'descendent-leaf': {
      const inside = below(false)
      if (!inside.ok) return inside
      return {
        ok: true,
        condition: (concept) => inside.condition(concept) && codeSystem.children(concept).length === 0,
      }
    }
    case 'child-of':
      if (root === undefined) return { ok: true, condition: () => false }
      return { ok: true, condition: (concept) => codeSystem.parents(concept).includes(root) }
    case 'generalizes':
      if (root === undefined) return { ok: true, condition: () => false }
      return { ok: true, condition: (concept) => codeSystem.subsumes(concept, root) }
    default:
      return byText(
        filter,
        testing((concept) => [codeSystem.codeOf(concept)]),
        !codeSystem.identity.caseSensitive,
      )
  }
}

function descendants(codeSystem: CodeSystem, root: ConceptHandle): ReadonlySet<ConceptHandle> {
  const found = new Set<ConceptHandle>()
  const waiting: ConceptHandle[] = [root]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const child of codeSystem.children(next)) {
      if (found.has(child)) continue
      found.add(child)
      waiting.push(child)
    }
  }
  return found
}

/** The condition that some value of the concept passes. */
type Passing = (test: (text: string) => boolean) => Condition

function testing(values: (concept: ConceptHandle) => readonly string[]): Passing {
  return (test) => (concept) => values(concept).some(test)
}

/** =, in, not-in, exists, regex over the values that a concept has. */
function byText(filter: Filter, passing: Passing, fold = false): Conditions {
  const { op, value } = filter
  const key = (text: string) => (fold ? text.toLowerCase() : text)
  const listed = () => new Set(value.split(',').map((each) => key(each.trim())))
  const met = (condition: Condition): Conditions => ({ ok: true, condition })
  const unmet = (condition: Condition): Conditions => ({ ok: true, condition: (concept) => !condition(concept) })
  switch (op) {
    case '=': {
      const wanted = key(value)
      return met(passing((each) => key(each) === wanted))
    }
    case 'in': {
      const list = listed()
      return met(passing((each) => list.has(key(each))))
    }
    case 'not-in': {
      const list = listed()
      return unmet(passing((each) => list.has(key(each))))
    }
    case 'exists': {
      if (value !== 'true' && value !== 'false')
        return badValue(filter, "The operator 'exists' takes 'true' or 'false'.")
      const some = passing(() => true)
      return value === 'true' ? met(some) : unmet(some)
    }
    case 'regex': {
      const expression = compileExpression(value)
      if (!expression.ok) return badValue(filter, expression.sentence)
      return met(passing(expression.matches))
    }
    default:
      return notUnderstood(filter, `The operator '${op}' is not supported for '${filter.property}'.`)
  }
}

function notUnderstood(filter: Filter, sentence: string): Conditions {
  return { ok: false, problem: { kind: 'not-understood', filter, sentence } }
}

function badValue(filter: Filter, sentence: string): Conditions {
  return { ok: false, problem: { kind: 'bad-value', filter, sentence } }
}
