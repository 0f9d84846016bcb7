/**
 * OWL axioms of the OWL reference set, in OWL functional syntax as SNOMED CT uses it (SNOMED CT OWL Guide): the part that
 * says what a concept is. Read where the inferred relationships say nothing about a concept.
 *
 *   SubClassOf(:A X), EquivalentClasses(:A X)   A is defined by X
 *   SubClassOf(X :A)                            a general concept inclusion: says nothing about A's own attributes
 *   SubObjectPropertyOf(:A :B), SubDataPropertyOf(:A :B)   the attribute A is a B
 *   X: :B | ObjectIntersectionOf(X …) | ObjectSomeValuesFrom(:type X) | DataHasValue(:type "value"^^xsd:type)
 *   ObjectSomeValuesFrom(:609096000 X)          one role group
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { ROLE_GROUP } from '../concepts.ts'

export interface AxiomAttribute {
  /** 0: not grouped; else counted within the axiom. */
  readonly group: number
  readonly type: string
  /** SCTID, or a concrete value as RF2 writes it: `#5`, `"text"`, `true`. */
  readonly value: string
  readonly concrete: boolean
}

export interface AxiomMeaning {
  readonly concept: string
  readonly parents: readonly string[]
  readonly attributes: readonly AxiomAttribute[]
  /** Necessary and sufficient: EquivalentClasses. */
  readonly defines: boolean
}

interface Expression {
  readonly name: string
  readonly parts: readonly Expression[]
}

/** Undefined: an axiom that says nothing about one concept's parents and attributes (GCI, property chain, transitivity, …). */
export function readAxiom(text: string): Result<AxiomMeaning | undefined, 'rf2-axiom'> {
  const parsed = parse(text)
  if (parsed === undefined) {
    return failed('rf2-axiom', 'The OWL axiom cannot be read: its brackets do not match.', 'Mend it.')
  }
  const [left, right] = parsed.parts
  const isProperty = parsed.name === 'SubObjectPropertyOf' || parsed.name === 'SubDataPropertyOf'
  const isClass = parsed.name === 'SubClassOf' || parsed.name === 'EquivalentClasses'
  if (!(isProperty || isClass) || left === undefined || right === undefined || parsed.parts.length !== 2) {
    return ok(undefined)
  }
  const concept = sctidIn(left)
  if (concept === undefined) return ok(undefined)
  const parents: string[] = []
  const attributes: AxiomAttribute[] = []
  const groups = { count: 0 }
  for (const part of right.name === 'ObjectIntersectionOf' ? right.parts : [right]) {
    gather(part, 0, parents, attributes, groups)
  }
  return ok({ concept, parents, attributes, defines: parsed.name === 'EquivalentClasses' })
}

function gather(
  part: Expression,
  group: number,
  parents: string[],
  attributes: AxiomAttribute[],
  groups: { count: number },
): void {
  const own = sctidIn(part)
  if (own !== undefined) {
    if (group === 0) parents.push(own)
    return
  }
  const type = part.parts[0] && sctidIn(part.parts[0])
  const filler = part.parts[1]
  if (type === undefined || filler === undefined) return
  if (part.name === 'DataHasValue') {
    attributes.push({ group, type, value: literal(filler.name), concrete: true })
  } else if (part.name === 'ObjectSomeValuesFrom' && type === ROLE_GROUP && group === 0) {
    groups.count += 1
    const own = groups.count
    for (const inner of filler.name === 'ObjectIntersectionOf' ? filler.parts : [filler]) {
      gather(inner, own, parents, attributes, groups)
    }
  } else if (part.name === 'ObjectSomeValuesFrom') {
    const value = sctidIn(filler)
    if (value !== undefined) attributes.push({ group, type, value, concrete: false })
  }
}

function sctidIn(expression: Expression): string | undefined {
  return expression.parts.length === 0 ? /^:(\d{6,18})$/.exec(expression.name)?.[1] : undefined
}

/** `"5"^^xsd:integer` as RF2 writes it: numbers with `#`, booleans bare, strings in quotation marks. */
function literal(text: string): string {
  const [, value = '', type = ''] = /^"(.*)"(?:\^\^xsd:(\w+))?$/s.exec(text) ?? []
  if (type === 'boolean') return value
  return type === '' || type === 'string' ? `"${value}"` : `#${value}`
}

/** Iterative: an axiom of any depth takes no stack. */
function parse(text: string): Expression | undefined {
  const open: { readonly name: string; readonly parts: Expression[] }[] = [{ name: '', parts: [] }]
  const token = /\s*(?:([A-Za-z]\w*)\(|(\))|("(?:[^"\\]|\\.)*"(?:\^\^[\w:]+)?|[^\s()"]+))/gy
  let position = 0
  while (position < text.trimEnd().length) {
    token.lastIndex = position
    const match = token.exec(text)
    if (!match) return undefined
    position = token.lastIndex
    const top = open.at(-1)
    if (match[1] !== undefined) open.push({ name: match[1], parts: [] })
    else if (match[3] !== undefined) top?.parts.push({ name: match[3], parts: [] })
    else {
      const closed = open.pop()
      const parent = open.at(-1)
      if (closed === undefined || parent === undefined) return undefined
      parent.parts.push(closed)
    }
  }
  return open.length === 1 && open[0]?.parts.length === 1 ? open[0].parts[0] : undefined
}
