/** Post-coordinated expressions as concepts of the code system: what one shows, what it lies under, what lies under it. */
import type { Ecl } from '../ecl/index.ts'
import type { Edition } from '../snomed/edition.ts'
import {
  type Expression,
  expressionMatches,
  renderExpression,
  validateExpression,
} from '../snomed/expressions/index.ts'

export interface ReadExpression {
  /** With the terms of the edition: `128241005|Inflammatory disease of liver|:{…}`. */
  readonly display: string
  /** Focus concepts. */
  readonly focus: readonly number[]
  /** Whether it is in the set of a constraint; what cannot be evaluated has no members. */
  matches(constraint: string): boolean
  /** The expression constraint that every specialisation of it meets. */
  readonly constraint: string
}

export type ExpressionReading =
  | { readonly ok: true; readonly value: ReadExpression }
  /** One sentence in English; absent for what can only be an identifier. */
  | { readonly ok: false; readonly reason?: string }

export interface SnomedExpressions {
  read(code: string): ExpressionReading
  /** As `read`, for what is known to be one. */
  get(code: string): ReadExpression | undefined
}

const KEPT = 500
const KEPT_LENGTH = 2000

export function createSnomedExpressions(
  edition: Edition,
  ecl: Ecl,
  termOf: (concept: number) => string | undefined,
): SnomedExpressions {
  const kept = new Map<string, ExpressionReading>()
  const termOfCode = (sctid: string): string | undefined => {
    const concept = edition.ordinalOf(sctid)
    return concept < 0 ? undefined : termOf(concept)
  }
  const read = (code: string): ExpressionReading => {
    const known = kept.get(code)
    if (known) return known
    const reading = readOne(code)
    if (kept.size >= KEPT) kept.clear()
    if (code.length <= KEPT_LENGTH) kept.set(code, reading)
    return reading
  }
  const readOne = (code: string): ExpressionReading => {
    if (/^\d*$/.test(code)) return { ok: false }
    const checked = validateExpression(edition, code)
    if (!checked.ok) return { ok: false, reason: `Not a valid expression: ${checked.problem.sentence}` }
    const expression = checked.value
    return {
      ok: true,
      value: {
        display: renderExpression(expression, termOfCode),
        focus: expression.focus.map(({ id }) => edition.ordinalOf(id)),
        matches: (constraint) => {
          const result = expressionMatches(ecl, constraint, expression)
          return result.ok && result.value
        },
        constraint: specialisations(expression),
      },
    }
  }
  return {
    read,
    get: (code) => {
      const reading = read(code)
      return reading.ok ? reading.value : undefined
    },
  }
}

/** Under each focus concept, with each attribute or a more special one: group by group. */
function specialisations({ focus, refinement }: Expression): string {
  const focusPart = focus.map(({ id }) => `<< ${id}`).join(' AND ')
  const within = focus.length > 1 ? `(${focusPart})` : focusPart
  const parts = refinement.map((part) =>
    part.kind === 'group' ? `{ ${part.attributes.map(attribute).join(', ')} }` : attribute(part),
  )
  return parts.length === 0 ? within : `${within} : ${parts.join(', ')}`
}

type Attribute = Extract<Expression['refinement'][number], { readonly kind: 'attribute' }>

function attribute({ name, value }: Attribute): string {
  const left = `<< ${name.id}`
  switch (value.kind) {
    case 'concept':
      return `${left} = << ${value.id}`
    case 'expression':
      return `${left} = (${specialisations(value)})`
    case 'number':
      return `${left} = #${value.text}`
    case 'string':
      return `${left} = "${value.text.replaceAll(/["\\]/g, '\\$&')}"`
    case 'boolean':
      return `${left} = ${value.value}`
  }
}
