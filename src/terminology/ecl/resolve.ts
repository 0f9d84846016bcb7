/** Checks before evaluation that every concept a constraint starts from exists in the edition. */
import { type EclProblem, eclProblem } from './problems.ts'
import type { EclSubstrate } from './substrate.ts'
import type {
  AlternateIdentifier,
  ConceptChoice,
  ConceptFilter,
  ConceptReference,
  Constraint,
  DescriptionFilter,
  MemberFilter,
  Refinement,
} from './syntax.ts'

/** Leaves of the tree that name something, in the order of the text. */
type Reference = ConceptReference | AlternateIdentifier

/**
 * The first reference that cannot be resolved, if any: a concept the edition does not have (an error, not an empty set:
 * a mistyped code must not pass for "none"), or a code of another scheme. References written out as the value of a
 * filter (module, type, status, dialect) are compared by identifier and need not exist.
 */
export function unresolved(substrate: EclSubstrate, text: string, constraint: Constraint): EclProblem | undefined {
  for (const reference of references(constraint)) {
    if (reference.kind === 'alternate') return alternateProblem(text, reference)
    if (substrate.ordinalOf(reference.id) < 0) {
      return eclProblem({
        code: 'ecl-unknown-concept',
        text,
        offset: reference.at,
        sentence: `concept ${reference.id} is not in this edition.`,
        next: 'Check the identifier, and whether the right edition and version are asked.',
        found: reference.id,
      })
    }
  }
  return undefined
}

function alternateProblem(text: string, { scheme, code, at }: AlternateIdentifier): EclProblem {
  return eclProblem({
    code: 'ecl-alternate-identifier',
    text,
    offset: at,
    sentence: `the alternate identifier ${scheme}#${code} cannot be resolved: no alternate identifiers are available.`,
    next: 'Use the SNOMED CT identifier of the concept.',
    found: `${scheme}#${code}`,
  })
}

function* references(constraint: Constraint): Generator<Reference> {
  switch (constraint.kind) {
    case 'any':
      return
    case 'concept':
    case 'alternate':
      yield constraint
      return
    case 'hierarchy':
      yield* references(constraint.of)
      return
    case 'memberOf':
      yield* references(constraint.of)
      for (const filter of constraint.filters.flat()) yield* inMemberFilter(filter)
      return
    case 'compound':
      for (const part of constraint.parts) yield* references(part)
      return
    case 'refined':
      yield* references(constraint.focus)
      yield* inRefinement(constraint.refinement)
      return
    case 'dotted':
      yield* references(constraint.focus)
      for (const attribute of constraint.attributes) yield* references(attribute)
      return
    case 'descriptionFiltered':
    case 'conceptFiltered':
      yield* references(constraint.of)
      for (const filter of constraint.filters) yield* inFilter(filter)
      return
    case 'history':
      yield* references(constraint.of)
      if (typeof constraint.profile !== 'string') yield* references(constraint.profile)
  }
}

function* inRefinement(refinement: Refinement): Generator<Reference> {
  if (refinement.kind === 'set') for (const part of refinement.parts) yield* inRefinement(part)
  else if (refinement.kind === 'group') yield* inRefinement(refinement.of)
  else {
    yield* references(refinement.name)
    if (refinement.value.kind === 'constraint') yield* references(refinement.value.value)
  }
}

function* inFilter(filter: ConceptFilter | DescriptionFilter): Generator<Reference> {
  if (filter.kind === 'module' || filter.kind === 'definitionStatusId' || filter.kind === 'typeId')
    yield* inChoice(filter.value)
  else if (filter.kind === 'dialectId' && filter.value.kind !== 'dialects') yield* inChoice(filter.value)
}

function* inMemberFilter(filter: MemberFilter): Generator<Reference> {
  if (filter.kind === 'module') yield* inChoice(filter.value)
  else if (filter.kind === 'field' && filter.value.kind === 'constraint') yield* inChoice(filter.value.value)
}

function* inChoice(choice: ConceptChoice): Generator<Reference> {
  if (choice.kind !== 'list' && choice.kind !== 'concept') yield* references(choice)
}
