/** Writes a tree back as brief syntax: one way for one tree, so that the text can be a key of a cache. */
import type {
  Acceptabilities,
  Cardinality,
  CommonFilter,
  Comparison,
  ConceptChoice,
  ConceptFilter,
  ConceptReference,
  Constraint,
  DescriptionFilter,
  HierarchyOperator,
  HistorySupplemented,
  MemberFilter,
  Refinement,
  SearchTerm,
} from './syntax.ts'

export interface PrintOptions {
  /** With the terms between bars, where the tree has them. Default: no. */
  readonly terms?: boolean
}

const MARKS: Readonly<Record<HierarchyOperator, string>> = {
  descendantOf: '<',
  descendantOrSelfOf: '<<',
  childOf: '<!',
  childOrSelfOf: '<<!',
  ancestorOf: '>',
  ancestorOrSelfOf: '>>',
  parentOf: '>!',
  parentOrSelfOf: '>>!',
  top: '!!>',
  bottom: '!!<',
}

/** Brief syntax of the constraint; reading it again gives the same tree but for places (and terms, when left out). */
export function printEcl(constraint: Constraint, options: PrintOptions = {}): string {
  const print = (part: Constraint): string => printEcl(part, options)
  const sub = (part: Constraint): string => printSub(part, options)
  switch (constraint.kind) {
    case 'concept':
      return printReference(constraint, options)
    case 'any':
      return '*'
    case 'alternate':
      return printAlternate(constraint, options)
    case 'hierarchy':
      return `${MARKS[constraint.operator]} ${printOperand(constraint.of, options, 'memberOf')}`
    case 'memberOf':
      return `^ ${printFields(constraint.fields)}${printOperand(constraint.of, options)}${constraint.filters
        .map((filters) => ` {{ M ${filters.map((filter) => printMemberFilter(filter, options)).join(', ')} }}`)
        .join('')}`
    case 'compound':
      return constraint.parts.map(sub).join(` ${constraint.operator.toUpperCase()} `)
    case 'refined':
      return `${sub(constraint.focus)} : ${printRefinement(constraint.refinement, options)}`
    case 'dotted':
      return [constraint.focus, ...constraint.attributes].map(sub).join(' . ')
    case 'descriptionFiltered':
      return `${printFilterable(constraint.of, options)} {{ D ${constraint.filters.map((filter) => printDescriptionFilter(filter, options)).join(', ')} }}`
    case 'conceptFiltered':
      return `${printFilterable(constraint.of, options)} {{ C ${constraint.filters.map((filter) => printConceptFilter(filter, options)).join(', ')} }}`
    case 'history':
      return `${printFilterable(constraint.of, options)} {{ + ${printProfile(constraint.profile, print)} }}`
  }
}

const COMPOSITE: ReadonlySet<Constraint['kind']> = new Set(['compound', 'refined', 'dotted'])

/** As a `subExpressionConstraint`. */
function printSub(part: Constraint, options: PrintOptions): string {
  return COMPOSITE.has(part.kind) ? `( ${printEcl(part, options)} )` : printEcl(part, options)
}

/** After an operator: only a focus, or (after a constraint operator) a member-of, goes without brackets. */
function printOperand(part: Constraint, options: PrintOptions, also?: Constraint['kind']): string {
  const plain = part.kind === 'concept' || part.kind === 'any' || part.kind === 'alternate' || part.kind === also
  return plain ? printEcl(part, options) : `( ${printEcl(part, options)} )`
}

/** Before a filter: a filter can follow a filter, but nothing follows history. */
function printFilterable(part: Constraint, options: PrintOptions): string {
  return part.kind === 'history' ? `( ${printEcl(part, options)} )` : printSub(part, options)
}

function printReference({ id, term }: ConceptReference, { terms }: PrintOptions): string {
  return terms && term !== undefined ? `${id} |${term}|` : id
}

function printAlternate(part: Constraint & { readonly kind: 'alternate' }, { terms }: PrintOptions): string {
  const plain = `${part.scheme}#${part.code}`
  const identifier = /^[A-Za-z0-9._-]+$/.test(part.code) ? plain : `"${plain}"`
  return terms && part.term !== undefined ? `${identifier} |${part.term}|` : identifier
}

function printFields(fields: (Constraint & { readonly kind: 'memberOf' })['fields']): string {
  if (fields === 'component') return ''
  return fields === 'all' ? '[ * ] ' : `[ ${fields.join(', ')} ] `
}

const SUFFIXES = { all: '', minimum: '-MIN', moderate: '-MOD', maximum: '-MAX' } as const

function printProfile(profile: HistorySupplemented['profile'], print: (part: Constraint) => string): string {
  return typeof profile === 'string' ? `HISTORY${SUFFIXES[profile]}` : `HISTORY ( ${print(profile)} )`
}

function printRefinement(refinement: Refinement, options: PrintOptions): string {
  switch (refinement.kind) {
    case 'attribute':
      return `${printCardinality(refinement.cardinality)}${refinement.reverse ? 'R ' : ''}${printSub(refinement.name, options)} ${printComparison(refinement.value, options)}`
    case 'group':
      return `${printCardinality(refinement.cardinality)}{ ${printRefinement(refinement.of, options)} }`
    case 'set':
      return refinement.parts
        .map((part) => (part.kind === 'set' ? `( ${printRefinement(part, options)} )` : printRefinement(part, options)))
        .join(refinement.operator === 'and' ? ', ' : ' OR ')
  }
}

function printCardinality(cardinality: Cardinality | undefined): string {
  if (cardinality === undefined) return ''
  return `[${cardinality.minimum}..${cardinality.maximum === 'many' ? '*' : cardinality.maximum}] `
}

function printComparison(comparison: Comparison, options: PrintOptions): string {
  const { operator } = comparison
  switch (comparison.kind) {
    case 'constraint':
      return `${operator} ${printSub(comparison.value, options)}`
    case 'number':
      return `${operator} ${oneOrSet(comparison.values.map((value) => `#${value}`))}`
    case 'string':
      return `${operator} ${oneOrSet(comparison.terms.map(printSearchTerm))}`
    case 'boolean':
      return `${operator} ${comparison.value ? 'TRUE' : 'FALSE'}`
    case 'time':
      return `${operator} ${oneOrSet(comparison.values.map((value) => `"${value}"`))}`
  }
}

function oneOrSet(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : `( ${values.join(' ')} )`
}

function printSearchTerm({ type, text }: SearchTerm): string {
  const escaped = type === 'wild' ? text.replaceAll('"', '\\"') : text.replaceAll(/["\\]/g, '\\$&')
  return type === 'match' ? `"${escaped}"` : `${type}:"${escaped}"`
}

function printChoice(choice: ConceptChoice, options: PrintOptions): string {
  return choice.kind === 'list'
    ? `( ${choice.concepts.map((concept) => printReference(concept, options)).join(' ')} )`
    : printSub(choice, options)
}

function printCommonFilter(filter: CommonFilter, options: PrintOptions): string {
  switch (filter.kind) {
    case 'module':
      return `moduleId ${filter.operator} ${printChoice(filter.value, options)}`
    case 'effectiveTime':
      return `effectiveTime ${printComparison(filter.value, options)}`
    case 'active':
      return `active ${filter.operator} ${filter.value ? 1 : 0}`
  }
}

function printConceptFilter(filter: ConceptFilter, options: PrintOptions): string {
  if (filter.kind === 'definitionStatus') return `definitionStatus ${filter.operator} ${oneOrSet(filter.values)}`
  if (filter.kind === 'definitionStatusId')
    return `definitionStatusId ${filter.operator} ${printChoice(filter.value, options)}`
  return printCommonFilter(filter, options)
}

function printMemberFilter(filter: MemberFilter, options: PrintOptions): string {
  return filter.kind === 'field'
    ? `${filter.field} ${printComparison(filter.value, options)}`
    : printCommonFilter(filter, options)
}

const TYPES = { synonym: 'syn', fullySpecifiedName: 'fsn', definition: 'def' } as const

function printDescriptionFilter(filter: DescriptionFilter, options: PrintOptions): string {
  switch (filter.kind) {
    case 'term':
      return `term ${filter.operator} ${oneOrSet(filter.terms.map(printSearchTerm))}`
    case 'language':
      return `language ${filter.operator} ${oneOrSet(filter.codes)}`
    case 'type':
      return `type ${filter.operator} ${oneOrSet(filter.types.map((type) => TYPES[type]))}`
    case 'typeId':
      return `typeId ${filter.operator} ${printChoice(filter.value, options)}`
    case 'descriptionId':
      return `id ${filter.operator} ${oneOrSet(filter.ids)}`
    case 'dialect':
    case 'dialectId':
      return `${filter.kind} ${filter.operator} ${printDialects(filter, options)}${printAcceptabilities(filter.acceptabilities, options)}`
    default:
      return printCommonFilter(filter, options)
  }
}

function printDialects(
  filter: DescriptionFilter & { readonly kind: 'dialect' | 'dialectId' },
  options: PrintOptions,
): string {
  if (filter.kind === 'dialect') {
    const [first] = filter.dialects
    if (first !== undefined && filter.dialects.length === 1 && first.acceptabilities === undefined) return first.alias
    return `( ${filter.dialects.map(({ alias, acceptabilities }) => alias + printAcceptabilities(acceptabilities, options)).join(' ')} )`
  }
  if (filter.value.kind !== 'dialects') return printSub(filter.value, options)
  return `( ${filter.value.dialects
    .map(
      ({ concept, acceptabilities }) =>
        printReference(concept, options) + printAcceptabilities(acceptabilities, options),
    )
    .join(' ')} )`
}

function printAcceptabilities(acceptabilities: Acceptabilities | undefined, options: PrintOptions): string {
  if (acceptabilities === undefined) return ''
  return acceptabilities.kind === 'tokens'
    ? ` ( ${acceptabilities.tokens.map((token) => (token === 'preferred' ? 'prefer' : 'accept')).join(' ')} )`
    : ` ( ${acceptabilities.concepts.map((concept) => printReference(concept, options)).join(' ')} )`
}
