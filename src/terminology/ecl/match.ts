/**
 * Whether one subject satisfies a constraint, without building the whole set where that is cheap: the subject is a
 * concept, or a post-coordinated expression that knows what it lies under (`snomed/expressions`).
 */

import type { ConceptOrValue } from './compiled-attribute.ts'
import { conceptFilterTest } from './component-filters.ts'
import { type ConceptSet, includesSorted } from './concept-set.ts'
import { descriptionMatcher } from './description-filters.ts'
import { asksForActive, evaluate } from './evaluate.ts'
import { conceptEdges, requireDirection } from './evaluate-refinement.ts'
import { type Evaluation, ROOT } from './evaluation.ts'
import { bounds, type EdgeSource, type RowTest, rowsSatisfy } from './rows.ts'
import type { ConcreteValue, Ordinal } from './substrate.ts'
import type { Attribute, Constraint, HierarchyConstraint, HierarchyOperator, MemberOf, Refinement } from './syntax.ts'
import { concreteTest } from './value-test.ts'

/** Something that may satisfy a constraint. */
export interface Subject {
  /** -1 when it is no concept of the edition; such a subject is in no set, but may lie under one. */
  readonly concept: Ordinal
  /** Concepts strictly above it, ascending. */
  ancestors(): Uint32Array
  readonly edges: EdgeSource<Subject | ConcreteValue>
}

/** A concept of the edition as a subject. */
export function conceptSubject(evaluation: Evaluation, concept: Ordinal): Subject {
  const rows = conceptEdges(evaluation, concept)
  const asSubject = (target: ConceptOrValue): Subject | ConcreteValue =>
    typeof target === 'number' ? conceptSubject(evaluation, target) : target
  const convert = (edges: ReturnType<typeof rows.forward>) =>
    edges.map(({ type, target, group }) => ({ type, target: asSubject(target), group }))
  return {
    concept,
    ancestors: () => evaluation.substrate.ancestorsOf(concept),
    edges: { forward: () => convert(rows.forward()), reversed: () => convert(rows.reversed()) },
  }
}

/** References must have been checked (`resolve.ts`). */
export function satisfies(evaluation: Evaluation, constraint: Constraint, subject: Subject): boolean {
  evaluation.budget.spend(1)
  switch (constraint.kind) {
    case 'concept':
      return subject.concept >= 0 && subject.concept === evaluation.substrate.ordinalOf(constraint.id)
    case 'any':
      return isSomething(evaluation, subject)
    case 'alternate':
      return false
    case 'hierarchy':
      return inHierarchy(evaluation, constraint, subject)
    case 'memberOf':
      return isMember(evaluation, constraint, subject)
    case 'compound':
      return inCompound(evaluation, constraint, subject)
    case 'refined':
      return (
        satisfies(evaluation, constraint.focus, subject) &&
        rowsSatisfy(rowTest(evaluation, constraint.refinement), subject.edges)
      )
    case 'descriptionFiltered':
      return (
        subject.concept >= 0 &&
        satisfies(evaluation, constraint.of, subject) &&
        descriptionMatcher(evaluation, constraint.filters, evaluate).matches(subject.concept)
      )
    case 'conceptFiltered': {
      const anything = constraint.of.kind === 'any' && asksForActive(constraint.filters)
      return (
        subject.concept >= 0 &&
        (anything || satisfies(evaluation, constraint.of, subject)) &&
        conceptFilterTest(evaluation, constraint.filters, evaluate)(subject.concept)
      )
    }
    case 'history':
      return satisfies(evaluation, constraint.of, subject) || inSet(evaluation, constraint, subject)
    case 'dotted':
      return inSet(evaluation, constraint, subject)
  }
}

function inSet(evaluation: Evaluation, constraint: Constraint, { concept }: Subject): boolean {
  return concept >= 0 && setOf(evaluation, constraint).has(concept)
}

function setOf(evaluation: Evaluation, constraint: Constraint): ConceptSet {
  const known = evaluation.known.get(constraint)
  if (known !== undefined) return known
  const set = evaluate(evaluation, constraint)
  evaluation.known.set(constraint, set)
  return set
}

/** `*`: see `everything` in evaluation.ts. An expression lies under its focus concepts and so is something. */
function isSomething({ substrate }: Evaluation, subject: Subject): boolean {
  const root = substrate.ordinalOf(ROOT)
  if (subject.concept < 0) return true
  return root < 0
    ? substrate.isActive(subject.concept)
    : subject.concept === root || includesSorted(subject.ancestors(), root)
}

function inCompound(
  evaluation: Evaluation,
  { operator, parts }: Constraint & { readonly kind: 'compound' },
  subject: Subject,
): boolean {
  const holds = (part: Constraint): boolean => satisfies(evaluation, part, subject)
  if (operator === 'and') return parts.every(holds)
  if (operator === 'or') return parts.some(holds)
  const [first, ...others] = parts
  return first !== undefined && holds(first) && !others.some(holds)
}

function inHierarchy(evaluation: Evaluation, constraint: HierarchyConstraint, subject: Subject): boolean {
  const { operator, of } = constraint
  if (of.kind === 'concept') return relatesTo(evaluation, operator, subject, evaluation.substrate.ordinalOf(of.id))
  if (operator === 'descendantOf') return liesUnder(evaluation, of, subject)
  if (operator === 'descendantOrSelfOf') return satisfies(evaluation, of, subject) || liesUnder(evaluation, of, subject)
  return inSet(evaluation, constraint, subject)
}

/** Some ancestor satisfies the inner constraint. */
function liesUnder(evaluation: Evaluation, of: Constraint, subject: Subject): boolean {
  const ancestors = subject.ancestors()
  evaluation.budget.spend(ancestors.length)
  const set = setOf(evaluation, of)
  return ancestors.some((ancestor) => set.has(ancestor))
}

/** An expression is no parent, child or ancestor of a concept, only something under it: what lies between is not known. */
function relatesTo(
  { substrate }: Evaluation,
  operator: HierarchyOperator,
  subject: Subject,
  concept: Ordinal,
): boolean {
  const same = subject.concept >= 0 && subject.concept === concept
  const known = subject.concept >= 0
  switch (operator) {
    case 'descendantOf':
      return includesSorted(subject.ancestors(), concept)
    case 'descendantOrSelfOf':
      return same || includesSorted(subject.ancestors(), concept)
    case 'childOf':
      return known && includesSorted(substrate.parentsOf(subject.concept), concept)
    case 'childOrSelfOf':
      return same || (known && includesSorted(substrate.parentsOf(subject.concept), concept))
    case 'ancestorOf':
      return known && includesSorted(substrate.ancestorsOf(concept), subject.concept)
    case 'ancestorOrSelfOf':
      return same || (known && includesSorted(substrate.ancestorsOf(concept), subject.concept))
    case 'parentOf':
      return known && includesSorted(substrate.parentsOf(concept), subject.concept)
    case 'parentOrSelfOf':
      return same || (known && includesSorted(substrate.parentsOf(concept), subject.concept))
    case 'top':
    case 'bottom':
      return same
  }
}

function isMember(evaluation: Evaluation, constraint: MemberOf, subject: Subject): boolean {
  const { substrate } = evaluation
  if (subject.concept < 0) return false
  const simple =
    constraint.of.kind === 'concept' && typeof constraint.fields === 'string' && constraint.filters.length === 0
  if (!simple || constraint.of.kind !== 'concept') return inSet(evaluation, constraint, subject)
  const referenceSet = substrate.ordinalOf(constraint.of.id)
  return (
    includesSorted(substrate.referenceSets(), referenceSet) &&
    includesSorted(substrate.membersOf(referenceSet), subject.concept)
  )
}

function rowTest(evaluation: Evaluation, refinement: Refinement): RowTest<Subject | ConcreteValue> {
  switch (refinement.kind) {
    case 'attribute':
      return { kind: 'attribute', test: attributeTest(evaluation, refinement) }
    case 'group':
      return {
        kind: 'group',
        ...bounds(refinement.cardinality),
        reverse: requireDirection(evaluation, refinement) === 'reversed',
        of: rowTest(evaluation, refinement.of),
      }
    case 'set':
      return {
        kind: 'set',
        operator: refinement.operator,
        parts: refinement.parts.map((part) => rowTest(evaluation, part)),
      }
  }
}

function attributeTest(evaluation: Evaluation, attribute: Attribute) {
  const { name, value, reverse } = attribute
  const concrete = value.kind === 'constraint' ? undefined : concreteTest(value)
  const named = (type: Ordinal): boolean =>
    name.kind === 'any' || satisfies(evaluation, name, conceptSubject(evaluation, type))
  const valued = (target: Subject | ConcreteValue): boolean => {
    if (!isSubject(target))
      return value.kind === 'constraint'
        ? value.value.kind === 'any' && value.operator === '='
        : (concrete?.(target) ?? false)
    if (value.kind !== 'constraint') return false
    const holds = value.value.kind === 'any' || satisfies(evaluation, value.value, target)
    return value.operator === '=' ? holds : !holds
  }
  return {
    reverse,
    ...bounds(attribute.cardinality),
    holds: ({ type, target }: { readonly type: Ordinal; readonly target: Subject | ConcreteValue }) =>
      named(type) && valued(target),
    identity: (target: Subject | ConcreteValue) => (isSubject(target) && target.concept >= 0 ? target.concept : target),
  }
}

function isSubject(target: Subject | ConcreteValue): target is Subject {
  return 'ancestors' in target
}
